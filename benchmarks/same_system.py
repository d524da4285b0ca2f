"""How often `mempress compare` calls a system different from itself: the table of docs/compare.md.

    python benchmarks/same_system.py [SYSTEM...] [--runs 240] [--out DIR]

Runs each system many times in a row, each in a fresh process, and compares every few runs with the next few. Takes a
minute or two for each system; with ``--out`` the runs are kept, and judged without running where they are there.
"""

from __future__ import annotations

import argparse
import tempfile
from collections import Counter
from pathlib import Path

from mempress.analysis import analyse
from mempress.config import RunConfig
from mempress.runfiles import RunFiles, runs_in, write_json
from mempress.runner.benchmark import Listener, run_benchmark
from mempress.runner.environment import read_noise
from mempress.versus import Side, SystemRuns, judge, read_side

SYSTEMS = ("null", "mempress.testing.scripted:Scripted", "mempress.testing.controls:PlainList", "neuroca")
REPEATS = (1, 2, 3, 4, 5, 7, 10)
SHOWN = {
    "final_query_latency_ms.p50": "search p50",
    "final_query_latency_ms.p95": "search p95",
    "final_query_latency_ms.mean": "search mean",
    "store_records_per_second.mean": "store rate",
    "final_memory_mb": "memory",
    "memory_per_record_bytes": "memory a record",
}


def main() -> None:
    """Run, judge, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("systems", nargs="*", default=SYSTEMS)
    parser.add_argument("--runs", type=int, default=240)
    parser.add_argument("--out", type=Path)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        out = arguments.out or Path(scratch)
        if not runs_in(out):
            run(tuple(arguments.systems), arguments.runs, out)
        report(read_side(out))


def run(systems: tuple[str, ...], runs: int, out: Path) -> None:
    """Run the systems in turn, small and often."""
    config = RunConfig(
        systems=systems,
        max_records=400,
        batch_size=200,
        queries=5,
        final_queries=300,
        maintenance_interval=0,
        repeats=runs,
    )
    for directory in run_benchmark(config, out, Listener()):
        write_json(RunFiles(directory).summary, analyse(directory))


def report(side: Side) -> None:
    """Print one row for each number of repeats: of how many comparisons which share was called different."""
    print(f"load {read_noise().load_1m}; {', '.join(side.systems)}")
    print("| runs each | comparisons | " + " | ".join(SHOWN.values()) + " | unknown |")
    print("| --- " * (len(SHOWN) + 3) + "|")
    for repeats in REPEATS:
        told: Counter[tuple[str, str]] = Counter()
        comparisons = 0
        for name in side.systems:
            for at in range(0, len(side.systems[name].runs) - 2 * repeats + 1, 2 * repeats):
                versus = judge(part(side, name, at, repeats), part(side, name, at + repeats, repeats))
                told.update((row.key, row.standing) for row in versus.systems[0].rows)
                comparisons += 1
        shares = (sum(told[key, word] for word in ("better", "worse", "different")) for key in SHOWN)
        unknown = sum(told[key, "unknown"] for key in list(SHOWN)[:3]) / 3
        cells = [f"{share / comparisons:.1%}" for share in (*shares, unknown)]
        print(f"| {repeats} | {comparisons} | " + " | ".join(cells) + " |")


def part(side: Side, name: str, at: int, repeats: int) -> Side:
    """Give a few runs of one system, as if they were a benchmark of their own."""
    system = side.systems[name]
    few = SystemRuns(system.runs[at : at + repeats], system.statuses[at : at + repeats], system.versions, 0)
    return Side(f"runs from {at}", side.conditions, {name: few})


if __name__ == "__main__":
    main()
