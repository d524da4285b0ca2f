"""How fast the engine stores, searches and opens, how exact it is, and what a record takes.

python benchmarks/neuroca_speed.py [--records 20000] [--full]      (--full: 100,000, then 1,000,000)
"""

from __future__ import annotations

import argparse
import ctypes
import gc
import tempfile
import time
from pathlib import Path

import numpy as np
from neuroca_material import Material, load, pss_bytes, raw_bytes, table

from mempress.neuroca import Neuroca, Settings

BATCH = 1_000
_BAR = "bar at 100,000"


def measure(records: int) -> None:
    """Print one table for a store of that capacity."""
    rows: list[tuple[object, ...]] = []
    with tempfile.TemporaryDirectory() as place:
        settings = Settings(capacity_records=records, words="names")
        memory = Neuroca(place, settings)
        _settle()
        baseline = pss_bytes()
        material = Material()
        fill, raw = _batches(memory, material, records // BATCH)
        over, _ = _batches(memory, material, 20)
        rows += [("store, batches of 1,000, filling, records/s", fill, "30,000"), ("the same, evicting", over, "")]
        queries = material.vectors(1_100)
        rows += _searches(memory, queries)
        disk = memory.stats().disk_bytes / (raw * records / (records // BATCH * BATCH))
        del material
        _settle()
        growth = pss_bytes() - baseline
        rows.append(("memory, MB beyond the baseline", growth / 1e6, f"{15 + 450 * records / 1e6:.0f}"))
        rows.append(("recall@10 of exact search (n = 100)", _recall(memory, queries[:100]), "0.98"))
        rows.append(("disk / bytes of texts, metadata and vectors", disk, "1.5"))
        rows += _singles(memory, Material(1), "single stores, NORMAL, evicting, /s", "8,000")
        memory.close()
        start = time.perf_counter()
        with Neuroca(place, settings):
            rows.append(("opening, s", time.perf_counter() - start, "2"))
        with Neuroca(place, Settings(capacity_records=records, words="names", durability="full")) as full:
            rows += _singles(full, Material(2), "single stores, FULL, evicting, /s", "")
    print(f"\n{records:,} records, {load()}")
    table(("what", "measured", _BAR), rows)


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


def _singles(memory: Neuroca, material: Material, name: str, bar: str) -> list[tuple[object, ...]]:
    records = [[record] for record in material.records(2_000)]
    start = time.perf_counter()
    for one in records:
        memory.store(one)
    return [(name, len(records) / (time.perf_counter() - start), bar)]


def _searches(memory: Neuroca, queries: np.ndarray) -> list[tuple[object, ...]]:
    """Latency with and without a name in the query."""
    plain = _latencies(memory, [("what was that about", query) for query in queries])
    named = _latencies(memory, [(f"who is Name{at}", query) for at, query in enumerate(queries)])
    return [
        ("search p50, ms (n = 1,000)", float(np.percentile(plain, 50)), "1"),
        ("search p99, ms", float(np.percentile(plain, 99)), "4"),
        ("search with a name p50, ms", float(np.percentile(named, 50)), ""),
        ("search with a name p99, ms", float(np.percentile(named, 99)), ""),
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


def main() -> None:
    """Read the options and print the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--records", type=int, default=20_000)
    parser.add_argument("--full", action="store_true")
    options = parser.parse_args()
    for records in (100_000, 1_000_000) if options.full else (options.records,):
        measure(records)


if __name__ == "__main__":
    assert Path("/proc/self/smaps_rollup").exists(), "memory is read from /proc: run this on Linux"
    main()
