"""What a side of a comparison may be, with runs that really ran."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
import pytest

from mempress.cli.output import judge_benchmark
from mempress.errors import JournalError, UsageError
from mempress.runfiles import RESULTS, RunFiles, runs_in, write_json
from mempress.versus import judge, read_side
from tests.versus.build import row

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import Bench

SOUND = "mempress.testing.scripted:Scripted"
OTHER = "mempress.testing.controls:Perfect"


@pytest.fixture
def out(bench: Bench, tmp_path: Path) -> Path:
    """Run two systems twice each, and write the summaries and the result."""
    bench(SOUND, OTHER, max_records=200, batch_size=100, repeats=2)
    result = judge_benchmark(tmp_path / "out", {})
    write_json(tmp_path / "out" / RESULTS, result)
    return tmp_path / "out"


def test_a_benchmarks_directory_gives_all_runs_and_the_latencies_within_them(out: Path) -> None:
    found = read_side(out)
    assert list(found.systems) == ["scripted", "perfect"]
    assert len(found.conditions) == 1
    for system in found.systems.values():
        assert list(system.statuses) == ["completed"] * 2
        for run in system.runs:
            assert run.latencies_ms is not None
            assert len(run.latencies_ms) == run.metrics.final_query_latency_ms.n == 20
            assert run.shared_mb is not None
    versus = judge(found, found)
    assert {row.standing for system in versus.systems for row in system.rows} <= {"no difference", "unknown"}
    assert versus.cautions == ["BASE and OTHER are the same directory."]


def test_one_run_is_a_side_too_and_its_figures_are_those_of_its_summary(out: Path) -> None:
    directory = runs_in(out)[0]
    found = read_side(directory)
    (system,) = found.systems.values()
    (run,) = system.runs
    versus = judge(found, read_side(runs_in(out)[1]))
    latency = row(versus, "final_query_latency_ms.p95")
    assert latency.base == pytest.approx(run.metrics.final_query_latency_ms.p95)
    assert (latency.base_runs, latency.other_runs) == (1, 1)
    assert latency.low is None


def test_results_json_alone_gives_the_metrics_of_every_repeat(out: Path, tmp_path: Path) -> None:
    alone = tmp_path / "kept.json"
    alone.write_bytes((out / RESULTS).read_bytes())
    found, whole = read_side(alone), read_side(out)
    for name, system in whole.systems.items():
        assert [run.metrics for run in found.systems[name].runs] == [run.metrics for run in system.runs]
        assert all(run.latencies_ms is None for run in found.systems[name].runs)


def test_a_run_without_a_summary_is_judged_from_its_journal(out: Path) -> None:
    before = read_side(out)
    for directory in runs_in(out):
        RunFiles(directory).summary.unlink()
    assert read_side(out) == before


def test_runs_of_two_workloads_in_one_directory_are_told_apart(out: Path) -> None:
    head = RunFiles(runs_in(out)[0]).head
    changed = msgspec.json.decode(head.read_bytes())
    changed["workload"]["sha256"] = "00" * 32
    head.write_bytes(msgspec.json.encode(changed))
    assert len(read_side(out).conditions) == 2


def test_what_is_no_result_is_refused_with_the_remedy(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="mempress run --out"):
        read_side(tmp_path)
    (tmp_path / RESULTS).write_text('{"schema": 1', "utf-8")
    with pytest.raises(JournalError, match="mempress report OUT"):
        read_side(tmp_path)
