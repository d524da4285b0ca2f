"""Seeded random numbers that every machine and every Python gives alike.

A stream is Python's Mersenne Twister seeded by a text (through SHA-512) and read by getrandbits and random() alone;
shuffles and samples are built here, since the library's own may change between versions.
"""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    import struct
    from collections.abc import Iterator, Sequence

T = TypeVar("T")


def stream(*names: object) -> Random:
    """Give the stream of that name; the same names give the same numbers."""
    return Random("/".join(map(str, ("mempress", *names))))  # noqa: S311  a workload is repeatable, no secret


def words(source: Random, layout: struct.Struct, count: int) -> Iterator[tuple[int, ...]]:
    """Give ``count`` tuples of random integers, unsigned and little-endian as ``layout`` says."""
    size = layout.size * count
    return layout.iter_unpack(source.getrandbits(8 * size).to_bytes(size, "little"))


def shuffled(items: Sequence[T], source: Random) -> list[T]:
    """Give the items in random order (Fisher and Yates)."""
    result = list(items)
    for last in range(len(result) - 1, 0, -1):
        other = int(source.random() * (last + 1))
        result[last], result[other] = result[other], result[last]
    return result


def sample(size: int, count: int, source: Random) -> list[int]:
    """Give ``count`` distinct numbers of 0..size-1 in random order; all of them if there are no more."""
    moved: dict[int, int] = {}
    result = []
    for last in range(size - 1, max(-1, size - 1 - count), -1):
        chosen = int(source.random() * (last + 1))
        result.append(moved.get(chosen, chosen))
        moved[chosen] = moved.get(last, last)
    return result
