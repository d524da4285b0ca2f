"""What the harness's own look-ups say of systems whose truth is scripted."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from mempress.journal import ReadBack, Sampled, read_journal

if TYPE_CHECKING:
    from pathlib import Path

    from mempress.model import Summary
    from tests.conftest import Bench

FORGETTING = "mempress.testing.forgetting"
EVICTION = {"max_records": 4_000, "batch_size": 250, "maintenance_interval": 0}


def removals(summary: Summary) -> list[tuple[int, str]]:
    return [(event.records, event.origin) for event in summary.maintenance_events if "records_removed" in event.reasons]


def test_a_random_eviction_of_nine_tenths_is_found_from_the_count(bench: Bench) -> None:
    options = {"randomevictor": {"at": 2_500}}
    (summary,) = bench(f"{FORGETTING}:RandomEvictor", options=options, **EVICTION)
    assert removals(summary) == [(2_500, "observed")]
    assert summary.maintenance_events[0].effects["held"] == {"before": 2_250, "after": 250}
    assert summary.samples[0].sampled_gone is None
    assert summary.detectors is not None
    assert summary.detectors.truth == "script"
    score = summary.detectors.statistical
    assert (score.known, score.matched, score.recall) == (1, 1, 1.0)


def test_a_random_eviction_of_nine_tenths_is_found_from_sampled_ids_alone(bench: Bench) -> None:
    """Without count and get, a sample of ids is searched for at each checkpoint: 0, then about 90% are gone."""
    options = {"blindrandomevictor": {"at": 2_500}}
    (summary,) = bench(f"{FORGETTING}:BlindRandomEvictor", options=options, **EVICTION)
    assert removals(summary) == [(2_500, "observed")]
    (evidence,) = [event.evidence["observed"]["records_removed"] for event in summary.maintenance_events]
    assert evidence["source"] == "sampled_gone"
    shares = {row.records: row.sampled_gone for row in summary.samples if row.mark == "batch"}
    before, after = shares[2_250], shares[2_500]
    assert before is not None
    assert after is not None
    assert (before.share, before.low, before.n) == (0.0, 0.0, 50)
    assert after.low <= 0.9 <= after.high
    assert all(row.held is None for row in summary.samples)


def test_what_a_blind_system_holds_is_estimated_with_an_interval_that_holds_the_truth(bench: Bench) -> None:
    """250 of 2,500 are left, 1,500 more come: 1,750 of 4,000."""
    options = {"blindrandomevictor": {"at": 2_500}}
    (summary,) = bench(f"{FORGETTING}:BlindRandomEvictor", options=options, **EVICTION)
    found = summary.reconciliation
    assert found.acknowledged == found.expected_low == found.expected_high == 4_000
    assert found.held_low is not None
    assert found.held_high is not None
    assert found.held_low <= 1_750 <= found.held_high
    assert found.held_high - found.held_low < 800
    assert found.reconciled is False
    assert summary.forgetting is None


def test_a_blind_system_that_keeps_all_shows_no_event(bench: Bench) -> None:
    options = {"blindrandomevictor": {"at": 1_000_000}}
    (summary,) = bench(f"{FORGETTING}:BlindRandomEvictor", options=options, **EVICTION)
    assert removals(summary) == []
    assert summary.reconciliation.reconciled is True
    assert summary.reconciliation.retrievable is not None
    assert summary.reconciliation.retrievable.share == 1.0


def test_a_system_that_testifies_lets_the_detector_be_scored_on_its_run(bench: Bench) -> None:
    """From the seventh of twelve batches on it evicts in each, which is one event, where that begins."""
    (summary,) = bench(
        "mempress.testing.complete:Complete", max_records=3_000, capacity_records=1_500, maintenance_interval=0
    )
    assert summary.detectors is not None
    assert (summary.detectors.truth, summary.detectors.testified_samples) == ("testimony", 6)
    score = summary.detectors.statistical
    assert (score.known, score.matched, score.recall) == (1, 1, 1.0)


def test_the_ids_sampled_are_bounded_and_drawn_anew_at_each_checkpoint(bench: Bench, tmp_path: Path) -> None:
    bench(f"{FORGETTING}:BlindRandomEvictor", sampled_ids=20)
    events = read_journal(tmp_path / "out" / "runs" / "blindrandomevictor" / "events.jsonl")
    asked = [event.ids.asked for event in events if isinstance(event, Sampled) and event.ids is not None]
    assert [len(ordinals) for ordinals in asked] == [20] * 5
    assert len({tuple(ordinals) for ordinals in asked}) == 5
    assert all(max(ordinals) < load for ordinals, load in zip(asked, (250, 500, 750, 1_000, 1_000), strict=True))


def test_what_comes_back_after_a_restart_is_counted(bench: Bench) -> None:
    (summary,) = bench(f"{FORGETTING}:Resurrector", deleted_records=15)
    assert summary.deletion is not None
    assert (summary.deletion.deleted, summary.deletion.said, summary.deletion.error) == (15, 15, None)
    looks = [(look.moment, look.got, look.found, look.came_back) for look in summary.deletion.looks]
    assert looks == [("after_delete", 0, 0, 0), ("after_restart", 15, 15, 15)]
    assert summary.status == "completed"


def test_what_a_search_still_finds_is_counted_though_get_denies_it(bench: Bench) -> None:
    (summary,) = bench(f"{FORGETTING}:StaleIndex", deleted_records=15)
    assert summary.deletion is not None
    looks = [(look.moment, look.got, look.found, look.came_back) for look in summary.deletion.looks]
    assert looks == [("after_delete", 0, 15, 15), ("after_restart", 0, 0, 0)]


def test_a_sound_system_loses_what_is_deleted_for_good(bench: Bench) -> None:
    (summary,) = bench("mempress.testing.controls:PlainList")
    assert summary.deletion is not None
    assert [(look.moment, look.came_back) for look in summary.deletion.looks] == [
        ("after_delete", 0),
        ("after_restart", 0),
    ]
    assert summary.metrics.retained_records == 1_000
    assert summary.metrics.errors_encountered == 0


def test_without_delete_nothing_is_deleted(bench: Bench) -> None:
    (summary,) = bench("mempress.testing.scripted:Scripted")
    assert summary.deletion is None


@pytest.mark.alone
def test_a_record_that_is_readable_fifty_milliseconds_after_its_store_is_reported_so(bench: Bench) -> None:
    """It is never given sooner; a pause between two looks is a tenth of what was waited, and a busy machine adds."""
    (summary,) = bench(f"{FORGETTING}:LateReader")
    found = summary.readability
    assert found is not None
    assert (found.method, found.n, found.missed, found.at_first_look) == ("get", 4, 0, 0)
    assert 50.0 <= (found.median_ms or 0) <= 100.0


def test_what_is_not_readable_in_time_is_counted_and_no_more_asked_for_after_three(
    bench: Bench, tmp_path: Path
) -> None:
    options = {"latereader": {"delay_ms": 1_000_000}}
    (summary,) = bench(
        f"{FORGETTING}:LateReader", options=options, readable_seconds=0.05, max_records=2_000, batch_size=250
    )
    found = summary.readability
    assert found is not None
    assert (found.n, found.missed, found.within_s, found.median_ms) == (3, 3, 0.05, None)
    events = read_journal(tmp_path / "out" / "runs" / "latereader" / "events.jsonl")
    assert [event.records for event in events if isinstance(event, ReadBack)] == [250, 500, 750]


def test_what_is_dropped_silently_is_no_reconciled_count(bench: Bench) -> None:
    """Every tenth of 1,000 is dropped: 900 held where 1,000 should be; what is held is found by get, not by search."""
    (summary,) = bench("mempress.testing.scripted:Dropper")
    found = summary.reconciliation
    assert (found.acknowledged, found.held, found.expected_low, found.reconciled) == (1_000, 900, 1_000, False)
    assert (found.held_low, found.held_high, found.said_removed, found.refused) == (900, 900, 0, 0)
    assert found.retrievable_of == "held"
    assert summary.forgetting is not None
    assert summary.forgetting.dropped == 100
