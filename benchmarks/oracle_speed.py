"""How long the offline oracle takes for a long trace of stores and uses.

    python benchmarks/oracle_speed.py [--operations 1000000] [--capacity 50000]

Half of the operations store a new item, half use one: of four uses one is uniform, three prefer recent items. The time
is the best of three, of the process alone.
"""

from __future__ import annotations

import argparse
import random
import time

from neuroca_material import load, table

from mempress.analysis.oracle import Operation, fifo_served, most_served, random_served

BAR_SECONDS = 10.0


def trace_of(operations: int, seed: int = 0) -> list[Operation]:
    """Draw a trace."""
    draw = random.Random(seed).random  # noqa: S311 - a benchmark is repeatable
    trace: list[Operation] = []
    stored = 0
    while len(trace) < operations:
        if not stored or draw() < 0.5:
            trace.append(Operation(stored, use=False))
            stored += 1
        else:
            share = draw()
            age = share if draw() < 0.25 else share * share * share
            trace.append(Operation(stored - 1 - int(age * stored), use=True))
    return trace


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--operations", type=int, default=1_000_000)
    parser.add_argument("--capacity", type=int, default=50_000)
    options = parser.parse_args()
    trace = trace_of(options.operations)
    uses = sum(operation.use for operation in trace)
    rows: list[list[object]] = []
    for name, serve in (("oracle", most_served), ("first in, first out", fifo_served), ("random", random_served)):
        times = []
        for _ in range(3):
            began = time.process_time()
            served = serve(trace, options.capacity)
            times.append(time.process_time() - began)
        rows.append([name, f"{min(times):.2f}", f"{served / uses:.3f}"])
    print(f"{options.operations:,} operations, capacity {options.capacity:,}; the bar is {BAR_SECONDS:g} s; {load()}")
    table(("choice", "seconds", "uses served"), rows)


if __name__ == "__main__":
    main()
