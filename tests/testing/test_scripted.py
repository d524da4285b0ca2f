"""The scripted systems keep to their scripts, so that what the harness says of them can be checked."""

from __future__ import annotations

import tracemalloc
import zlib
from pathlib import Path
from time import perf_counter_ns
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mempress.systems.protocol import Record, SystemConfig, check_adapter
from mempress.testing import scripted

SCRIPTED: list[Any] = [
    value for value in vars(scripted).values() if isinstance(value, type) and value.__module__ == scripted.__name__
]
NOWHERE = Path("unused")


def records(number: int, first: int = 0) -> list[Record]:
    """Records whose importance repeats every hundred: 0.00 to 0.99, shuffled."""
    return [Record(str(i), f"text {i}", (i * 37 % 100) / 100) for i in range(first, first + number)]


def configured(**options: int) -> SystemConfig:
    return SystemConfig(options=options)


@pytest.mark.parametrize("system", SCRIPTED, ids=lambda cls: cls.__name__)
def test_each_is_a_sound_adapter_with_a_name_of_its_own(system: Any) -> None:
    check_adapter(system)
    assert [other.name for other in SCRIPTED if other.name == system.name] == [system.name]


@given(st.integers(0, 3_000), st.integers(0, 2_000))
def test_linear_search_costs_its_rate_times_what_it_holds(held: int, rate: int) -> None:
    """The cost is exact, and no search returns before it has passed."""
    system = scripted.LinearSearch(NOWHERE, configured(ns_per_record=rate))
    system.store(records(held))
    started = perf_counter_ns()
    system.search("anything", limit=5)
    assert perf_counter_ns() - started >= system.search_cost_ns() == rate * held


def test_linear_search_takes_a_microsecond_a_record_by_default() -> None:
    system = scripted.LinearSearch(NOWHERE, SystemConfig())
    system.store(records(5_000))
    assert system.search_cost_ns() == 5_000_000


def test_hoarder_keeps_its_ballast_and_it_cannot_be_compressed() -> None:
    """Twenty thousand bytes a record stay allocated, whatever the system compresses or shares."""
    system = scripted.Hoarder(NOWHERE, SystemConfig())
    tracemalloc.start()
    system.store(records(200))
    held_bytes, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert 200 * 20_000 <= held_bytes <= 200 * 20_500
    assert all(len(zlib.compress(ballast)) >= 20_000 for ballast in system._hoard.values())


@given(st.lists(st.integers(0, 37), max_size=12), st.integers(2, 12))
def test_dropper_holds_all_but_every_tenth_however_they_come(batches: list[int], every: int) -> None:
    """The batches make no difference, and count and get tell the truth."""
    system = scripted.Dropper(NOWHERE, configured(every=every))
    offered = 0
    for size in batches:
        system.store(records(size, first=offered))
        offered += size
    assert system.count() == offered - offered // every
    assert len(system.get([str(i) for i in range(offered)])) == system.count()


def test_half_evictor_drops_the_less_important_half_once() -> None:
    """At 6,000 records 3,000 go, each no more important than any that stays; nothing happens later."""
    system = scripted.HalfEvictor(NOWHERE, SystemConfig())
    counts = []
    for first in range(0, 12_000, 1_000):
        system.store(records(1_000, first))
        counts.append(system.count())
    assert counts == [1_000, 2_000, 3_000, 4_000, 5_000, *range(3_000, 10_000, 1_000)]
    held = system.get([str(i) for i in range(6_000)])
    assert {record.id for record in records(6_000) if record.importance >= 0.5} == set(held)


def test_half_evictor_evicts_in_the_midst_of_a_batch() -> None:
    system = scripted.HalfEvictor(NOWHERE, configured(at=6))
    system.store(records(10))
    assert system.count() == 6 - 3 + 4


def test_the_testifying_half_evictor_testifies_once() -> None:
    system = scripted.HalfEvictorTestifying(NOWHERE, configured(at=100))
    system.store(records(99))
    assert system.drain_events() == []
    system.store(records(300, first=99))
    assert system.drain_events() == [{"kind": "eviction", "removed": 50, "records_after": 50}]
    assert system.drain_events() == []


def test_the_half_evictors_search_costs_the_same_before_and_after() -> None:
    system = scripted.HalfEvictor(NOWHERE, configured(at=100))
    system.store(records(99))
    before = system.search_cost_ns()
    system.store(records(100, first=99))
    assert system.search_cost_ns() == before


def test_the_periodic_maintainer_maintains_itself_and_on_request() -> None:
    """Every hundred records a fifth of what is held goes, with testimony; a request removes the same without."""
    system = scripted.PeriodicMaintainer(NOWHERE, configured(every=100))
    system.store(records(250))
    assert system.drain_events() == [
        {"kind": "cleanup", "removed": 20, "records_after": 80},
        {"kind": "cleanup", "removed": 36, "records_after": 144},
    ]
    assert system.count() == 144 + 50
    assert system.perform_maintenance() == {"removed": 38}
    assert system.perform_maintenance(emergency=True) == {"removed": 78}
    assert system.count() == 78
    assert system.drain_events() == []


def test_saturating_comes_back_by_emergency_maintenance_alone(tmp_path: Path) -> None:
    """Its cost is quadratic; a restart and plain maintenance change nothing, an emergency divides it by sixteen."""
    system = scripted.Saturating(tmp_path, SystemConfig())
    system.store(records(4_000))
    assert system.search_cost_ns() == 3_200_000
    system.perform_maintenance()
    system.close()
    system = scripted.Saturating(tmp_path, SystemConfig())
    assert system.search_cost_ns() == 3_200_000
    assert system.perform_maintenance(emergency=True) == {"removed": 3_000}
    assert system.search_cost_ns() == 200_000
    system.close()
    system = scripted.Saturating(tmp_path, SystemConfig())
    assert system.count() == 1_000
    assert set(system.get([str(i) for i in range(4_000)])) == {r.id for r in records(4_000) if r.importance >= 0.75}
    system.close()


def test_the_leaker_stays_within_its_capacity_and_grows_all_the_same() -> None:
    """What it holds is constant from its capacity on; its memory rises by the same amount for each record."""
    system = scripted.Leaker(NOWHERE, SystemConfig(capacity_records=50))
    system.store(records(100))
    tracemalloc.start()
    system.store(records(100, first=100))
    grown_bytes, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert system.count() == 50
    assert set(system.get([str(i) for i in range(200)])) == {str(i) for i in range(150, 200)}
    assert grown_bytes >= 100 * 10_000
