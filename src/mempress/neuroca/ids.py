"""From an id to its slot: an open-addressed table of 64-bit hashes in memory, 16 to 24 bytes a record.

No page of the file is written for it. Linear probing, at most half full, with deletion by backward shift (Knuth, The
Art of Computer Programming, volume 3, 6.4, algorithm R), so that churn leaves no tombstones. Two ids may share a hash:
whoever asks compares the stored id.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_EMPTY = -1
_LEAST = 2_048


class Ids:
    """Slots by id. ``expected``: records to make room for at once, so that no call pays for growth."""

    def __init__(self, expected: int = 0) -> None:
        self._hashes = np.zeros(max(expected, _LEAST), np.int64)
        self._clear(2 * max(expected, _LEAST))
        self._count = 0

    def __len__(self) -> int:
        return self._count

    def candidates(self, record_id: str) -> list[int]:
        """Give the slots whose id has the hash of this one: none, one, or by rare chance more."""
        wanted, at = hash(record_id), hash(record_id) & self._mask
        table, hashes, found = self._slots_at, self._hash_of, []
        while (slot := table[at]) != _EMPTY:
            if hashes[slot] == wanted:
                found.append(slot)
            at = (at + 1) & self._mask
        return found

    def held(self, ids: Iterable[str]) -> dict[str, list[int]]:
        """Give the candidates of those ids that have any."""
        table, mask = self._slots_at, self._mask
        return {one: found for one in ids if table[hash(one) & mask] != _EMPTY and (found := self.candidates(one))}

    def put(self, slots: Sequence[int], ids: Iterable[str]) -> None:
        """Enter ids under slots that hold none."""
        if not slots:
            return
        self._reserve(max(slots) + 1, self._count + len(slots))
        table, hashes, mask = self._slots_at, self._hash_of, self._mask
        for slot, record_id in zip(slots, ids, strict=True):
            hashes[slot] = hashed = hash(record_id)
            at = hashed & mask
            while table[at] != _EMPTY:
                at = (at + 1) & mask
            table[at] = slot
        self._count += len(slots)

    def adopt(self, slots: Sequence[int], ids: Iterable[str]) -> None:
        """Note many ids whose entries ``finish_adopting`` makes."""
        if slots:
            self._reserve(max(slots) + 1, 0)
            self._hashes[slots] = [hash(record_id) for record_id in ids]

    def finish_adopting(self, slots: np.ndarray[tuple[int], np.dtype[np.int64]]) -> None:
        """Enter these adopted slots, all at once; what the table held before is gone."""
        self._clear(2 * max(len(slots), _LEAST, len(self._table) // 2))
        self._count = len(slots)
        places = self._hashes[slots] & self._mask
        while len(slots):
            free = self._table[places] == _EMPTY
            self._table[places[free]] = slots[free]
            waiting = self._table[places] != slots
            slots, places = slots[waiting], (places[waiting] + 1) & self._mask

    def drop(self, slots: Iterable[int]) -> None:
        """Forget the ids of these slots, which hold one."""
        table, hashes, mask = self._slots_at, self._hash_of, self._mask
        for slot in slots:
            gap = hashes[slot] & mask
            if table[gap] == slot and table[(gap + 1) & mask] == _EMPTY:
                table[gap] = _EMPTY
                self._count -= 1
            else:
                self._drop(slot)

    def memory_bytes(self) -> int:
        """Give the bytes of table and hashes."""
        return int(self._hashes.nbytes + self._table.nbytes)

    def _drop(self, slot: int) -> None:
        table, hashes, mask = self._slots_at, self._hash_of, self._mask
        gap = hashes[slot] & mask
        while table[gap] != slot:
            if table[gap] == _EMPTY:
                raise LookupError(f"slot {slot} has no id")
            gap = (gap + 1) & mask
        at = gap
        while (moved := table[at := (at + 1) & mask]) != _EMPTY:
            home = hashes[moved] & mask
            if (at - home) & mask >= (at - gap) & mask:
                table[gap] = moved
                gap = at
        table[gap] = _EMPTY
        self._count -= 1

    def _reserve(self, slots: int, entries: int) -> None:
        have = len(self._hashes)
        if slots > have:
            wider = np.zeros(max(slots, have + have // 4), np.int64)
            wider[:have] = self._hashes
            self._hashes = wider
            self._hash_of = wider.data
        if 2 * entries > len(self._table):
            held = self._table[self._table != _EMPTY].astype(np.int64)
            self._clear(4 * entries)
            self.finish_adopting(held)

    def _clear(self, least: int) -> None:
        size = 1 << (least - 1).bit_length()
        self._table = np.full(size, _EMPTY, np.int32)
        self._mask = size - 1
        self._slots_at, self._hash_of = self._table.data, self._hashes.data
