"""A/A: real runs of one system against more of its runs."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import pytest

from mempress.analysis import analyse
from mempress.config import RunConfig
from mempress.runfiles import RunFiles, write_json
from mempress.runner.benchmark import Listener, run_benchmark
from mempress.versus import Side, SystemRuns, judge, read_side

if TYPE_CHECKING:
    from pathlib import Path

COMPARISONS = 40
REPEATS = 3
HEADLINES = ("final_query_latency_ms.p50", "final_query_latency_ms.p95", "store_records_per_second.mean", "disk_mb")


@pytest.mark.long
@pytest.mark.alone
@pytest.mark.timeout(600)
@pytest.mark.parametrize("system", ["mempress.testing.scripted:Scripted", "mempress.testing.controls:PlainList"])
def test_forty_comparisons_of_a_system_with_itself_give_at_most_three_differences(system: str, tmp_path: Path) -> None:
    """Three repeats against the next three, as two benchmarks in a row would have it, forty times over."""
    config = RunConfig(
        systems=(system,),
        max_records=200,
        batch_size=100,
        queries=5,
        final_queries=300,
        maintenance_interval=0,
        repeats=2 * REPEATS * COMPARISONS,
    )
    for directory in run_benchmark(config, tmp_path / "out", Listener()):
        write_json(RunFiles(directory).summary, analyse(directory))
    side = read_side(tmp_path / "out")
    told: Counter[str] = Counter()
    for at in range(0, config.repeats, 2 * REPEATS):
        versus = judge(_part(side, at), _part(side, at + REPEATS))
        rows = versus.systems[0].rows
        told.update(row.key for row in rows if row.standing in ("better", "worse", "different"))
    assert all(told[key] <= 3 for key in HEADLINES), told
    assert sum(told.values()) <= 0.05 * COMPARISONS * len(rows), told


def _part(side: Side, at: int) -> Side:
    """Give a few of a side's runs."""
    ((name, system),) = side.systems.items()
    runs = SystemRuns(system.runs[at : at + REPEATS], system.statuses[at : at + REPEATS], system.versions, 0)
    return Side(f"runs from {at}", side.conditions, {name: runs})
