"""A/A: real runs of one system against more of its runs."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import pytest

from mempress.analysis import analyse
from mempress.comparison.metrics import METRICS
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
@pytest.mark.timeout(2400)
@pytest.mark.parametrize("system", ["mempress.testing.scripted:Scripted", "mempress.testing.controls:PlainList"])
def test_forty_comparisons_of_a_system_with_itself_give_at_most_three_differences(system: str, tmp_path: Path) -> None:
    """Three repeats against the next three, as two benchmarks in a row would have it, forty times over.

    A method that kept its 5% to the letter would exceed 3 of 40 in one of seven tries, ours in one of forty: it may try
    twice. One that is wrong in a third of all comparisons fails both times.
    """
    tries = [differences(system, tmp_path / "out")]
    if exceeds(tries[0]):
        tries.append(differences(system, tmp_path / "again"))
    print(system, [dict(told) for told in tries])  # noqa: T201 - `pytest -rP` shows how often
    assert not exceeds(tries[-1]), tries


def exceeds(told: Counter[str]) -> bool:
    """Whether any headline differs too often, or all rows together do."""
    return any(told[key] > 3 for key in HEADLINES) or told.total() > 0.05 * COMPARISONS * len(METRICS)


def differences(system: str, out: Path) -> Counter[str]:
    """Run a system 240 times; count by metric in how many of forty comparisons it differs from itself."""
    config = RunConfig(
        systems=(system,),
        max_records=200,
        batch_size=100,
        queries=5,
        final_queries=300,
        maintenance_interval=0,
        repeats=2 * REPEATS * COMPARISONS,
    )
    for directory in run_benchmark(config, out, Listener()):
        write_json(RunFiles(directory).summary, analyse(directory))
    side = read_side(out)
    told: Counter[str] = Counter()
    for at in range(0, config.repeats, 2 * REPEATS):
        versus = judge(_part(side, at), _part(side, at + REPEATS))
        rows = versus.systems[0].rows
        told.update(row.key for row in rows if row.standing in ("better", "worse", "different"))
    return told


def _part(side: Side, at: int) -> Side:
    """Give a few of a side's runs."""
    ((name, system),) = side.systems.items()
    runs = SystemRuns(system.runs[at : at + REPEATS], system.statuses[at : at + REPEATS], system.versions, 0)
    return Side(f"runs from {at}", side.conditions, {name: runs})
