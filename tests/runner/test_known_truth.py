"""Systems whose cost, size and losses are scripted are reported with just these figures."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from mempress.journal import Sampled, read_journal

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import Bench

pytestmark = pytest.mark.alone

SCRIPTED = "mempress.testing.scripted"


def test_a_search_of_one_microsecond_a_record_reads_five_milliseconds_at_five_thousand(
    bench: Bench, tmp_path: Path
) -> None:
    """The fastest searches are judged: a search takes its time or, on a busy machine, longer, and never less."""
    (summary,) = bench(f"{SCRIPTED}:LinearSearch", max_records=5_000, batch_size=1_000, queries=30)
    events = read_journal(tmp_path / "out" / "runs" / "linearsearch" / "events.jsonl")
    samples = [event for event in events if isinstance(event, Sampled)]
    for sample, expected_ms in zip(samples, (1.0, 2.0, 3.0, 4.0, 5.0, 5.0), strict=True):
        fastest_ms = min(asked.latency_ns for asked in sample.searches) / 1e6
        assert expected_ms <= fastest_ms <= expected_ms + 0.3
    assert summary.status == "completed"
    assert summary.metrics.max_records == 5_000


def test_twenty_thousand_bytes_a_record_are_reported_as_such(bench: Bench) -> None:
    """The hoard is 20,000 bytes a record besides the record itself, whose own size is known from a system without."""
    hoard, plain = bench(f"{SCRIPTED}:Hoarder", f"{SCRIPTED}:Scripted", max_records=3_000, batch_size=500)
    assert hoard.metrics.memory_per_record_bytes is not None
    assert plain.metrics.memory_per_record_bytes is not None
    ballast = hoard.metrics.memory_per_record_bytes - plain.metrics.memory_per_record_bytes
    assert ballast == pytest.approx(20_000, rel=0.1)
    assert 200 < plain.metrics.memory_per_record_bytes < 3_000


def test_every_tenth_record_dropped_is_ten_per_cent_fewer_held_and_costs_health(bench: Bench) -> None:
    dropper, sound = bench(f"{SCRIPTED}:Dropper", f"{SCRIPTED}:Scripted", max_records=2_000)
    assert dropper.metrics.max_records == 2_000
    assert dropper.metrics.retained_records == 1_800
    assert dropper.retained_by == "get on all ids"
    assert dropper.health_components["reconciliation"] == pytest.approx(0.5)
    assert sound.health_components["reconciliation"] == 1.0
    assert (dropper.metrics.health_score or 0) < (sound.metrics.health_score or 0)
    assert dropper.maintenance_events == []


def test_the_eviction_of_the_less_important_half_is_one_event_at_its_place(bench: Bench) -> None:
    silent, testifying = bench(
        f"{SCRIPTED}:HalfEvictor", f"{SCRIPTED}:HalfEvictorTestifying", max_records=10_000, batch_size=1_000
    )
    (event,) = silent.maintenance_events
    assert (event.records, event.origin, event.reasons) == (6_000, "observed", ["records_removed"])
    assert event.effects["held"] == {"before": 5_000, "after": 3_000}
    health = event.effects["health"]
    assert (health["after"] or 0) < (health["before"] or 0)
    (event,) = testifying.maintenance_events
    assert (event.records, event.origin) == (6_000, "reported")
    assert silent.metrics.retained_records == testifying.metrics.retained_records == 7_000
    assert 0.5 < (silent.metrics.importance_retention or 0) < 1.0


def test_requested_maintenance_is_asked_for_at_intervals_and_stands_with_its_effects(bench: Bench) -> None:
    (summary,) = bench(
        f"{SCRIPTED}:PeriodicMaintainer",
        max_records=2_000,
        batch_size=500,
        maintenance_interval=1_000,
        options={"periodicmaintainer": {"every": 1_000_000}},
    )
    requested = [event for event in summary.maintenance_events if event.origin == "requested"]
    assert [event.records for event in requested] == [1_000, 2_000]
    held = requested[0].effects["held"]
    assert held["before"] == 1_000
    assert (held["after"] or 0) < 1_000


def test_a_saturating_system_that_recovers_by_emergency_maintenance_is_reported_so(bench: Bench) -> None:
    (summary,) = bench(f"{SCRIPTED}:Saturating", max_records=20_000, batch_size=1_000, queries=10)
    assert summary.status == "saturated"
    assert summary.metrics.saturated_at_records is not None
    assert summary.recovery is not None
    moments = [step.moment for step in summary.recovery.steps]
    assert moments == ["saturated", "after_emergency", "after_restart", "after_load"]
    assert summary.recovery.verdict == "recovered", summary.recovery.reason
    before, after = summary.recovery.steps[:2]
    assert (after.p95_ms or 0) < (before.p95_ms or 0)
    assert (after.held or 0) < (before.held or 0)


def test_a_system_that_keeps_all_retains_all_importance(bench: Bench) -> None:
    (summary,) = bench("mempress.testing.controls:PlainList")
    assert summary.metrics.importance_retention == 1.0
    assert summary.metrics.retention_regret == 0.0
    assert summary.metrics.retained_records == 1_000
    assert (summary.metrics.recall_at_k or 0) > 0.5


def test_the_null_system_costs_nothing_and_what_it_lacks_is_unknown(bench: Bench) -> None:
    (summary,) = bench("null", max_records=20_000, batch_size=1_000)
    assert (summary.metrics.final_query_latency_ms.p50 or 1) <= 0.001
    assert summary.memory_mb["settled"] is not None
    assert summary.memory_mb["baseline"] is not None
    assert summary.memory_mb["settled"] - summary.memory_mb["baseline"] < 5
    assert summary.metrics.memory_per_record_bytes is None
    assert summary.metrics.importance_retention is None
    assert summary.metrics.reported_health is None
    assert summary.metrics.final_query_latency_ms.p99 is None


def test_two_systems_of_one_name_have_a_run_each(bench: Bench, tmp_path: Path) -> None:
    for folder in ("a", "b"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "m.py").write_text("from mempress.testing.scripted import Scripted as Memory\n", "utf-8")
    bench(f"{tmp_path}/a/m.py:Memory", f"{tmp_path}/b/m.py:Memory")
    assert {path.name for path in (tmp_path / "out" / "runs").iterdir()} == {"memory", "memory-2"}
