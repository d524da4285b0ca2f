"""A run's time limit ends its load, not the system: the end is measured, and nothing counts as an error."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mempress.analysis import analyse
from mempress.config import RunConfig
from mempress.model import died
from mempress.runner.benchmark import Listener, run_benchmark

if TYPE_CHECKING:
    from pathlib import Path

    from mempress.model import Summary

SOUND = "mempress.testing.scripted:Scripted"
REFUSES = "mempress.testing.faulty:RefusesAfter"
AT_ONCE = 1e-6
"""It is over before any batch is stored, however fast the machine."""


def run(out: Path, system: str = SOUND, **changes: Any) -> Summary:
    small: dict[str, Any] = {"max_records": 400, "batch_size": 100, "queries": 5, "final_queries": 5}
    (directory,) = run_benchmark(RunConfig(systems=(system,), **(small | changes)), out, Listener())
    return analyse(directory)


def test_a_load_ends_after_the_batch_in_which_its_time_was_up_and_its_end_is_measured(tmp_path: Path) -> None:
    summary = run(tmp_path, time_limit_seconds=AT_ONCE)
    assert (summary.status, summary.out_of_time, died(summary)) == ("timed_out", True, False)
    assert summary.reason == "its time of 1e-06 s was up after 100 of 400 records"
    assert summary.metrics.max_records == 100
    assert summary.metrics.retained_records == 100
    assert [row.mark for row in summary.samples] == ["batch", "final"]
    assert summary.memory_mb["settled"] is not None
    assert (summary.errors, summary.metrics.errors_encountered) == ([], 0)


def test_a_limit_that_is_not_reached_changes_nothing(tmp_path: Path) -> None:
    summary = run(tmp_path, time_limit_seconds=1e6)
    assert (summary.status, summary.out_of_time, summary.metrics.max_records) == ("completed", False, 400)


def test_a_load_that_had_ended_by_itself_is_complete(tmp_path: Path) -> None:
    summary = run(tmp_path, max_records=100, time_limit_seconds=AT_ONCE)
    assert (summary.status, summary.out_of_time) == ("completed", False)


def test_what_saturated_first_is_saturated_and_is_not_loaded_again_beyond_its_time(tmp_path: Path) -> None:
    summary = run(
        tmp_path, REFUSES, time_limit_seconds=AT_ONCE, saturation_samples=1, options={"refusesafter": {"at": 0}}
    )
    assert (summary.status, summary.out_of_time) == ("saturated", False)
    assert not [row for row in summary.samples if row.phase == "post_recovery"]
