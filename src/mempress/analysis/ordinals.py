"""A set of ordinals as flags: one byte each, whatever their number."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    Flags = NDArray[np.bool_]


class Ordinals(Collection[int]):
    """The places at which ``flags`` are set."""

    def __init__(self, flags: Flags) -> None:
        self.flags = flags
        self._size = int(np.count_nonzero(flags))

    def __len__(self) -> int:
        return self._size

    def __contains__(self, ordinal: object) -> bool:
        return isinstance(ordinal, int) and 0 <= ordinal < self.flags.size and bool(self.flags[ordinal])

    def __iter__(self) -> Iterator[int]:
        return iter(np.flatnonzero(self.flags).tolist())


def ordinals_of(numbers: Collection[int], size: int) -> Ordinals:
    """Give a set of numbers that are below ``size``."""
    flags = np.zeros(size, dtype=np.bool_)
    flags[np.fromiter(numbers, dtype=np.int64, count=len(numbers))] = True
    return Ordinals(flags)
