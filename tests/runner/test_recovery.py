"""A saturated system is maintained, restarted in a fresh process and loaded again; what fails on the way is told."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import pytest

from mempress.journal import Event, Maintained, PhaseBegan, Restarted, Sampled, read_journal

if TYPE_CHECKING:
    from pathlib import Path

    from mempress.model import Summary
    from tests.conftest import Bench

pytestmark = pytest.mark.alone

ADAPTERS = '''
import os
from mempress.testing.scripted import Saturating

class Told(Saturating):
    """Says by which process it was opened, and counts how often."""

    def __init__(self, workdir, config):
        opened = workdir / "opened"
        before = opened.read_text().split() if opened.exists() else []
        opened.write_text(" ".join([*before, str(os.getpid())]))
        self.fail_at_opening(len(before))
        super().__init__(workdir, config)
        print("opened by", os.getpid(), "holding", len(self._held), flush=True)

    def fail_at_opening(self, before):
        pass

class FailsToReopen(Told):
    name = "fails-to-reopen"

    def fail_at_opening(self, before):
        if before:
            raise RuntimeError("the log is locked")

class RaisesInEmergency(Told):
    name = "raises-in-emergency"

    def perform_maintenance(self, *, emergency=False):
        if emergency:
            raise RuntimeError("no time for this")
        return {}

class DiesInEmergency(Told):
    name = "dies-in-emergency"

    def perform_maintenance(self, *, emergency=False):
        if emergency:
            os._exit(7)
        return {}

class ForgetsAtRestart(Told):
    name = "forgets-at-restart"

    def close(self):
        super().close()
        self._workdir_file.unlink()

    def __init__(self, workdir, config):
        super().__init__(workdir, config)
        self._workdir_file = workdir / "records.jsonl"
'''


@pytest.fixture
def saturate(bench: Bench, tmp_path: Path) -> Any:
    """Run a system of ``ADAPTERS`` until a search takes 4 ms, at about 2,000 records; gives summary and journal."""
    file = tmp_path / "adapters.py"
    file.write_text(ADAPTERS, "utf-8")

    def run(name: str) -> tuple[Summary, list[Event]]:
        (summary,) = bench(
            f"{file}:{name}",
            max_records=8_000,
            batch_size=500,
            maintenance_interval=0,
            objective_ms=4.0,
            final_queries=10,
            options={name.lower(): {"ns_per_10k_records": 100_000_000}},
        )
        return summary, list(read_journal(tmp_path / "out" / "runs" / name.lower() / "events.jsonl"))

    return run


def marks(events: list[Event]) -> list[str]:
    return [event.mark for event in events if isinstance(event, Sampled) and event.mark != "batch"]


def moments(summary: Summary) -> list[str]:
    assert summary.status == "saturated", summary.reason
    assert summary.recovery is not None
    return [step.moment for step in summary.recovery.steps]


def test_a_system_that_persists_is_opened_by_a_fresh_process_and_its_records_are_there(saturate: Any) -> None:
    summary, events = saturate("Told")
    assert marks(events) == ["final", "after_emergency", "after_restart"]
    assert moments(summary) == ["saturated", "after_emergency", "after_restart", "after_load"]
    before, after = (event for event in events if isinstance(event, Sampled) and event.mark.startswith("after"))
    assert before.held == after.held
    assert after.held is not None
    assert after.held > 0
    words = summary.output_tail.split()
    assert (words[:2], words[3:]) == (["opened", "by"], ["holding", str(after.held)])
    printed = [event.tail.split()[2] for event in events if type(event).__name__ == "Printed"]
    assert len(set(printed)) == 2
    assert str(os.getpid()) not in printed


def test_the_load_after_recovery_goes_on_with_the_records_that_follow(saturate: Any) -> None:
    summary, events = saturate("Told")
    stores = [event for event in events if type(event).__name__ == "Stored"]
    assert [event.first for event in stores] == list(range(0, 500 * len(stores), 500))
    assert [event.phase for event in stores][-4:] == ["load", "post_recovery", "post_recovery", "post_recovery"]
    assert summary.metrics.max_records < 500 * (len(stores) - 3)
    (restart,) = (event for event in events if isinstance(event, Restarted))
    assert restart.close_ns > 0
    assert restart.open_ns > 0


def test_a_system_that_cannot_be_opened_again_is_not_loaded_again_and_says_why(saturate: Any) -> None:
    summary, events = saturate("FailsToReopen")
    assert moments(summary) == ["saturated", "after_emergency"]
    assert not any(isinstance(event, Restarted) for event in events)
    assert [event.phase for event in events if isinstance(event, PhaseBegan)][-2:] == ["recovery", "teardown"]
    refusal = summary.errors[-1]
    assert (refusal.operation, refusal.phase) == ("open", "recovery")
    assert "the log is locked" in refusal.message
    assert summary.recovery is not None
    assert summary.recovery.verdict != "recovered"


def test_an_emergency_that_raises_is_told_and_the_restart_is_tried_all_the_same(saturate: Any) -> None:
    summary, events = saturate("RaisesInEmergency")
    assert moments(summary) == ["saturated", "after_emergency", "after_restart", "after_load"]
    (asked,) = (event for event in events if isinstance(event, Maintained))
    assert (asked.emergency, asked.phase) == (True, "recovery")
    assert "no time for this" in (asked.error or "")
    assert [entry.operation for entry in summary.errors] == ["perform_maintenance"]
    assert summary.recovery is not None
    assert summary.recovery.verdict in {"not", "partly"}
    (event,) = (found for found in summary.maintenance_events if found.origin == "requested")
    assert event.evidence["requested"][0]["error"] == asked.error


def test_a_system_that_dies_in_its_recovery_crashed_and_is_known_to_have_saturated(saturate: Any) -> None:
    summary, _ = saturate("DiesInEmergency")
    assert (summary.status, summary.ended_in_phase) == ("crashed", "recovery")
    assert summary.metrics.saturated_at_records is not None
    assert summary.recovery is not None
    assert summary.recovery.verdict != "recovered"
    assert summary.errors[-1].kind == "fatal"


def test_a_system_that_comes_back_empty_is_shown_to_hold_nothing(saturate: Any) -> None:
    summary, events = saturate("ForgetsAtRestart")
    after = next(event for event in events if isinstance(event, Sampled) and event.mark == "after_restart")
    assert after.held == 0
    assert summary.recovery is not None
    assert [step.held for step in summary.recovery.steps if step.moment == "after_restart"] == [0]


def test_a_system_that_comes_back_empty_did_not_recover(saturate: Any) -> None:
    summary, _ = saturate("ForgetsAtRestart")
    assert summary.recovery is not None
    assert summary.recovery.verdict != "recovered", summary.recovery.reason
