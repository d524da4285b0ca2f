"""What the engine's tests share: vectors, records, a manual clock, and a child process to kill."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from mempress.neuroca import Neuroca, Record, Settings

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from numpy.typing import NDArray

DIMENSION = 32


@dataclass
class Clock:
    """A clock that stands still unless told otherwise; ``slept`` collects what was asked of ``sleep``."""

    seconds: float = 1_700_000_000.0
    slept: float = 0.0

    def __call__(self) -> float:
        return self.seconds

    def sleep(self, seconds: float) -> None:
        self.slept += seconds


def unit(seed: int, dimension: int = DIMENSION) -> NDArray[np.float32]:
    """A random unit vector that depends on the seed alone."""
    vector = np.random.default_rng(seed).standard_normal(dimension)
    return np.asarray(vector / np.linalg.norm(vector), np.float32)


def near(vector: NDArray[np.float32], cosine: float, seed: int = 0) -> NDArray[np.float32]:
    """A unit vector at that cosine to the given one."""
    other = unit(seed + 10_000_019, len(vector))
    other = other - (other @ vector) * vector
    other /= np.linalg.norm(other)
    return np.asarray(cosine * vector + np.sqrt(1 - cosine**2) * other, np.float32)


def record(number: int, importance: float = 0.5, **fields: Any) -> Record:
    """Record ``r<number>`` with a text and a vector of its own."""
    fields.setdefault("text", f"note {number} about topic {number % 7}")
    fields.setdefault("vector", unit(number))
    return Record(f"r{number}", importance=importance, **fields)


def records(numbers: Sequence[int], importance: float = 0.5) -> list[Record]:
    """Many of ``record``."""
    return [record(number, importance) for number in numbers]


def engine(directory: Path, clock: Clock | None = None, **settings: Any) -> Neuroca:
    """An engine of small dimension, with vectors given and names indexed."""
    clock = clock or Clock()
    settings.setdefault("words", "names")
    return Neuroca(directory, Settings(dimension=DIMENSION, **settings), now=clock, monotonic=clock, sleep=clock.sleep)


def sound(memory: Neuroca) -> None:
    """Fail unless every invariant holds."""
    assert memory.check() == []
