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
ADAPTERS = '''
from time import sleep
from mempress.systems.protocol import Hit
from mempress.testing.lossy import Logged, LosesUnsynced

class Unasked:
    """LosesUnsynced, of which one can but search."""

    capabilities = frozenset({"persistence"})

    def __init__(self, workdir, config):
        self._inner = LosesUnsynced(workdir, config)
        self.store, self.close = self._inner.store, self._inner.close

    def store(self, records): ...
    def close(self): ...

    def search(self, query, *, limit):
        return [Hit(record.text, record.id) for record in self._inner._held.values() if record.text == query][:limit]

class OpensOnce(Logged):
    name = "opens-once"

    def __init__(self, workdir, config):
        super().__init__(workdir, config)
        if self._held:
            self.refuse()

    def refuse(self):
        raise RuntimeError("the log is locked by a dead process")

class HangsWhenOpened(OpensOnce):
    name = "hangs-when-opened"

    def refuse(self):
        sleep(1_000)
'''
BATCH_NS = {"store_ns": 30_000_000}
"""A store call that lasts 30 ms is met by a kill before anything of it is written.

On a busy machine the kill may miss the call at half the load and meet the next one: ``records`` says where it fell.
"""


def fall(bench: Bench, name: str, fault: str, **settings: Any) -> tuple[Summary, FaultOutcome]:
    """Let a fault fall on a system of ``testing.lossy``; gives the summary and what became of it."""
    options = settings.pop("options_of", {name.lower(): BATCH_NS | settings.pop("options", {})})
    small: dict[str, Any] = {"max_records": 800, "batch_size": 100, "queries": 2, "final_queries": 2}
    spec = name if ":" in name else f"{LOSSY}:{name}"
    if spec.rpartition(":")[2].lower() in options:
        settings["options"] = options
    (summary,) = bench(spec, faults=(fault,), **(small | settings))
    (outcome,) = summary.faults
    return summary, outcome


def test_a_sound_system_loses_nothing_when_it_is_killed_in_a_store_call(bench: Bench, tmp_path: Path) -> None:
    summary, found = fall(bench, "Deleting", "kill@load:0.5")
    assert found.made
    assert found.records in {400, 500, 600, 700}
    kept = found.records - 4
    assert (found.audited, found.found, found.lost, found.evicted, found.corrupt) == (kept, kept, 0, 0, 0)
    assert (found.deleted, found.came_back) == (4, 0)
    if found.in_call_ms is not None:  # else the call returned as the kill was on its way
        assert found.unacknowledged == 100
        assert found.unacknowledged_found in {0, 100}  # its one write is there or not
    assert (found.reopened, found.went_on) == (True, True)
    assert found.downtime_s is not None
    assert found.verdict.startswith(f"lost nothing of {kept} acknowledged records")
    assert summary.status == "completed"
    assert summary.metrics.errors_encountered == 0
    assert summary.metrics.max_records == summary.metrics.retained_records == 800
    stored = [event for event in read_journal(journal_of(tmp_path, "deleting")) if isinstance(event, Stored)]
    assert [event.first for event in stored] == list(range(0, 800, 100))


def journal_of(tmp_path: Path, run: str) -> Path:
    return tmp_path / "out" / "runs" / run / "events.jsonl"


def test_the_last_records_that_were_never_written_are_the_ones_lost(bench: Bench) -> None:
    summary, found = fall(bench, "LosesUnsynced", "kill@load:0.5", options={"unsynced": 37})
    assert found.audited == found.records
    if not found.unacknowledged_found:  # else the kill came after the write, which carried all older records along
        assert found.lost == 37
        assert found.verdict.startswith(f"lost 37 of {found.records} acknowledged records")
        assert any(f"lost 37 of {found.records}" in text for text in findings_of(summary))
    _, found = fall(bench, "LosesUnsynced", "restart@load:0.5", options={"unsynced": 37})
    assert (found.audited, found.lost) == (400, 0)


def findings_of(summary: Summary) -> list[str]:
    from mempress.comparison.findings import findings  # noqa: PLC0415 - of this test alone

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
    assert (found.audited, found.found, found.deleted) == (400, 0, None)  # its calls are too short to be met
    assert "holds nothing after a kill, as it declares (no persistence)" in found.verdict
    assert summary.status in {"completed", "saturated"}


@pytest.fixture
def adapters(tmp_path: Path) -> Path:
    file = tmp_path / "adapters.py"
    file.write_text(ADAPTERS, "utf-8")
    return file


def test_where_one_can_but_search_a_sample_tells_what_was_lost_with_its_error(bench: Bench, adapters: Path) -> None:
    """36 are lost: so is a share of the 200 that are searched for, and its interval holds the true share."""
    options = {"unasked": BATCH_NS | {"unsynced": 36}}
    _, found = fall(bench, f"{adapters}:Unasked", "kill@load:0.5", options_of=options)
    assert (found.method, found.population, found.audited) == ("search", found.records, found.audited)
    assert found.records is not None
    assert found.audited is not None
    assert 200 <= found.audited <= 250
    assert found.lost_share is not None
    assert found.lost == round(found.lost_share.share * found.audited)
    assert 0 < found.lost_share.low <= 36 / found.records <= found.lost_share.high < 0.2
    assert f"of a sample of {found.audited} of {found.records} acknowledged records" in found.verdict


@pytest.mark.parametrize(
    ("name", "status", "words"),
    [("OpensOnce", "crashed", "locked by a dead process"), ("HangsWhenOpened", "timed_out", "no answer within 2 s")],
)
def test_a_system_that_does_not_open_again_ends_its_run(
    bench: Bench, adapters: Path, name: str, status: str, words: str
) -> None:
    summary, found = fall(bench, f"{adapters}:{name}", "kill@load:0.5", timeout_seconds=2.0)
    assert (found.reopened, found.lost) == (False, None)
    assert "it did not open again" in found.verdict
    assert (summary.status, summary.ended_at_records) == (status, found.records)
    assert words in summary.reason


def test_a_fault_of_the_load_after_a_recovery_falls_there(bench: Bench) -> None:
    _, found = fall(
        bench,
        "mempress.testing.scripted:Saturating",
        "restart@post_recovery:0.5",
        options_of={"saturating": {"ns_per_10k_records": 400_000_000}},
        objective_ms=4.0,
        max_records=3_000,
    )
    assert (found.made, found.phase, found.lost, found.reopened) == (True, "post_recovery", 0, True)
    assert found.audited
    assert found.search_p50_ms["after"] is not None
