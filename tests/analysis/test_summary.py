"""A journal is judged wherever it ends, always to the same bytes, and never with an exception."""

from __future__ import annotations

from typing import TYPE_CHECKING, get_args

import msgspec
import pytest

from mempress.analysis import analyse, summarise
from mempress.journal import (
    FaultSkipped,
    Line,
    Maintained,
    PhaseBegan,
    Reconciled,
    Sampled,
    Soaked,
    Stored,
    TrafficSegment,
)
from mempress.model import Summary
from mempress.runfiles import RunFiles, write_json

if TYPE_CHECKING:
    from pathlib import Path

    from mempress.journal import Event
    from tests.analysis.conftest import RealRun


ASKED_FOR = {FaultSkipped, TrafficSegment, Soaked, Reconciled}
"""The lines of what a run does only when it is told to, and of a fault that this system cannot suffer."""


def acknowledged(events: list[Event]) -> int:
    return sum(len(event.importance) for event in events if isinstance(event, Stored) and event.error is None)


@pytest.fixture(scope="module")
def summaries(real_run: RealRun) -> list[Summary]:
    """The summary of every prefix of the real journal, the empty one and the whole among them."""
    return [summarise(real_run.head, real_run.events[:length]) for length in range(len(real_run.events) + 1)]


def test_the_real_run_has_a_line_of_every_kind(real_run: RealRun) -> None:
    assert {type(event) for event in real_run.events} == set(get_args(Line)) - ASKED_FOR


def test_a_journal_cut_after_any_line_says_where_it_broke_off(real_run: RealRun, summaries: list[Summary]) -> None:
    phase = "setup"
    for length, summary in enumerate(summaries[:-1]):
        prefix = real_run.events[:length]
        phase = prefix[-1].phase if prefix and isinstance(prefix[-1], PhaseBegan) else phase
        where = f"in phase {phase} after {acknowledged(prefix)} acknowledged records"
        assert (summary.status, summary.ended_in_phase) == ("interrupted", phase)
        assert summary.reason == f"the journal breaks off {where}: the harness was stopped"
        assert summary.ended_at_records == acknowledged(prefix)
    assert (summaries[-1].status, summaries[-1].ended_in_phase) == ("saturated", "teardown")


def test_each_summary_of_a_cut_journal_stands_in_a_file_and_comes_back(summaries: list[Summary]) -> None:
    for summary in summaries:
        assert msgspec.json.decode(msgspec.json.encode(summary), type=Summary) == summary


def test_what_a_cut_journal_tells_is_a_beginning_of_what_the_whole_tells(
    real_run: RealRun, summaries: list[Summary]
) -> None:
    whole = summaries[-1]
    for length, summary in enumerate(summaries):
        rows = [row.records for row in summary.samples]
        assert rows == [event.records for event in real_run.events[:length] if isinstance(event, Sampled)]
        assert summary.errors == whole.errors[: len(summary.errors)]


def test_no_requested_maintenance_is_lost_wherever_the_journal_ends(
    real_run: RealRun, summaries: list[Summary]
) -> None:
    for length, summary in enumerate(summaries):
        requested = sum(isinstance(event, Maintained) for event in real_run.events[:length])
        assert sum(event.origin == "requested" for event in summary.maintenance_events) == requested


def test_a_saturation_stays_known_where_the_run_ended_in_its_recovery(summaries: list[Summary]) -> None:
    """A system that dies while it recovers did saturate; its recovery is judged by what was seen of it."""
    known = [summary.metrics.saturated_at_records for summary in summaries]
    first = next(length for length, records in enumerate(known) if records is not None)
    assert set(known[first:]) == {summaries[-1].metrics.saturated_at_records}
    assert all(
        (summary.recovery is None) is (records is None) for summary, records in zip(summaries, known, strict=True)
    )
    verdicts = [summary.recovery.verdict for summary in summaries if summary.recovery is not None]
    assert verdicts[0] == "unknown"
    assert verdicts[-1] != "unknown"


def test_judging_twice_gives_the_same_bytes(real_run: RealRun, tmp_path: Path) -> None:
    first, second = tmp_path / "first.json", tmp_path / "second.json"
    for path in (first, second):
        write_json(path, analyse(real_run.directory))
    assert first.read_bytes() == second.read_bytes()


def test_a_journal_torn_in_its_last_line_is_judged_as_without_it(real_run: RealRun, tmp_path: Path) -> None:
    files = RunFiles(tmp_path)
    files.head.write_bytes(RunFiles(real_run.directory).head.read_bytes())
    files.journal.write_bytes(RunFiles(real_run.directory).journal.read_bytes()[:-2])
    assert analyse(tmp_path) == summarise(real_run.head, real_run.events[:-1])
