"""Whether the engine stays as it is: many times the capacity streamed through it.

    python benchmarks/neuroca_forever.py [--capacity 5000] [--times 12] [--full]   (--full: 3,000,000 through 100,000)

From the first filling on: slopes of memory and disk with their 95% intervals, their maximum over their median, the
store rate and the search latency at the end against the first, and the longest call of all.
"""

from __future__ import annotations

import argparse
import ctypes
import gc
import tempfile
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
from neuroca_material import Material, load, private_bytes, table

from mempress.neuroca import Neuroca, Settings

if TYPE_CHECKING:
    from collections.abc import Sequence

_SEARCHES = 20


@dataclass
class Series:
    """One value a batch, from the first filling on."""

    memory: list[float] = field(default_factory=list)
    disk: list[float] = field(default_factory=list)
    rate: list[float] = field(default_factory=list)
    search_ms: list[float] = field(default_factory=list)
    longest_ms: float = 0.0


def run(capacity: int, offered: int) -> None:
    """Stream and print."""
    batch = min(1_000, capacity // 5)
    series, material = Series(), Material()
    with tempfile.TemporaryDirectory() as place:
        memory = Neuroca(place, Settings(capacity_records=capacity, words="names"))
        for number in range(offered // batch):
            full = memory.count() == capacity
            _one(memory, material, batch, series if full else Series())
            assert memory.count() <= capacity, f"{memory.count()} records at batch {number}"
        findings = memory.check()
        memory.close()
    print(f"\n{offered:,} records through {capacity:,}, {len(series.rate)} batches of {batch} when full, {load()}")
    _report(series, findings)


def _one(memory: Neuroca, material: Material, batch: int, series: Series) -> None:
    records, queries = material.records(batch), material.vectors(_SEARCHES)
    start = time.perf_counter()
    memory.store(records)
    stored = time.perf_counter() - start
    spent = []
    for query in queries:
        start = time.perf_counter()
        memory.search("what was that", vector=query)
        spent.append((time.perf_counter() - start) * 1e3)
    gc.collect()
    ctypes.CDLL(None).malloc_trim(0)
    series.memory.append(private_bytes() / 1e6)
    series.disk.append(memory.stats().disk_bytes / 1e6)
    series.rate.append(batch / stored)
    series.search_ms.append(float(np.median(spent)))
    series.longest_ms = max(series.longest_ms, stored * 1e3, *spent)


def _report(series: Series, findings: Sequence[object]) -> None:
    tenth = max(1, len(series.rate) // 10)
    rate = np.median(series.rate[-tenth:]) / np.median(series.rate[:tenth])
    search = np.median(series.search_ms[-tenth:]) / np.median(series.search_ms[:tenth])
    rows: list[tuple[object, ...]] = []
    for name, values in (("memory", series.memory), ("disk", series.disk)):
        low, high = _slope(values)
        rows.append((f"{name}, MB, median", float(np.median(values)), ""))
        rows.append((f"{name}, slope in MB per 100 batches, 95%", f"{low:+.3f} to {high:+.3f}", "contains 0"))
        rows.append((f"{name}, maximum / median", float(np.max(values) / np.median(values)), "1.05"))
    rows += [
        ("store rate, last tenth / first tenth", float(rate), "at least 0.8"),
        ("search p50, last tenth / first tenth", float(search), "at most 1.3"),
        ("longest call, ms", series.longest_ms, "100"),
        ("findings of the audit", len(findings), "0"),
    ]
    table(("what", "measured", "bar"), rows)


def _slope(values: Sequence[float]) -> tuple[float, float]:
    """95% interval of the Theil-Sen slope per 100 batches, by a block bootstrap (blocks of a tenth)."""
    rng = np.random.default_rng(0)
    size, block = len(values), max(2, len(values) // 10)
    series = np.asarray(values)
    slopes = []
    for _ in range(200):
        starts = np.sort(rng.integers(0, size - block + 1, size // block))
        at = np.concatenate([np.arange(start, start + block) for start in starts])
        one, other = rng.integers(0, len(at), (2, 2_000))
        apart = at[one] != at[other]
        rise = (series[at[one]] - series[at[other]])[apart]
        slopes.append(float(np.median(rise / (at[one] - at[other])[apart])) * 100)
    return float(np.percentile(slopes, 2.5)), float(np.percentile(slopes, 97.5))


def main() -> None:
    """Read the options and run."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--capacity", type=int, default=5_000)
    parser.add_argument("--times", type=int, default=12)
    parser.add_argument("--full", action="store_true")
    options = parser.parse_args()
    capacity, times = (100_000, 30) if options.full else (options.capacity, options.times)
    run(capacity, capacity * times)


if __name__ == "__main__":
    main()
