"""``mempress soak``: files, verdicts and exit statuses, and what is kept when it is stopped."""

from __future__ import annotations

import json
import signal
import subprocess
from typing import TYPE_CHECKING, Any

import pytest

from tests.cli.conftest import Mempress, command, wait_for_death, workers_of

if TYPE_CHECKING:
    from pathlib import Path

BOUNDED = "mempress.testing.soaking:Bounded"
SMALL = ("--live-records", "300", "--batch-size", "50", "--queries", "5")


def test_a_soak_writes_the_same_files_as_a_run_along_time(mempress: Mempress, tmp_path: Path) -> None:
    done = mempress("soak", BOUNDED, "mempress.testing.controls:PlainList", "--duration", "2s", *SMALL)
    assert done.returncode == 0, done.stderr
    assert "bounded was soaked for 2 s with 300 records, under its own capacity" in " ".join(done.stdout.split())
    out = tmp_path / "soak_results"
    names = {"results.json", "memory_pressure_report.md", "memory_pressure_report.html"}
    drawn = ("bounded_pressure_metrics", "plain-list_pressure_metrics", "pressure_comparison")
    pictures = {f"{name}.{kind}" for name in drawn for kind in ("png", "svg")}
    assert {path.name for path in out.iterdir()} == names | pictures | {"runs"}
    result = json.loads((out / "results.json").read_text("utf-8"))
    assert {key: system["soak"]["hold"] for key, system in result["systems"].items()} == {
        "bounded": "capacity",
        "plain-list": "delete",
    }
    report = (out / "memory_pressure_report.md").read_text("utf-8")
    assert "Trends over the soak" in report
    assert "mempress soak mempress.testing.soaking:Bounded" in report
    assert "--duration 2s --live-records 300" in report
    page = (out / "memory_pressure_report.html").read_text("utf-8")
    assert "Memory against time since the run began (s): bounded from" in page
    assert (out / "bounded_pressure_metrics.png").read_bytes().startswith(b"\x89PNG")


def test_analyze_and_report_judge_a_soak_anew_to_the_same_bytes(mempress: Mempress, tmp_path: Path) -> None:
    mempress("soak", BOUNDED, "--duration", "1s", *SMALL)
    out = tmp_path / "soak_results"
    files = [out / "runs" / "bounded" / "summary.json", out / "results.json", out / "memory_pressure_report.md"]
    before = [path.read_bytes() for path in files]
    for path in (files[0], files[2]):
        path.unlink()  # results.json stays: where the time of the command went stands in it alone
    analysed = mempress("analyze", str(out / "runs" / "bounded"))
    assert "Trends over the soak" in analysed.stdout
    assert mempress("report", str(out)).returncode == 0
    assert [path.read_bytes() for path in files] == before


def start(tmp_path: Path) -> subprocess.Popen[str]:
    """Start a soak that would take hours, and wait until it soaks."""
    arguments = command("soak", BOUNDED, "--duration", "8h", *SMALL)
    process = subprocess.Popen(arguments, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert process.stderr is not None
    for line in process.stderr:
        if "soak, " in line:
            return process
    raise AssertionError("it ended before it soaked")


@pytest.mark.long
def test_ctrl_c_ends_a_soak_and_reports_what_was_measured(tmp_path: Path) -> None:
    process = start(tmp_path)
    (worker,) = workers_of(process)
    process.send_signal(signal.SIGINT)
    out, _ = process.communicate(timeout=60)
    assert process.returncode == 130
    assert wait_for_death(worker)
    assert "interrupted" in out
    result: dict[str, Any] = json.loads((tmp_path / "soak_results" / "results.json").read_text("utf-8"))
    system = result["systems"]["bounded"]
    assert (system["status"], system["soak"]["live_records"]) == ("interrupted", 300)
    assert system["metrics"]["max_records"] >= 300
    assert (tmp_path / "soak_results" / "memory_pressure_report.md").exists()


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((), "--duration"),
        (("--duration", "10"), "no duration"),
        (("--duration", "0s"), "give 1s to 366d"),
        (("--duration", "400d"), "give 1s to 366d"),
        (("--duration", "10s", "--live-records", "0"), "--live-records is 0"),
        (("--duration", "10s", "--pause", "-1"), "--pause is -1"),
        (("--duration", "10s", "--hold", "tight"), "--hold"),
    ],
)
def test_bad_usage_says_what_to_do_and_starts_nothing(
    mempress: Mempress, tmp_path: Path, arguments: tuple[str, ...], words: str
) -> None:
    done = mempress("soak", BOUNDED, *arguments)
    assert done.returncode == 2
    assert words in done.stderr
    assert not (tmp_path / "soak_results").exists()
