"""Which records a system acknowledged, in little room however many there are."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from itertools import chain
from typing import TYPE_CHECKING, overload

if TYPE_CHECKING:
    from collections.abc import Iterator


class Acknowledged(Sequence[int]):
    """Ordinals in ascending order, kept as ranges: neighbours are one range."""

    def __init__(self) -> None:
        self._ranges: list[range] = []
        self._before: list[int] = []
        """How many stand before each range."""
        self._count = 0

    def add(self, first: int, count: int) -> None:
        """Add ``count`` ordinals from ``first`` on, all higher than those before."""
        if self._ranges and self._ranges[-1].stop == first:
            self._ranges[-1] = range(self._ranges[-1].start, first + count)
        else:
            self._ranges.append(range(first, first + count))
            self._before.append(self._count)
        self._count += count

    @overload
    def __getitem__(self, position: int) -> int: ...

    @overload
    def __getitem__(self, position: slice) -> Sequence[int]: ...

    def __getitem__(self, position: int | slice) -> int | Sequence[int]:
        """Give the ordinal at a position, from 0 on.

        Raises:
            IndexError: there are not so many.
        """
        if isinstance(position, slice):
            return [self[each] for each in range(*position.indices(self._count))]
        if not 0 <= position < self._count:
            raise IndexError(f"position {position} of {self._count}")
        number = bisect_right(self._before, position) - 1
        return self._ranges[number][position - self._before[number]]

    def __len__(self) -> int:
        return self._count

    def __iter__(self) -> Iterator[int]:
        return chain.from_iterable(self._ranges)
