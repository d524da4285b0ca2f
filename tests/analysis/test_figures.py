"""Memory, latency, store rate, errors, noise and facts, each as docs/metrics.md defines it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from mempress.analysis.answers import read_held
from mempress.analysis.errors import errors
from mempress.analysis.facts import facts
from mempress.analysis.latency import latency, store_rate
from mempress.analysis.metrics import loads, memory_mb, weights
from mempress.analysis.noise import is_noisy, noise
from mempress.analysis.trail import judge, read_trail
from mempress.config import RunConfig
from mempress.journal import DiskRead, Ended, Event, Failed, MemoryRead, NoiseRead, Settled, Status
from mempress.model import RunHead, WorkloadHead
from tests.samples_kit import MIB, MS, memory, opened, sample, sampled, stored, timed

HEAD = RunHead(
    run="one",
    system="one",
    label="one",
    repeat=0,
    started="",
    config=RunConfig(),
    workload=WorkloadHead(name="facts", sha256="", records=0, facts={}),
    environment={},
    harness=None,
)


def settled(mark: str, mib: float) -> Settled:
    return Settled(t_ns=1, mark=mark, memory=memory(mib))


def reading(**sizes: int) -> MemoryRead:
    kinds = ("pss", "uss", "rss", "rss_anon", "rss_file", "peak")
    return MemoryRead(**{f"{kind}_bytes": sizes.get(kind, 1) * MIB for kind in kinds}, processes=1)


def weighed(*events: Event) -> dict[str, Any]:
    trail = read_trail([opened("count"), *events], RunConfig())
    return weights(trail, read_held(trail))


def ended(status: Status, reason: str = "why") -> Ended:
    return Ended(t_ns=9, status=status, reason=reason, phase="load", records=3)


def facts_of(*events: Event, config: RunConfig | None = None, **told: Any) -> list[str]:
    config = config or RunConfig()
    trail = read_trail(events, config)
    head = RunHead(**{name: getattr(HEAD, name) for name in HEAD.__struct_fields__} | {"config": config} | told)
    return facts(trail, head, judge(trail, config))


# --- memory


def test_memory_per_record_is_the_settled_growth_over_the_records_held() -> None:
    batch = sampled(1_024, held=512, mark="final", memory=memory(90), disk=DiskRead(3 * MIB, 2))
    found = weighed(settled("baseline", 30), stored(0, [0.5] * 1_024), batch, settled("final", 80))
    assert found == {
        "retained_records": 512,
        "final_memory_mb": 80.0,
        "peak_memory_mb": 90.0,
        "memory_per_record_bytes": 50 * MIB / 512,
        "disk_mb": 3.0,
    }


def test_memory_per_record_is_unknown_where_memory_did_not_grow_or_nothing_is_held_or_it_never_settled() -> None:
    load = (stored(0, [0.5]), sampled(1, held=1, memory=memory(70)))
    assert weighed(settled("baseline", 30), *load, settled("final", 30))["memory_per_record_bytes"] is None
    assert weighed(settled("baseline", 30), *load)["memory_per_record_bytes"] is None
    assert weighed(*load, settled("final", 30))["memory_per_record_bytes"] is None
    nothing = (stored(0, [0.5]), sampled(1, held=0), settled("final", 90))
    assert weighed(settled("baseline", 30), *nothing)["memory_per_record_bytes"] is None


def test_final_memory_is_as_is_where_the_run_ended_before_it_settled() -> None:
    assert weighed(settled("baseline", 30), sampled(1, memory=memory(70)))["final_memory_mb"] == 70.0
    assert weighed()["final_memory_mb"] is None


def test_memory_figures_tell_each_reading_by_its_name_and_the_peak_of_all() -> None:
    batch = sampled(1, memory=reading(pss=9, uss=7, rss=20, rss_anon=6, rss_file=5, peak=44))
    later = sampled(2, mark="final", memory=reading(pss=8, uss=6, rss_anon=5, rss_file=4, peak=10))
    found = memory_mb(read_trail([settled("baseline", 3), batch, later, settled("final", 5)], RunConfig()))
    assert found == {
        "baseline": 3.0,
        "settled": 5.0,
        "as_is": 8.0,
        "as_is_uss": 6.0,
        "as_is_rss_anon": 5.0,
        "as_is_rss_file": 4.0,
        "peak": 44.0,
    }
    assert set(memory_mb(read_trail([], RunConfig())).values()) == {None}


# --- latency and store rate


def test_latency_figures_are_by_nearest_rank_and_p99_needs_a_thousand_values() -> None:
    few = latency([float(ms) for ms in range(999, 0, -1)])
    assert (few.mean, few.p50, few.p95, few.p99, few.max, few.n) == (500.0, 500.0, 950.0, None, 999.0, 999)
    assert latency([float(ms) for ms in range(1, 1_001)]).p99 == 990.0
    assert latency([]).p50 is latency([]).max is None
    assert latency([]).n == 0


def test_the_store_rate_is_over_the_load_and_in_the_first_and_last_batch_that_was_acknowledged() -> None:
    fast, slow = sample(stored=100, store_ns=100 * MS), sample(stored=100, store_ns=300 * MS)
    refused = sample(stored=0, store_ns=50 * MS)
    found = store_rate([fast, slow, refused])
    assert found.first_batch == pytest.approx(1_000)
    assert found.last_batch == pytest.approx(1_000 / 3)
    assert found.mean == pytest.approx(200 / 0.45)
    assert (store_rate([]).mean, store_rate([refused]).first_batch) == (None, None)


# --- how far it went


def test_max_records_is_where_the_row_that_broke_the_objective_began() -> None:
    events: list[Event] = [opened("count")]
    for number in range(8):
        p95 = 1.0 if number < 4 else 50.0
        events += [stored(100 * number, [0.5] * 100), sampled(100 * (number + 1), timed(p95), held=100 * (number + 1))]
    config = RunConfig()
    trail = read_trail(events, config)
    judged, held = judge(trail, config), read_held(trail)
    assert judged.saturation is not None
    found = loads(trail, judged, held, saturated=True)
    assert (found["max_records"], found["saturated_at_records"]) == (500, 500)
    found = loads(trail, judged, held, saturated=False)
    assert (found["max_records"], found["saturated_at_records"]) == (800, None)


# --- errors


def test_errors_stand_in_order_with_their_counts_and_a_death_is_the_last() -> None:
    failures: list[Event] = [
        Failed(t_ns=1, phase="load", records=number, kind="exception", operation="search", message="no", count=number)
        for number in (1, 2)
    ]
    found = errors(read_trail([*failures, ended("crashed", "SIGSEGV")], RunConfig()), "crashed", "SIGSEGV")
    assert [(entry.kind, entry.records, entry.count) for entry in found] == [
        ("exception", 1, 1),
        ("exception", 2, 2),
        ("fatal", 3, 1),
    ]
    assert found[-1].message == "SIGSEGV"


@pytest.mark.parametrize("status", ["completed", "saturated", "interrupted"])
def test_an_end_that_is_no_death_is_no_error(status: Status) -> None:
    assert errors(read_trail([ended(status)], RunConfig()), status, "why") == []


def test_a_system_that_could_not_be_opened_has_one_error_and_not_two() -> None:
    refusal = Failed(t_ns=1, phase="setup", records=0, kind="exception", operation="open", message="no such index")
    trail = read_trail([refusal, ended("unavailable", "no such index")], RunConfig())
    assert [entry.kind for entry in errors(trail, "unavailable", "no such index")] == ["exception"]


# --- noise


def test_stolen_time_and_stalls_are_shares_of_the_run() -> None:
    first = sample(t_ns=0, noise=NoiseRead(cpu_ticks=1_000, steal_ticks=10, stall_us=0, load_1m=0.5))
    last = sample(t_ns=2_000 * MS, noise=NoiseRead(cpu_ticks=1_400, steal_ticks=30, stall_us=500_000, load_1m=2.5))
    found = noise([first, last])
    assert found == {"steal_share": 0.05, "stall_share": 0.25, "load_1m_max": 2.5}
    assert is_noisy(found)
    assert not is_noisy({"steal_share": 0.02, "stall_share": 0.20, "load_1m_max": 9.0})
    untold = noise([first, replace(last, noise=NoiseRead(cpu_ticks=1_000, steal_ticks=10, stall_us=None, load_1m=0.1))])
    assert untold == {"steal_share": None, "stall_share": None, "load_1m_max": 0.5}
    assert not is_noisy(untold)
    assert set(noise([first]).values()) == {None}


# --- facts

ALL = ("count", "get", "maintenance", "persistence", "health", "events", "importance")


def test_a_system_that_never_opened_has_no_facts() -> None:
    assert facts_of(ended("unavailable")) == []


@pytest.mark.parametrize("missing", ALL)
def test_each_capability_that_is_missing_is_told(missing: str) -> None:
    complete = facts_of(opened(*ALL))
    without = facts_of(opened(*(name for name in ALL if name != missing)))
    (fact,) = set(without) - set(complete)
    assert {"events": "testimony"}.get(missing, missing) in fact


def test_a_capacity_that_a_system_cannot_honour_is_told_and_only_then() -> None:
    words = "unbounded: no capacity setting"
    assert words in facts_of(opened(), config=RunConfig(capacity_records=5))
    assert words in facts_of(opened(), config=RunConfig(capacity_bytes=5))
    assert words not in facts_of(opened("bounded"), config=RunConfig(capacity_records=5))
    assert words not in facts_of(opened())


def test_an_environment_of_its_own_is_told_with_what_is_in_it() -> None:
    packages = {"agno": "3.1.10", "rich": "15.0.0"}
    told = facts_of(opened(), python="3.12.1", packages=packages, lock_sha256="0" * 64)
    assert "ran in an environment of its own: Python 3.12.1, 2 packages" in told
    assert not [fact for fact in facts_of(opened(), python="3.12.1", packages=packages) if "environment" in fact]


def test_vectors_that_were_not_prepared_are_told() -> None:
    told = facts_of(opened(), sampled(1, timed(1.0), embed_misses=1_234))
    assert any(fact.startswith("asked for 1,234 vectors of texts that were not prepared") for fact in told)


def test_memory_that_did_not_settle_and_memory_that_did_not_grow_are_told() -> None:
    load = (opened(), settled("baseline", 30), stored(0, [0.5]), sampled(1, timed(1.0)))
    assert "final memory is as is, not settled: the run ended before" in facts_of(*load)
    shrunk = facts_of(*load, settled("final", 29))
    assert any("did not grow by more than can be told (-1.00 MiB)" in fact for fact in shrunk)
