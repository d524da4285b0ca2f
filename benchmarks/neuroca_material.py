"""What the engine's benchmarks share: records like an agent's notes, clustered unit vectors, readings of /proc."""

from __future__ import annotations

import random
from pathlib import Path
from threading import get_native_id
from typing import TYPE_CHECKING

import numpy as np

from mempress.neuroca import Record

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

DIMENSION = 384
_CLUSTERS = 500


class Material:
    """Seeded records: texts of about 400 characters with two names each, clustered unit vectors, uniform importance.

    Ids are numbered from ``first`` on.
    """

    def __init__(self, seed: int = 0, first: int = 0) -> None:
        self._chance = random.Random(seed)  # noqa: S311 - benchmark data
        self._rng = np.random.default_rng(seed)
        self._words = ["".join(self._chance.choices("abcdefghijklmnoprstuvw", k=n % 7 + 3)) for n in range(20_000)]
        self._centres = self._rng.standard_normal((_CLUSTERS, DIMENSION), dtype=np.float32)
        self.made = first

    def vectors(self, count: int) -> NDArray[np.float32]:
        """Unit vectors, shape (count, 384), around 500 centres."""
        found = self._centres[self._rng.integers(0, _CLUSTERS, count)]
        found = found + self._rng.standard_normal((count, DIMENSION), dtype=np.float32)
        return np.asarray(found / np.linalg.norm(found, axis=1, keepdims=True), np.float32)

    def records(self, count: int) -> list[Record]:
        """The next ``count`` records."""
        vectors = self.vectors(count)
        made = [self._record(self.made + at, vectors[at]) for at in range(count)]
        self.made += count
        return made

    def _record(self, number: int, vector: NDArray[np.float32]) -> Record:
        body = " ".join(self._chance.choices(self._words, k=55))
        text = f"{body} with Name{number % 3_000} in City{number % 200}."
        metadata = {"category": "note", "source": "chat", "tags": ["a", "b"]}
        return Record(f"rec-{number:09d}", text, self._chance.random(), metadata, 1.7e9 + number, vector=vector)


def raw_bytes(records: Sequence[Record]) -> int:
    """Bytes of texts, metadata (as JSON, about 60 each) and vectors as stored (half precision)."""
    return sum(len(record.text.encode()) + 60 + 2 * DIMENSION for record in records)


def pss_bytes() -> int:
    """Proportional set size of this process."""
    for line in Path("/proc/self/smaps_rollup").read_text().splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1]) * 1024
    raise OSError("this kernel gives no PSS")


def private_bytes() -> int:
    """Memory of this process alone: what PSS counts of shared libraries changes with every neighbour that maps them."""
    for line in Path("/proc/self/smaps_rollup").read_text().splitlines():
        if line.startswith("Anonymous:"):
            return int(line.split()[1]) * 1024
    raise OSError("this kernel does not tell anonymous memory")


def queue_ns() -> int:
    """How long this thread has waited for a processor."""
    return int(Path(f"/proc/self/task/{get_native_id()}/schedstat").read_text().split()[1])


def load() -> str:
    """The load of the machine, to judge the figures by."""
    return "load " + Path("/proc/loadavg").read_text().split()[0]


def table(head: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """Print a Markdown table."""
    print("| " + " | ".join(head) + " |")
    print("| " + " | ".join("---" for _ in head) + " |")
    for row in rows:
        print("| " + " | ".join(f"{cell:,.3g}" if isinstance(cell, float) else str(cell) for cell in row) + " |")
