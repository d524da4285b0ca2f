"""What the facts workload costs: microseconds a record to generate and to prepare, and milliseconds to draw probes.

    python benchmarks/workload_throughput.py [RECORDS]

Bars on a quiet core, at 1,000,000 records: 6 us a record to generate; some 8 s to generate, encode, hash and spool all;
2 ms for 50 probes, 50 ms for 1,000.
"""

from __future__ import annotations

import os
import resource
import sys
import timeit
from collections import deque
from itertools import islice

from mempress.workload.facts import FactsSource
from mempress.workload.prepare import Workload, prepare

REPEATS = 3


def generate(records: int) -> None:
    """Generate the records and drop them."""
    deque(islice(FactsSource(1).records(), records), maxlen=0)


def best_probe_time_ms(workload: Workload, stored: int, count: int) -> float:
    """Give the best of five draws."""
    return 1_000 * min(timeit.repeat(lambda: workload.probes(stored, count), number=1, repeat=5))


def main() -> None:
    """Measure and print a table."""
    records = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    print(f"load average {os.getloadavg()[0]:.2f}, {records:,} records, best of {REPEATS}")
    seconds = min(timeit.repeat(lambda: generate(records), number=1, repeat=REPEATS))
    print(f"generate   {seconds / records * 1e6:6.2f} us a record  {seconds:6.2f} s")
    start = timeit.default_timer()
    with prepare(FactsSource(1), max_records=records, batch_size=1_000) as workload:
        seconds = timeit.default_timer() - start
        print(f"prepare    {seconds / records * 1e6:6.2f} us a record  {seconds:6.2f} s  sha256 {workload.sha256[:12]}")
        for stored in sorted({1_000, records // 10, records}):
            times = ", ".join(f"{count}: {best_probe_time_ms(workload, stored, count):.2f} ms" for count in (50, 1_000))
            print(f"probes at {stored:>9,} records  {times}")
    print(f"peak RSS {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MiB")


if __name__ == "__main__":
    main()
