"""Which records are the most important ones; of equal ones the newest. Millions of them cost arrays, not objects."""

from __future__ import annotations

from array import array
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Values = NDArray[np.float64]
    Ordinals = NDArray[np.int64]

_LEAST_FRESH = 1_000


class MostImportant:
    """The ``size`` most important of the records that came so far, in the order of their ordinals."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._fresh: array[float] = array("d")
        self._fresh_ordinals: array[int] = array("q")
        self._values: Values = np.empty(0)
        """Of those that were the best when last ranked, the least first."""
        self._ordinals: Ordinals = np.empty(0, dtype=np.int64)

    def add(self, first: int, importance: Sequence[float]) -> None:
        """Take records in, the first of them with the ordinal ``first``."""
        values = np.asarray(importance, dtype=np.float64)
        ordinals = np.arange(first, first + values.size)
        if self._values.size == self._size:
            better = values >= self._values[0]
            values, ordinals = values[better], ordinals[better]
        self._fresh.frombytes(values.tobytes())
        self._fresh_ordinals.frombytes(ordinals.tobytes())
        if len(self._fresh) >= max(_LEAST_FRESH, self._size // 4):
            self._rank()

    def least(self) -> tuple[float, int]:
        """Give importance and ordinal of the least of the ``size`` best; of which there are as many, at least."""
        if self._values.size < self._size:
            self._rank()
        fresh = len(self._fresh)
        values, ordinals = self._with_fresh(fresh + 1)
        value = np.partition(values, fresh)[fresh]
        place = np.flatnonzero(values == value)[fresh - np.count_nonzero(values < value)]
        return float(value), int(ordinals[place])

    def _with_fresh(self, least: int) -> tuple[Values, Ordinals]:
        """Join so many of the least that were ranked and those that came since; of equal ones the newer come later."""
        values = np.concatenate([self._values[:least], np.array(self._fresh)])
        return values, np.concatenate([self._ordinals[:least], np.array(self._fresh_ordinals, dtype=np.int64)])

    def _rank(self) -> None:
        values, ordinals = self._with_fresh(self._values.size)
        best = np.argsort(values, kind="stable")[-self._size :]
        self._values, self._ordinals = values[best], ordinals[best]
        self._fresh, self._fresh_ordinals = array("d"), array("q")
