"""The budget holds at every moment, and says so when it cannot."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.neuroca.neuroca_kit import Clock, engine, record, records, sound

from mempress.neuroca import CapacityError, Neuroca, Record, RecordError, Settings

if TYPE_CHECKING:
    from pathlib import Path


@settings(max_examples=15, deadline=None)
@given(capacity=st.integers(1, 60), batches=st.lists(st.integers(1, 90), min_size=1, max_size=8))
def test_never_more_records_than_the_capacity(
    tmp_path_factory: pytest.TempPathFactory, capacity: int, batches: list[int]
) -> None:
    with engine(tmp_path_factory.mktemp("store"), capacity_records=capacity) as memory:
        offered = 0
        for batch in batches:
            memory.store(records(range(offered, offered + batch)))
            offered += batch
            assert memory.count() == min(offered, capacity)
        sound(memory)


@pytest.mark.parametrize("text_bytes", [10, 400, 9_000])
def test_never_more_bytes_on_disk_than_the_capacity(tmp_path: Path, text_bytes: int) -> None:
    """Five times the capacity offered: file and log together stay below it after every call, and are well used."""
    capacity = 2 << 20
    with engine(tmp_path, capacity_bytes=capacity) as memory:
        step = 50 if text_bytes > 1_000 else 400
        for start in range(0, 5 * capacity // (text_bytes + 300), step):
            memory.store([record(number, text="x" * text_bytes) for number in range(start, start + step)])
            assert sum(file.stat().st_size for file in tmp_path.iterdir()) <= capacity
        assert memory.stats().record_bytes > 0.4 * capacity
        sound(memory)


def test_memory_bytes_bound_the_records(tmp_path: Path) -> None:
    with engine(tmp_path, memory_bytes=1 << 20) as memory:
        assert memory.stats().capacity_records == (1 << 19) // (95 + 26)


def test_pinned_records_are_never_evicted_and_when_only_they_are_left_it_says_so(tmp_path: Path) -> None:
    with engine(tmp_path, capacity_records=10) as memory:
        memory.store([record(number, 0.0, pinned=True) for number in range(9)])
        memory.store(records(range(9, 30), importance=1.0))
        assert set(memory.get([f"r{number}" for number in range(9)])) == {f"r{number}" for number in range(9)}
        memory.store([record(40, pinned=True)])
        with pytest.raises(CapacityError, match="10 of 10 records are pinned"):
            memory.store([record(41)])
        assert memory.count() == 10
        assert memory.health().warnings
        sound(memory)


def test_reject_refuses_the_new_and_says_how_many_were_stored(tmp_path: Path) -> None:
    with engine(tmp_path, capacity_records=40, overflow="reject") as memory:
        memory.store(records(range(35)))
        with pytest.raises(CapacityError, match="overflow is 'reject'") as caught:
            memory.store(records(range(35, 75)))
        assert caught.value.stored == 0
        assert memory.count() == 35
        memory.store([record(3, text="replaced")])
        assert memory.get(["r3"])["r3"].text == "replaced"


def test_a_call_of_many_chunks_says_how_many_were_stored(tmp_path: Path) -> None:
    with engine(tmp_path, capacity_records=4_000, overflow="reject") as memory:
        memory.store(records(range(2_500)))
        with pytest.raises(CapacityError) as caught:
            memory.store(records(range(2_500, 5_000)))
        assert caught.value.stored == 1_000
        assert memory.count() == 3_500
        assert len(memory.get([f"r{number}" for number in range(3_500)])) == 3_500


def test_writers_are_slowed_before_they_are_refused(tmp_path: Path) -> None:
    clock = Clock()
    with engine(tmp_path, clock, capacity_records=100, overflow="reject", slow_down_ms=10.0) as memory:
        waits = []
        for number in range(100):
            before = clock.slept
            memory.store([record(number)])
            waits.append(clock.slept - before)
    assert max(waits[:91]) == 0
    assert waits[91:] == sorted(waits[91:])
    assert 0 < waits[91] < waits[99] <= 0.010


def test_a_smaller_capacity_at_the_next_opening_evicts_down_to_it(tmp_path: Path) -> None:
    with engine(tmp_path, capacity_records=200) as memory:
        memory.store(records(range(200)))
    with engine(tmp_path, capacity_records=50) as memory:
        assert memory.count() == 50
        sound(memory)


def test_a_record_too_large_for_the_budget_is_refused(tmp_path: Path) -> None:
    with (
        engine(tmp_path, capacity_bytes=2 << 20) as memory,
        pytest.raises(RecordError, match="sixteenth of the budget"),
    ):
        memory.store([record(1, text="x" * 200_000)])


def test_the_bytes_of_a_budget_are_given_back_by_an_emergency(tmp_path: Path) -> None:
    """It frees the stated share of records, and the file shrinks accordingly."""
    with Neuroca(tmp_path, Settings(capacity_records=2_000, words="off")) as memory:
        memory.store([Record(f"r{number}", "x" * 900, number / 2_000) for number in range(2_000)])
        report = memory.relieve(0.5)
        assert (report.removed, report.records) == (1_000, 1_000)
        assert report.disk_bytes_after < 0.65 * report.disk_bytes_before
        held = memory.get([f"r{number}" for number in range(2_000)])
        assert sum(item.importance for item in held.values()) / 1_000 > 0.6
        sound(memory)
