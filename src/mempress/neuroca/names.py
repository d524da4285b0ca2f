"""The index of names: the 16-bit hashes of up to eight names in each record's text, in memory.

A table holds, slot by slot, what its record's names hash to. Shards of 65,536 slots hold the slots of each hash: those
of the time when a shard's lists were made in order, the names written since in a log, which a search reads whole (10
us). When the log is full the lists are made anew (1 to 4 ms), so that neither a search nor a write is ever long.
What a list says may be old: a slot may have another record by now. A hash in 65,536 collides now and then. Whoever
asks checks the text.

24 to 45 bytes a record, and no write to disk.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from mempress.neuroca.name_rows import NAMES, Hashes, hash_name

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from mempress.neuroca.ledger import Slots

_SHARD_BITS = 16
_SHARD = 1 << _SHARD_BITS
_LOGGED = 16_384
"""Names that a shard's log holds."""
_FEW = 128
"""Slots up to which plain loops are faster than arrays."""
_MOST = 4_096
"""Slots of one name that a search looks at to find those that have other names too."""


class Names:
    """Hashes by slot: a row of eight, first come first kept; 0: no name."""

    def __init__(self) -> None:
        self._table: Hashes = np.zeros((0, NAMES), np.uint16)
        self._shards: list[_Shard] = []

    def put(self, slots: Sequence[int], rows: Hashes) -> None:
        """Set the names of these slots, shape (n, 8); what a slot had before is gone."""
        if not len(slots):
            return
        places = np.asarray(slots, np.int64)
        self._grow(int(places.max()) + 1)
        self._table[places] = rows
        which, column = np.nonzero(rows)
        owners, hashes = places[which], rows[which, column]
        if len(self._shards) > 1:
            order = np.argsort(owners >> _SHARD_BITS, kind="stable")
            owners, hashes = owners[order], hashes[order]
        cuts = np.searchsorted(owners >> _SHARD_BITS, range(len(self._shards) + 1)).tolist()
        for shard, first, last in zip(self._shards, cuts, cuts[1:], strict=False):
            if first < last:
                shard.put(owners[first:last], hashes[first:last], self._table)

    def having(self, names: Sequence[str], most: int) -> list[int]:
        """Give the slots whose record may have all these names, in order; none where there are more than ``most``.

        None also where even the rarest of several names has over 4,096 slots.
        """
        hashes = [hash_name(name) for name in names]
        rarest = min(hashes, key=self._count, default=0)
        if not hashes or self._count(rarest) > (most if len(hashes) == 1 else _MOST):
            return []
        slots = sorted({slot for shard in self._shards for slot in shard.slots(rarest)})
        if len(hashes) > 1:
            slots = self._having_all(slots, hashes)
        return slots if len(slots) <= most else []

    def kept(self, slots: Sequence[int], names: Sequence[str]) -> NDArray[np.bool_]:
        """Say, but for collisions, which of these slots has which of the names, shape (names, slots)."""
        return self._has(slots, [hash_name(name) for name in names])

    def memory_bytes(self) -> int:
        """Give the bytes of table and lists."""
        return int(self._table.nbytes) + sum(shard.memory_bytes() for shard in self._shards)

    def _having_all(self, slots: Sequence[int], hashes: Sequence[int]) -> list[int]:
        if len(slots) > _FEW:
            found: list[int] = np.asarray(slots)[self._has(slots, hashes).all(axis=0)].tolist()
            return found
        wanted, cells = set(hashes), self._table.reshape(-1).data
        return [slot for slot in slots if wanted <= set(cells[slot * NAMES : (slot + 1) * NAMES].tolist())]

    def _has(self, slots: Sequence[int], hashes: Sequence[int]) -> NDArray[np.bool_]:
        rows = self._table[slots]
        return np.array([(rows == one).any(axis=1) for one in hashes], "?")

    def _count(self, wanted: int) -> int:
        return sum(shard.count(wanted) for shard in self._shards)

    def _grow(self, slots: int) -> None:
        have = len(self._table)
        if slots > have:
            wider = np.zeros((max(slots, have + have // 8, 1024), NAMES), np.uint16)
            wider[:have] = self._table
            self._table = wider
        while len(self._shards) <= (slots - 1) >> _SHARD_BITS:
            self._shards.append(_Shard(len(self._shards) << _SHARD_BITS))


class _Shard:
    """65,536 slots from ``first`` on; within, a slot is its distance from the first.

    ``_lists[_starts[h] : _starts[h + 1]]`` had hash h when the lists were made; ``_log[n]`` is the hash of a name that
    slot ``_writers[n]`` was given since, 0 beyond the last.
    """

    def __init__(self, first: int) -> None:
        self._first = first
        self._starts = np.zeros(_SHARD + 1, np.uint32)
        self._lists = np.zeros(0, np.uint16)
        self._log = np.zeros(_LOGGED, np.uint16)
        self._writers = np.zeros(_LOGGED, np.uint16)
        self._logged = 0
        self._bounds = self._starts.data

    def put(self, slots: Slots, hashes: Hashes, table: Hashes) -> None:
        """Take note of names, each with its slot; ``table`` has them already."""
        end = self._logged + len(slots)
        if end > _LOGGED:
            self._make_lists(table)
            return
        self._log[self._logged : end] = hashes
        self._writers[self._logged : end] = slots - self._first
        self._logged = end

    def count(self, wanted: int) -> int:
        """Give how many slots the lists have for a hash."""
        return self._bounds[wanted + 1] - self._bounds[wanted]

    def slots(self, wanted: int) -> list[int]:
        """Give the slots that had a hash when the lists were made, or have been set to it since."""
        listed = self._lists[self._bounds[wanted] : self._bounds[wanted + 1]].tolist()
        logged = self._writers[np.flatnonzero(self._log == wanted)].tolist() if self._logged else ()
        return [self._first + slot for slot in (*listed, *logged)]

    def memory_bytes(self) -> int:
        """Give the bytes of this shard."""
        return int(self._starts.nbytes + self._lists.nbytes + self._log.nbytes + self._writers.nbytes)

    def _make_lists(self, table: Hashes) -> None:
        rows = table[self._first : self._first + _SHARD]
        keys = (rows.astype(np.uint32) << _SHARD_BITS) | np.arange(len(rows), dtype=np.uint32)[:, None]
        keys = np.sort(keys[rows != 0])
        if len(keys) > len(self._lists):
            self._lists = np.zeros(len(keys) + len(keys) // 8, np.uint16)
        self._lists[: len(keys)] = keys & (_SHARD - 1)
        np.cumsum(np.bincount(keys >> _SHARD_BITS, minlength=_SHARD), out=self._starts[1:], dtype=np.uint32)
        self._log[:], self._logged = 0, 0
