"""What a disk that stands still costs a caller: each 20th pass of the log is held up for as long as said.

    python benchmarks/neuroca_stalls.py [--records 20000] [--seconds 0 0.2 0.5 1]

Batches of 1,000 into a full store, one after the other and with a pause as long as making the next one takes.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import numpy as np
from neuroca_material import Material, load, table

from mempress.neuroca import Neuroca, Settings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

BATCH, BATCHES, EVERY = 1_000, 100, 20


class LateThread(ThreadPoolExecutor):
    """The thread that carries the log, on a disk that stands still in each so many-th pass."""

    def __init__(self, seconds: float) -> None:
        super().__init__(1)
        self._seconds, self._passes = seconds, 0

    def submit(self, fn: Callable[..., Any], /, *args: Any, **options: Any) -> Future[Any]:
        """Hold the pass up where it is its turn."""
        self._passes += 1
        if self._passes % EVERY == 0:
            super().submit(time.sleep, self._seconds)  # the stall itself: the pass waits behind it
        return super().submit(fn, *args, **options)


def measure(records: int, seconds: float) -> Iterator[list[object]]:
    """Give a row for batches back to back, and one for batches with a pause."""
    material = Material()
    with tempfile.TemporaryDirectory() as place:
        memory = Neuroca(place, Settings(capacity_records=records, words="names"))
        memory._core.store._log._thread = LateThread(seconds)  # nothing public slows a disk
        for _ in range(records // BATCH + 20):
            memory.store(material.records(BATCH))
        for pause in ("none", "making a batch"):
            ready = [material.records(BATCH) for _ in range(BATCHES)] if pause == "none" else []
            took, disk = np.zeros(BATCHES), 0
            for at in range(BATCHES):
                batch = ready[at] if ready else material.records(BATCH)
                start = time.perf_counter()
                memory.store(batch)
                took[at] = 1e3 * (time.perf_counter() - start)
                disk = max(disk, memory.stats().disk_bytes)
            yield [seconds, pause, *np.percentile(took, [50, 99, 100]).tolist(), int((took > 100).sum()), disk / 1e6]
        memory.close()


def main() -> None:
    """Read the options and print a table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--records", type=int, default=20_000)
    parser.add_argument("--seconds", type=float, nargs="+", default=[0.0, 0.2, 0.5, 1.0])
    options = parser.parse_args()
    rows = [row for seconds in options.seconds for row in measure(options.records, seconds)]
    print(f"capacity {options.records:,}, {BATCHES} batches of {BATCH:,} a row, {load()}")
    table(("stall, s", "pause", "p50, ms", "p99, ms", "longest, ms", "over 100 ms", "most disk, MB"), rows)


if __name__ == "__main__":
    main()
