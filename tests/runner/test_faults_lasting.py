"""A full disk, a slow disk and a clock that jumps: what they do to systems with known truth, to the record."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from mempress.errors import UsageError
from mempress.journal import Sampled, read_journal

if TYPE_CHECKING:
    from pathlib import Path

    from mempress.model import FaultOutcome, Summary
    from tests.conftest import Bench

LOSSY = "mempress.testing.lossy"


def fall(bench: Bench, name: str, fault: str, **options: Any) -> tuple[Summary, FaultOutcome]:
    """Let a fault fall in the middle of 1,000 records, offered by 100."""
    small: dict[str, Any] = {"max_records": 1_000, "batch_size": 100, "queries": 2, "final_queries": 2}
    (summary,) = bench(f"{LOSSY}:{name}", faults=(fault,), options={name.lower(): options}, **small)
    (outcome,) = summary.faults
    return summary, outcome


def test_a_full_disk_is_refused_clearly_and_what_was_acknowledged_is_there(bench: Bench, tmp_path: Path) -> None:
    """Two batches meet the full disk, the third finds room; then the system is opened again and audited."""
    summary, found = fall(bench, "Logged", "disk-full@load:0.5")
    assert found.mechanism is not None
    assert "LD_PRELOAD" in found.mechanism
    assert (found.refused_during, found.acknowledged_during, found.counted["refused"]) == (200, 0, 2)
    assert found.first_error is not None
    assert "No space left on device" in found.first_error
    assert (found.went_on, found.reopened) == (True, True)
    assert (found.records, found.audited, found.found, found.lost) == (500, 600, 600, 0)
    assert found.verdict.startswith("lost nothing of 600 acknowledged records")
    assert "refused 200 of the 200 records offered to a full disk (OSError: [Errno 28]" in found.verdict
    assert (summary.status, summary.metrics.max_records) == ("completed", 800)
    events = read_journal(tmp_path / "out" / "runs" / "logged" / "events.jsonl")
    marks = [event.mark for event in events if isinstance(event, Sampled)]
    assert marks == ["batch"] * 5 + ["fault"] * 3 + ["batch"] * 2 + ["final"]


def test_what_a_system_acknowledged_and_never_wrote_is_lost_to_the_record(bench: Bench) -> None:
    _, found = fall(bench, "SwallowsFullDisk", "disk-full@load:0.5")
    assert (found.refused_during, found.acknowledged_during, found.counted["refused"]) == (0, 200, 2)
    assert (found.audited, found.found, found.lost) == (800, 600, 200)
    assert "lost 200 of 800 acknowledged records" in found.verdict


def test_without_a_compiler_a_full_disk_is_a_limit_on_the_size_of_files(
    bench: Bench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    _, found = fall(bench, "SwallowsFullDisk", "disk-full@load:0.5")
    assert found.mechanism is not None
    assert "RLIMIT_FSIZE" in found.mechanism
    assert (found.audited, found.lost, found.went_on) == (800, 200, True)


@pytest.mark.parametrize("fault", ["slow-disk", "clock-jump"])
def test_without_a_compiler_other_faults_are_refused_before_anything_starts(
    bench: Bench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fault: str
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(UsageError, match=f"cannot make {fault}: there is no cc, gcc or clang on the PATH"):
        fall(bench, "Logged", f"{fault}@load:0.5")
    assert not (tmp_path / "out").exists()


def test_a_slow_disk_delays_every_write_and_says_how_long_a_store_took(bench: Bench) -> None:
    """Each store is one write: 20 ms of its own and 1 ms of delay, for two batches."""
    _, found = fall(bench, "Logged", "slow-disk@load:0.5", store_ns=20_000_000)
    assert found.counted["delayed"] == 2
    slow_ms = found.store_ms["slow"]
    assert slow_ms is not None
    assert slow_ms >= 21.0
    assert (found.audited, found.lost, found.reopened) == (700, 0, None)
    assert "a store call took" in found.verdict


def test_what_expires_when_the_clock_jumps_is_lost_where_nobody_says_so(bench: Bench) -> None:
    """A day ahead the 500 records from before expire; those stored meanwhile lie in the future once it is back."""
    _, found = fall(bench, "Expiring", "clock-jump@load:0.5")
    assert (found.audited, found.found, found.lost, found.evicted) == (900, 400, 500, 0)
    assert found.counted["shifted"] > 0
    _, found = fall(bench, "ExpiringTestifying", "clock-jump@load:0.5")
    assert (found.audited, found.found, found.lost, found.evicted) == (900, 400, 0, 500)


def test_faults_that_are_due_together_come_one_after_the_other(bench: Bench) -> None:
    small: dict[str, Any] = {"max_records": 1_000, "batch_size": 100, "queries": 2, "final_queries": 2}
    together = ("disk-full@load:0.3", "restart@load:0.3", "slow-disk@load:0.4", "restart@load:0.9")
    (summary,) = bench(f"{LOSSY}:Logged", faults=together, **small)
    assert [found.records for found in summary.faults] == [300, 400, 400, 700]
    assert [found.lost for found in summary.faults] == [0, 0, 0, 0]


def test_a_fault_that_lasts_past_the_end_of_the_load_ends_with_it(bench: Bench) -> None:
    _, found = fall(bench, "SwallowsFullDisk", "disk-full@load:1")
    assert (found.audited, found.lost, found.went_on) == (1_000, 100, None)
