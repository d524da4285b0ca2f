"""A fault of a run finds what systems with known truth lose, alter and bring back, to the record."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from mempress.journal import Stored, read_journal

if TYPE_CHECKING:
    from pathlib import Path

    from mempress.model import FaultOutcome, Summary
    from tests.conftest import Bench

LOSSY = "mempress.testing.lossy"
BATCH_NS = {"store_ns": 30_000_000}
"""A store call that lasts 30 ms is met by a kill before anything of it is written."""


def fall(bench: Bench, name: str, fault: str, **settings: Any) -> tuple[Summary, FaultOutcome]:
    """Let a fault fall on a system of ``testing.lossy``; gives the summary and what became of it."""
    options = {name.lower(): BATCH_NS | settings.pop("options", {})}
    small: dict[str, Any] = {"max_records": 800, "batch_size": 100, "queries": 2, "final_queries": 2}
    spec = name if ":" in name else f"{LOSSY}:{name}"
    given = {} if ":" in name else {"options": options}
    (summary,) = bench(spec, faults=(fault,), **(small | given | settings))
    (outcome,) = summary.faults
    return summary, outcome


def test_a_sound_system_loses_nothing_when_it_is_killed_in_a_store_call(bench: Bench, tmp_path: Path) -> None:
    summary, found = fall(bench, "Deleting", "kill@load:0.5")
    assert (found.made, found.records, found.audited) == (True, 400, 396)
    assert (found.found, found.lost, found.evicted, found.corrupt) == (396, 0, 0, 0)
    assert (found.deleted, found.came_back) == (4, 0)
    assert (found.unacknowledged, found.unacknowledged_found) == (100, 0)
    assert found.in_call_ms is not None
    assert 0 < found.in_call_ms < 30
    assert (found.reopened, found.went_on) == (True, True)
    assert found.downtime_s is not None
    assert found.verdict.startswith("lost nothing of 396 acknowledged records")
    assert summary.status == "completed"
    assert summary.metrics.errors_encountered == 0
    assert summary.metrics.max_records == summary.metrics.retained_records == 800
    stored = [event for event in read_journal(journal_of(tmp_path, "deleting")) if isinstance(event, Stored)]
    assert [event.first for event in stored] == list(range(0, 800, 100))


def journal_of(tmp_path: Path, run: str) -> Path:
    return tmp_path / "out" / "runs" / run / "events.jsonl"


def test_the_last_records_that_were_never_written_are_the_ones_lost(bench: Bench) -> None:
    summary, found = fall(bench, "LosesUnsynced", "kill@load:0.5", options={"unsynced": 37})
    assert (found.audited, found.found, found.lost) == (400, 363, 37)
    assert found.verdict.startswith("lost 37 of 400 acknowledged records")
    assert any("lost 37 of 400" in text for text in findings_of(summary))
    _, found = fall(bench, "LosesUnsynced", "restart@load:0.5", options={"unsynced": 37})
    assert (found.audited, found.lost) == (400, 0)


def findings_of(summary: Summary) -> list[str]:
    from mempress.findings import findings  # noqa: PLC0415 - of this test alone

    return findings({summary.name: summary}, capacity_records=None, repeats={})


def test_a_text_that_changed_is_corrupt_and_not_lost(bench: Bench) -> None:
    _, found = fall(bench, "AltersAtOpening", "restart@load:0.5", options={"altered": 3})
    assert (found.found, found.lost, found.corrupt) == (400, 0, 3)
    assert "3 came back with another text" in found.verdict


@pytest.mark.parametrize("fault", ["kill", "restart"])
def test_deleted_records_that_come_back_are_counted(bench: Bench, fault: str) -> None:
    _, found = fall(bench, "RevivesDeleted", f"{fault}@load:0.5")
    assert (found.lost, found.deleted, found.came_back) == (0, 4, 4)
    assert "all 4 deleted records came back" in found.verdict


def test_churn_deletes_and_stores_again_and_all_is_there_afterwards(bench: Bench) -> None:
    summary, found = fall(bench, "Deleting", "churn@load:0.5")
    assert (found.audited, found.found, found.lost) == (400, 400, 0)
    assert (found.deleted, found.came_back) == (80, 0)
    assert summary.metrics.retained_records == 800


def test_churn_finds_a_deletion_that_did_nothing(bench: Bench) -> None:
    _, found = fall(bench, "DeletesNothing", "churn@load:0.5")
    assert (found.deleted, found.came_back) == (80, 80)


def test_churn_is_not_made_where_there_is_no_delete(bench: Bench) -> None:
    _, found = fall(bench, "LosesUnsynced", "churn@load:0.5")
    assert (found.made, found.verdict) == (False, "not made: it has no delete")


def test_a_system_that_promises_no_persistence_holds_nothing_after_a_kill_as_it_declares(bench: Bench) -> None:
    summary, found = fall(bench, "mempress.testing.scripted:Scripted", "kill@load:0.5")
    assert (found.audited, found.found, found.deleted) == (400, 0, None)
    assert "holds nothing after a kill, as it declares (no persistence)" in found.verdict
    assert summary.status in {"completed", "saturated"}
