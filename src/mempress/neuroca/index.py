"""What an index of vectors is: one small interface. An index is derived from the store and holds nothing of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from collections.abc import Sequence

Vectors = NDArray[np.float32]
Slots = NDArray[np.int64]


class VectorIndex(Protocol):
    """Vectors by slot."""

    name: str

    def add(self, slots: Sequence[int], vectors: Vectors) -> None:
        """Add unit vectors, shape (n, dimension), under slots that hold none."""

    def remove(self, slots: Sequence[int]) -> None:
        """Remove the vectors of these slots; slots that hold none are passed over."""

    def search(self, queries: Vectors, count: int, among: Slots | None = None) -> Slots:
        """Give the slots of the ``count`` nearest for each query, best first, shape (n, at most count).

        ``among``: only of these, in any order; those that hold no vector are passed over.
        """

    def contains(self, slot: int) -> bool:
        """Say whether a slot has a vector here."""

    def __len__(self) -> int: ...

    def memory_bytes(self) -> int:
        """Estimate the bytes it takes."""
