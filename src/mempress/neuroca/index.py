"""The vector index behind one small interface; it is derived from the store and holds nothing of its own.

turbovec keeps 4 bits a dimension and scans all (0.3 ms at 100,000); the search rescores its shortlist with the stored
half-precision vectors. Where it is not installed, an exact int8 slab takes its place.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

import numpy as np
from numpy.typing import NDArray

from mempress.neuroca.errors import SettingsError

if TYPE_CHECKING:
    from collections.abc import Sequence

Vectors = NDArray[np.float32]


class VectorIndex(Protocol):
    """Vectors by slot."""

    name: str

    def add(self, slots: Sequence[int], vectors: Vectors) -> None:
        """Add unit vectors, shape (n, dimension), under slots that hold none."""

    def remove(self, slots: Sequence[int]) -> None:
        """Remove the vectors of these slots; slots that hold none are passed over."""

    def search(self, queries: Vectors, count: int) -> NDArray[np.int64]:
        """Give the slots of the ``count`` nearest for each query, best first, shape (n, at most count)."""

    def contains(self, slot: int) -> bool:
        """Say whether a slot has a vector here."""

    def __len__(self) -> int: ...

    def memory_bytes(self) -> int:
        """Estimate the bytes it takes."""


class TurbovecIndex:
    """4-bit TurboQuant codes (turbovec)."""

    name = "turbovec"

    def __init__(self, dimension: int) -> None:
        from turbovec import IdMapIndex  # type: ignore[import-untyped]  # noqa: PLC0415 - has no types; may be absent

        self._dimension = dimension
        self._codes = IdMapIndex(dim=dimension, bit_width=4)

    def add(self, slots: Sequence[int], vectors: Vectors) -> None:
        """Add vectors under empty slots."""
        self._codes.add_with_ids(vectors, np.asarray(slots, dtype=np.uint64))

    def remove(self, slots: Sequence[int]) -> None:
        """Remove the vectors of these slots."""
        for slot in slots:
            self._codes.remove(slot)

    def search(self, queries: Vectors, count: int) -> NDArray[np.int64]:
        """Give the nearest slots for each query."""
        held = len(self._codes)
        if not held:
            return np.empty((len(queries), 0), np.int64)
        _, slots = self._codes.search(queries, min(count, held))
        return np.asarray(slots).astype(np.int64)

    def contains(self, slot: int) -> bool:
        """Say whether a slot has a vector here."""
        return bool(self._codes.contains(slot))

    def __len__(self) -> int:
        return len(self._codes)

    def memory_bytes(self) -> int:
        """Estimate the bytes it takes."""
        return len(self._codes) * (self._dimension * 13 // 16)


def open_index(kind: str, dimension: int) -> VectorIndex:
    """Make an empty index of the kind that ``Settings.index`` names.

    Raises:
        SettingsError: that library is not installed, or cannot take this dimension.
    """
    if kind != "int8" and dimension % 8 == 0:
        try:
            return TurbovecIndex(dimension)
        except ImportError as error:
            if kind == "turbovec":
                raise SettingsError(
                    "index is 'turbovec', which is not installed: install turbovec, or use 'int8'."
                ) from error
    if kind == "turbovec":
        raise SettingsError(f"turbovec takes dimensions that are multiples of 8, not {dimension}: use index 'int8'.")
    from mempress.neuroca.slab import Int8Slab  # noqa: PLC0415 - the fallback is loaded where it is used

    return Int8Slab(dimension)
