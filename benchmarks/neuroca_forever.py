"""Whether the engine stays as it is: many times the capacity streamed through it, each bar with its figure.

    python benchmarks/neuroca_forever.py [--capacity 5000] [--times 100] [--full]   (--full: 3,000,000 through 100,000)

What counts begins with the first batch that finds the store full; the longest call is that of the whole run. Memory is
what this process alone has touched: as it is after each batch, and settled (after gc and malloc_trim) after every
tenth, where a slow leak cannot hide in blocks that the allocator keeps. Drifts and their intervals are those of
``mempress.stats.drift``. Exits with 1 where a bar is missed.
"""

from __future__ import annotations

import argparse
import ctypes
import gc
import sys
import tempfile
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from neuroca_bars import Bar, at_least, at_most, report
from neuroca_material import Material, load, private_bytes, queue_ns

from mempress.neuroca import Neuroca, Settings
from mempress.stats.drift import BLOCKS, drift

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Column = NDArray[np.float64]

_SEARCHES = 20
_SETTLED_EVERY = 10
_PAUSE_MS = 100.0


@dataclass(frozen=True, slots=True)
class Series:
    """One row a batch, made and touched before the run, so that keeping them takes no memory while it lasts."""

    memory_mb: Column
    settled_mb: Column
    disk_mb: Column
    held: Column
    store_ms: Column
    store_cpu_ms: Column
    store_queue_ms: Column
    search_ms: Column

    @classmethod
    def of(cls, batches: int) -> Series:
        """Give columns of NaN: not measured."""
        one = np.full((7, batches), np.nan)
        return cls(one[0], one[1], one[2], one[3], one[4], one[5], one[6], np.full((batches, _SEARCHES), np.nan))


def run(capacity: int, offered: int) -> list[Bar]:
    """Stream, and hold what was measured against the bars."""
    batch = min(1_000, capacity // 5)
    series, material = Series.of(offered // batch), Material()
    with tempfile.TemporaryDirectory() as place:
        memory = Neuroca(place, Settings(capacity_records=capacity, words="names"))
        for at in range(offered // batch):
            _one(memory, material, batch, series, at)
            if at % 100 == 99:
                print(f"\r{(at + 1) * batch:,} of {offered:,} records", end="", file=sys.stderr, flush=True)
        findings = memory.check()
        memory.close()
    first = int(np.flatnonzero(series.held >= capacity)[0]) + 1
    print(f"\n{offered:,} records through {capacity:,}, {offered // batch - first:,} batches when full, {load()}")
    return [*_flat(series, first), *_swift(series, first), *_kept(series, capacity, len(findings))]


def _one(memory: Neuroca, material: Material, batch: int, series: Series, at: int) -> None:
    records, queries = material.records(batch), material.vectors(_SEARCHES)
    start, cpu, queue = time.perf_counter(), time.thread_time(), queue_ns()
    memory.store(records)
    series.store_ms[at], series.store_cpu_ms[at] = _ms(time.perf_counter() - start), _ms(time.thread_time() - cpu)
    series.store_queue_ms[at] = (queue_ns() - queue) / 1e6
    for turn, query in enumerate(queries):
        start = time.perf_counter()
        memory.search("what was that", vector=query)
        series.search_ms[at, turn] = _ms(time.perf_counter() - start)
    series.memory_mb[at] = private_bytes() / 1e6
    series.disk_mb[at] = memory.stats().disk_bytes / 1e6
    series.held[at] = memory.count()
    if at % _SETTLED_EVERY == 0:
        gc.collect()
        ctypes.CDLL(None).malloc_trim(0)
        series.settled_mb[at] = private_bytes() / 1e6


def _ms(seconds: float) -> float:
    return 1e3 * seconds


def _flat(series: Series, first: int) -> list[Bar]:
    """Memory and disk from the first filling on."""
    bars = []
    for name, column, every in (
        ("memory", series.memory_mb, 1),
        ("memory, settled", series.settled_mb, _SETTLED_EVERY),
        ("disk", series.disk_mb, 1),
    ):
        values = column[first:][~np.isnan(column[first:])]
        low, high = (100 * end / every for end in drift(values.tolist()))
        start = float(np.median(values[: len(values) // BLOCKS]))
        drifts = f"{low:+.4f} to {high:+.4f}"
        bars += [
            Bar(f"{name}, MB, first twentieth", start),
            Bar(f"{name}, drift in MB per 100 batches, 95%", drifts, "contains 0", low <= 0 <= high),
            at_most(f"{name}, maximum / first twentieth", float(values.max()) / start, 1.05),
        ]
    return bars


def _swift(series: Series, first: int) -> list[Bar]:
    """Rates and latencies of the last twentieth against the first one when full, and the longest call of all."""
    stores, searches = series.store_ms[first:], series.search_ms[first:]
    part = len(stores) // BLOCKS
    calls = np.append(series.store_ms, series.search_ms)
    return [
        Bar("store of a batch, ms, median when full", float(np.median(stores))),
        at_least(
            "store rate, last / first twentieth", float(np.median(stores[:part]) / np.median(stores[-part:])), 0.8
        ),
        Bar("search p50, ms", float(np.median(searches))),
        at_most(
            "search p50, last / first twentieth", float(np.median(searches[-part:]) / np.median(searches[:part])), 1.3
        ),
        at_most("longest call, ms", float(calls.max()), _PAUSE_MS),
        Bar(f"calls over {_PAUSE_MS:g} ms", int((calls > _PAUSE_MS).sum())),
        Bar("longest store, ms: computing, waiting for a processor, for disk or lock", _parts(series)),
        Bar("most processor time of a store, ms", float(series.store_cpu_ms.max())),
    ]


def _parts(series: Series) -> str:
    """What the longest store spent its time on."""
    at = int(series.store_ms.argmax())
    cpu, queue = float(series.store_cpu_ms[at]), float(series.store_queue_ms[at])
    return f"{cpu:.0f}, {queue:.0f}, {series.store_ms[at] - cpu - queue:.0f}"


def _kept(series: Series, capacity: int, findings: int) -> list[Bar]:
    return [
        at_most("most records held", int(series.held.max()), capacity),
        at_most("findings of the audit at the end", findings, 0),
    ]


def main() -> int:
    """Read the options and run."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--capacity", type=int, default=5_000)
    parser.add_argument("--times", type=int, default=100)
    parser.add_argument("--full", action="store_true")
    options = parser.parse_args()
    capacity, times = (100_000, 30) if options.full else (options.capacity, options.times)
    return report(run(capacity, capacity * times))


if __name__ == "__main__":
    sys.exit(main())
