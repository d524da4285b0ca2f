"""The index of names: the 16-bit hashes of up to eight names in each record's text, in memory.

A table holds, slot by slot, what its record's names hash to. Shards of 65,536 slots hold the slots of each hash: those
of the time when a shard's lists were made in order, the ones written since in chains, newest first. After 4,096 writes
the lists are made anew (1 to 4 ms), so that neither a search nor a write is ever long. Finding a name touches a dozen
cache lines, and no array is made for it: numpy's fixed costs would be ten times as much. What a list says may be old: a
slot may have another record by now. A hash in 65,536 collides now and then. Whoever asks checks the text.

24 to 45 bytes a record, and no write to disk.
"""

from __future__ import annotations

import zlib
from array import array
from itertools import chain
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from numpy.typing import NDArray

    Hashes = NDArray[np.uint16]

_NAMES = 8
_SHARD_BITS = 16
_SHARD = 1 << _SHARD_BITS
_FRESH = 4_096
_FEW = 128
"""Slots up to which plain loops are faster than arrays."""
_MOST = 4_096
"""Slots of one name that a search looks at to find those that have other names too."""


class Names:
    """Hashes by slot: a row of eight, first come first kept; 0: no name."""

    def __init__(self) -> None:
        self._table: Hashes = np.zeros((0, _NAMES), np.uint16)
        self._shards: list[_Shard] = []

    def put(self, slots: Sequence[int], names: Iterable[Sequence[str]]) -> None:
        """Set the names of these slots; what a slot had before is gone."""
        if not slots:
            return
        self._grow(max(slots) + 1)
        rows = [_row(one) for one in names]
        self._table[slots] = rows
        for slot, row in zip(slots, rows, strict=True):
            self._shards[slot >> _SHARD_BITS].put(slot, row, self._table)

    def put_one(self, slot: int, names: Sequence[str]) -> None:
        """Do the same for one slot."""
        self._grow(slot + 1)
        row = _row(names)
        self._table[slot] = row
        self._shards[slot >> _SHARD_BITS].put(slot, row, self._table)

    def having(self, names: Sequence[str], most: int) -> list[int]:
        """Give the slots whose record may have all these names, in order; none where there are more than ``most``.

        None also where even the rarest of several names has over 4,096 slots.
        """
        hashes = [_hash(name) for name in names]
        rarest = min(hashes, key=self._count, default=0)
        if not hashes or self._count(rarest) > (most if len(hashes) == 1 else _MOST):
            return []
        slots = sorted({slot for shard in self._shards for slot in shard.slots(rarest)})
        if len(hashes) > 1:
            slots = self._having_all(slots, hashes)
        return slots if len(slots) <= most else []

    def kept(self, slots: Sequence[int], names: Sequence[str]) -> NDArray[np.bool_]:
        """Say, but for collisions, which of these slots has which of the names, shape (names, slots)."""
        return self._has(slots, [_hash(name) for name in names])

    def memory_bytes(self) -> int:
        """Give the bytes of table and lists."""
        return int(self._table.nbytes) + sum(shard.memory_bytes() for shard in self._shards)

    def _having_all(self, slots: Sequence[int], hashes: Sequence[int]) -> list[int]:
        if len(slots) > _FEW:
            found: list[int] = np.asarray(slots)[self._has(slots, hashes).all(axis=0)].tolist()
            return found
        wanted, cells = set(hashes), self._table.reshape(-1).data
        return [slot for slot in slots if wanted <= set(cells[slot * _NAMES : (slot + 1) * _NAMES].tolist())]

    def _has(self, slots: Sequence[int], hashes: Sequence[int]) -> NDArray[np.bool_]:
        rows = self._table[slots]
        return np.array([(rows == one).any(axis=1) for one in hashes], "?")

    def _count(self, wanted: int) -> int:
        return sum(shard.count(wanted) for shard in self._shards)

    def _grow(self, slots: int) -> None:
        have = len(self._table)
        if slots > have:
            wider = np.zeros((max(slots, have + have // 8, 1024), _NAMES), np.uint16)
            wider[:have] = self._table
            self._table = wider
        while len(self._shards) <= (slots - 1) >> _SHARD_BITS:
            self._shards.append(_Shard(len(self._shards) << _SHARD_BITS))


class _Shard:
    """65,536 slots from ``first`` on; within, a slot is its distance from the first.

    ``_lists[_starts[h] : _starts[h + 1]]`` had hash h when the lists were made. ``_heads[h]`` is the newest link with
    hash h, or 0; link n belongs to ``_fresh[(n - 1) // 8]``, and ``_next[n]`` is the one before it.
    """

    def __init__(self, first: int) -> None:
        self._first = first
        self._starts = array("I", bytes(4 * (_SHARD + 1)))
        self._lists = array("H")
        self._heads = array("H", bytes(2 * _SHARD))
        self._next = array("H", bytes(2 * (_FRESH * _NAMES + 1)))
        self._fresh = array("H")

    def put(self, slot: int, row: Sequence[int], table: Hashes) -> None:
        """Take note of a slot's new names; ``table`` has them already."""
        if len(self._fresh) == _FRESH:
            self._make_lists(table)
            return
        link = len(self._fresh) * _NAMES
        self._fresh.append(slot - self._first)
        heads, nexts = self._heads, self._next
        for one in row:
            if not one:
                break
            link += 1
            nexts[link] = heads[one]
            heads[one] = link

    def count(self, wanted: int) -> int:
        """Give how many slots the lists have for a hash."""
        return self._starts[wanted + 1] - self._starts[wanted]

    def slots(self, wanted: int) -> Iterator[int]:
        """Give the slots that had a hash when the lists were made, or have been set to it since."""
        listed = self._lists[self._starts[wanted] : self._starts[wanted + 1]]
        return (self._first + slot for slot in chain(listed, self._linked(wanted)))

    def memory_bytes(self) -> int:
        """Give the bytes of this shard."""
        parts = (self._starts, self._lists, self._heads, self._next, self._fresh)
        return sum(len(part) * part.itemsize for part in parts)

    def _linked(self, wanted: int) -> Iterator[int]:
        link = self._heads[wanted]
        while link:
            yield self._fresh[(link - 1) // _NAMES]
            link = self._next[link]

    def _make_lists(self, table: Hashes) -> None:
        rows = table[self._first : self._first + _SHARD]
        keys = (rows.astype(np.uint32) << _SHARD_BITS) | np.arange(len(rows), dtype=np.uint32)[:, None]
        keys = np.sort(keys[rows != 0])
        self._lists = array("H", keys.astype(np.uint16).tobytes())
        starts = np.frombuffer(self._starts, np.uint32)[1:]
        np.cumsum(np.bincount(keys >> _SHARD_BITS, minlength=_SHARD), out=starts, dtype=np.uint32)
        np.frombuffer(self._heads, np.uint16).fill(0)
        self._fresh = array("H")


def _row(names: Sequence[str]) -> list[int]:
    hashes = [_hash(name) for name in names[:_NAMES]]
    return hashes + [0] * (_NAMES - len(hashes))


def _hash(name: str) -> int:
    return zlib.crc32(name.encode("utf-8", "surrogatepass")) & 0xFFFF or 1
