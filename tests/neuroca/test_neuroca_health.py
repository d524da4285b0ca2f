"""Health, its states, the breaker, the probe, the testimony."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from tests.neuroca.neuroca_kit import Clock, engine, record, records, sound, unit

from mempress.neuroca import CapacityError, ClosedError, LockedError, NeurocaError
from mempress.neuroca.breaker import Breaker
from mempress.neuroca.health import STATES
from mempress.neuroca.policies.view import Scores, View, WorthPolicy

if TYPE_CHECKING:
    from pathlib import Path


def test_a_fresh_and_a_full_engine_are_optimal(tmp_path: Path) -> None:
    with engine(tmp_path, capacity_records=50) as memory:
        assert memory.health().latency is None
        memory.store(records(range(500)))
        memory.search(vector=unit(1))
        health = memory.health()
        assert (health.state, health.fill, health.capacity, health.integrity) == ("optimal", 1.0, 1.0, 1.0)
        assert memory.probe() > 0
        assert memory.count() == 50


def test_states_are_the_six_published_ones_in_order() -> None:
    assert [name for _, name in STATES] == ["optimal", "normal", "fatigued", "stressed", "impaired", "critical"]
    assert [least for least, _ in STATES] == sorted((least for least, _ in STATES), reverse=True)


@pytest.mark.parametrize(("held", "state"), [(80, "optimal"), (92, "normal"), (95, "stressed"), (100, "critical")])
def test_an_engine_that_may_not_evict_worsens_above_its_soft_limit(tmp_path: Path, held: int, state: str) -> None:
    with engine(tmp_path, capacity_records=100, overflow="reject") as memory:
        memory.store(records(range(held)))
        assert memory.health().state == state
        assert bool(memory.health().warnings) == (held > 90)


def test_the_breaker_opens_rests_tries_and_closes() -> None:
    clock = Clock()
    breaker = Breaker(failures=2, cooldown_s=5.0, now=clock)
    breaker.failed(ValueError("x"))
    assert (breaker.state, breaker.allows()) == ("closed", True)
    breaker.failed(ValueError("y"))
    assert (breaker.state, breaker.allows(), breaker.last_error) == ("open", False, "ValueError: y")
    clock.seconds += 5
    assert (breaker.state, breaker.allows()) == ("half-open", True)
    breaker.failed(ValueError("z"))
    assert breaker.state == "open"
    clock.seconds += 5
    breaker.succeeded()
    assert (breaker.state, breaker.failures_in_row, breaker.failures) == ("closed", 0, 3)


def test_a_failing_policy_trips_the_breaker_is_seen_and_mended(tmp_path: Path) -> None:
    """Writes with room go on; those without are refused with the reason; after the cooldown all is well again."""
    clock = Clock()
    with engine(tmp_path, clock, capacity_records=20, breaker_failures=2) as memory:
        memory.store(records(range(20)))
        good = memory._core.worth

        def broken(view: View) -> Scores:
            raise ZeroDivisionError("a bad rule")

        memory._core.worth = WorthPolicy("broken", "1/0", "this test", broken)
        for _ in range(2):
            with pytest.raises(CapacityError, match="'broken' failed"):
                memory.store([record(30)])
        with pytest.raises(CapacityError, match="rests after 2 failures"):
            memory.store([record(30)])
        assert (memory.health().state, memory.stats().breaker) == ("critical", "open")
        assert clock.slept > 0
        memory.store([record(3, text="a replacement needs no room")])
        memory._core.worth = good
        clock.seconds += 5
        memory.store([record(30)])
        assert (memory.stats().breaker, memory.count()) == ("closed", 20)
        assert memory.health().maintenance == pytest.approx(1.0, abs=0.01)
        sound(memory)


def test_a_failing_step_of_maintenance_does_not_fail_a_write_and_is_testified(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with engine(tmp_path, capacity_records=100) as memory:
        monkeypatch.setattr("mempress.neuroca.tiers.age", lambda *_: np.zeros(1)[9])
        memory.store(records([1, 2]))
        assert memory.count() == 2
        event = memory.drain_events()[0]
        assert (event.kind, event.failed) == ("failure", 1)
        assert "IndexError" in event.detail
        assert memory.health().maintenance == 0.75


def test_testimony_sums_up_between_two_drains(tmp_path: Path) -> None:
    with engine(tmp_path, capacity_records=50) as memory:
        memory.store(records(range(30)))
        assert memory.drain_events() == ()
        memory.store(records(range(30, 130)))
        (event,) = memory.drain_events()
        assert (event.kind, event.removed, event.records) == ("eviction", 80, 50)
        assert memory.drain_events() == ()


def test_a_second_engine_is_refused_until_the_first_is_closed(tmp_path: Path) -> None:
    with engine(tmp_path), pytest.raises(LockedError, match="is open in process"):
        engine(tmp_path)
    engine(tmp_path).close()


def test_a_closed_engine_says_so_and_closing_twice_is_fine(tmp_path: Path) -> None:
    memory = engine(tmp_path)
    memory.close()
    memory.close()
    with pytest.raises(ClosedError, match="open a new one"):
        memory.count()


def test_the_probe_names_what_is_wrong(tmp_path: Path) -> None:
    with engine(tmp_path) as memory:
        memory.store([record(1)])
        memory._core.index.remove([0])
        with pytest.raises(NeurocaError, match=r"check\(fix=True\)"):
            memory.probe()
