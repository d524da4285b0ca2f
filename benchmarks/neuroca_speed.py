"""How fast the engine stores, searches and opens, how exact it is, and what a record takes.

    python benchmarks/neuroca_speed.py [--records 20000] [--full]      (--full: 100,000, then 1,000,000)

Exits with 1 where a bar is missed.
"""

from __future__ import annotations

import argparse
import ctypes
import gc
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from neuroca_bars import Bar, at_least, at_most, report
from neuroca_material import Material, load, pss_bytes, raw_bytes

from mempress.neuroca import Neuroca, Settings

if TYPE_CHECKING:
    from collections.abc import Mapping

BATCH = 1_000
_NEW = 10_000_000
"""From here on ids are numbered that no batch used."""
_ROUNDS = 5
_AT: dict[int, dict[str, float]] = {
    100_000: {"fill": 30_000, "p50": 1, "p99": 4, "recall": 0.98, "single": 8_000, "opening": 2},
    1_000_000: {"p50": 5},
}
"""Bars that hold at one size; those of memory and disk hold at all."""


def measure(records: int) -> list[Bar]:
    """Measure a store of that capacity."""
    bars: list[Bar] = []
    asked = _AT.get(records, {})
    with tempfile.TemporaryDirectory() as place:
        settings = Settings(capacity_records=records, words="names")
        memory = Neuroca(place, settings)
        _settle()
        baseline = pss_bytes()
        material = Material()
        fill, raw = _batches(memory, material, records // BATCH)
        over, _ = _batches(memory, material, 20)
        bars += [
            _over("store, batches of 1,000, filling, records/s", fill, asked.get("fill")),
            Bar("the same, evicting", over),
        ]
        bars += _searches(memory, material, asked)
        disk = memory.stats().disk_bytes / (raw * records / (records // BATCH * BATCH))
        queries = material.vectors(100)
        del material
        _settle()
        growth = (pss_bytes() - baseline) / 1e6
        bars += [
            at_most("memory, MB beyond the baseline", growth, 15 + 450 * records / 1e6),
            at_most("disk / bytes of texts, metadata and vectors", disk, 1.5),
            _over("recall@10 of exact search (n = 100)", _recall(memory, queries), asked.get("recall")),
        ]
        bars += _singles(memory, "NORMAL", asked.get("single"))
        memory.close()
        start = time.perf_counter()
        with Neuroca(place, settings):
            bars.append(_under("opening, s", time.perf_counter() - start, asked.get("opening")))
        with Neuroca(place, Settings(capacity_records=records, words="names", durability="full")) as full:
            bars += _singles(full, "FULL", None)
    print(f"\n{records:,} records, {load()}")
    return bars


def _over(what: str, measured: float, bar: float | None) -> Bar:
    return Bar(what, measured) if bar is None else at_least(what, measured, bar)


def _under(what: str, measured: float, bar: float | None) -> Bar:
    return Bar(what, measured) if bar is None else at_most(what, measured, bar)


def _batches(memory: Neuroca, material: Material, batches: int) -> tuple[float, int]:
    """Store batches; give records a second, and the raw bytes."""
    spent, raw = 0.0, 0
    for _ in range(batches):
        records = material.records(BATCH)
        raw += raw_bytes(records)
        start = time.perf_counter()
        memory.store(records)
        spent += time.perf_counter() - start
    return batches * BATCH / spent, raw


def _singles(memory: Neuroca, durability: str, bar: float | None) -> list[Bar]:
    """One record a call: 2,000 new ids, each of which evicts another, then the same ids again; so five times."""
    rates: dict[str, list[float]] = {"evicting": [], "replacing": []}
    for turn in range(_ROUNDS):
        for seed, kind in enumerate(rates):
            records = [[record] for record in Material(2 * turn + seed + 1, _NEW * (turn + 1)).records(2_000)]
            start = time.perf_counter()
            for one in records:
                memory.store(one)
            rates[kind].append(len(records) / (time.perf_counter() - start))
    return [
        _over(f"single stores, {durability}, {kind}, /s (median of {_ROUNDS})", float(np.median(found)), bar)
        for kind, found in rates.items()
    ]


def _searches(memory: Neuroca, material: Material, asked: Mapping[str, float]) -> list[Bar]:
    """Latency with and without a name in the query, ten texts included."""
    queries = material.vectors(1_100)
    plain = _latencies(memory, [("what was that about", query) for query in queries])
    named = _latencies(memory, [(f"who is Name{at}", query) for at, query in enumerate(queries)])
    return [
        _under(
            f"search{kind} p{percent}, ms (n = 1,000)", float(np.percentile(spent, percent)), asked.get(f"p{percent}")
        )
        for kind, spent in (("", plain), (" with a name", named))
        for percent in (50, 99)
    ]


def _latencies(memory: Neuroca, queries: list[tuple[str, np.ndarray]]) -> list[float]:
    found = []
    for text, vector in queries:
        start = time.perf_counter()
        hits = memory.search(text, vector=vector, limit=10)
        found.append((time.perf_counter() - start) * 1e3)
        assert len(hits) == 10
    return found[100:]


def _recall(memory: Neuroca, queries: np.ndarray) -> float:
    """Share of the ten nearest, by an exact scan of the stored vectors, that a search finds."""
    names, parts = [], []
    for row, _, _ in memory._core.store.scan():
        names.append(row.id)
        parts.append(np.frombuffer(row.vector or b"", np.float16))
    stored = np.stack(parts)
    total = 0
    for query in queries:
        scores = np.concatenate(
            [stored[at : at + 50_000].astype(np.float32) @ query for at in range(0, len(names), 50_000)]
        )
        best = {names[at] for at in np.argpartition(-scores, 10)[:10]}
        total += len(best & {hit.id for hit in memory.search(vector=query, limit=10, reinforce=False)})
    return total / (10 * len(queries))


def _settle() -> None:
    gc.collect()
    ctypes.CDLL(None).malloc_trim(0)


def main() -> int:
    """Read the options and print the tables; give 1 where a bar is missed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--records", type=int, default=20_000)
    parser.add_argument("--full", action="store_true")
    options = parser.parse_args()
    return max(report(measure(records)) for records in ((100_000, 1_000_000) if options.full else (options.records,)))


if __name__ == "__main__":
    assert Path("/proc/self/smaps_rollup").exists(), "memory is read from /proc: run this on Linux"
    sys.exit(main())
