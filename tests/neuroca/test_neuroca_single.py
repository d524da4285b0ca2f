"""Records stored one by one: the short way and the long way lead to the same store."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from tests.neuroca.neuroca_kit import engine, record, records, sound, unit

from mempress.neuroca import StorageError
from mempress.neuroca.single import write_one

if TYPE_CHECKING:
    from pathlib import Path


def test_single_stores_take_the_short_way_and_hold_the_budget(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """1,500 singles through a capacity of 600: all on the short way but for some, sound, the newest found by vector."""
    short: list[bool] = []

    def counted(*arguments: object) -> bool:
        short.append(write_one(*arguments))  # type: ignore[arg-type]  # handed on as it came
        return short[-1]

    monkeypatch.setattr("mempress.neuroca.engine.write_one", counted)
    with engine(tmp_path, capacity_records=600) as memory:
        for number in range(1_500):
            memory.store([record(number)])
            assert memory.count() <= 600
        assert sum(short) > 0.7 * len(short), sum(short)
        assert sum(event.removed for event in memory.drain_events()) == 900
        assert memory.search(vector=unit(1_499), limit=1)[0].id == "r1499"
        sound(memory)
        held = memory.get([f"r{number}" for number in range(1_500)], reinforce=False)
    with engine(tmp_path, capacity_records=600) as memory:
        again = memory.get([f"r{number}" for number in range(1_500)], reinforce=False)
        assert {name: item.text for name, item in again.items()} == {name: item.text for name, item in held.items()}
        sound(memory)


def test_one_by_one_is_as_all_at_once(tmp_path: Path) -> None:
    """Without a limit, and with an id stored twice: the same records, tiers counted alike."""
    given = [*records(range(120)), record(7, text="anew")]
    with engine(tmp_path / "one") as one, engine(tmp_path / "all") as every:
        for item in given:
            one.store([item])
        every.store(given)
        ids = [item.id for item in given]
        texts = [{name: found.text for name, found in memory.get(ids).items()} for memory in (one, every)]
        assert texts[0] == texts[1]
        assert texts[0]["r7"] == "anew"
        sound(one)


def test_a_disk_that_fails_on_the_short_way_changes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with engine(tmp_path, capacity_records=100) as memory:
        memory.store([record(1)])

        def fail(*_: object) -> None:
            raise StorageError("no room")

        monkeypatch.setattr(memory._core.store, "put_one", fail)
        with pytest.raises(StorageError):
            memory.store([record(2)])
        monkeypatch.undo()
        assert memory.count() == 1
        memory.store([record(3)])
        assert memory.search(vector=unit(3), limit=1)[0].id == "r3"
        assert np.flatnonzero(memory._core.ledger.tier).tolist() == [0, 1]
        sound(memory)
