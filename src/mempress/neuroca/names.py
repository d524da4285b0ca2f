"""The index of names: the 16-bit hashes of up to eight names in each record's text, in memory, scanned at each use.

16 bytes a record and no write to disk; one name is looked for in 0.1 ms at 100,000 records. A hash in 65,536 collides
now and then: whoever asks checks the text.
"""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

_NAMES = 8


class Names:
    """Hashes by slot, one row of the table for each of the eight; 0: no name."""

    def __init__(self) -> None:
        self._hashes = np.zeros((_NAMES, 0), np.uint16)
        self._widest = 0

    def put(self, slots: Sequence[int], names: Iterable[Sequence[str]]) -> None:
        """Set the names of these slots, first come first kept; what a slot had before is gone."""
        if not slots:
            return
        self._grow(max(slots) + 1)
        rows = np.array([_row(one) for one in names], np.uint16)
        self._hashes[:, slots] = rows.T
        if self._widest < _NAMES:
            self._widest = max(self._widest, int(np.count_nonzero(rows, axis=1).max()))

    def having(self, names: Sequence[str]) -> NDArray[np.int64]:
        """Give the slots whose record has (but for collisions) all these names; emptied slots may be among them."""
        if not names:
            return np.empty(0, np.int64)
        found = self._slots_with(names[0])
        for name in names[1:]:
            found = found[(self._hashes[:, found] == np.uint16(_hash(name))).any(axis=0)]
        return found

    def _slots_with(self, name: str) -> NDArray[np.int64]:
        """Scan rows that are in use: most records have few names."""
        rows = self._hashes[: self._widest]
        places = np.flatnonzero(rows.ravel() == np.uint16(_hash(name)))
        return np.unique(places % max(self._hashes.shape[1], 1))

    def memory_bytes(self) -> int:
        """Give the bytes of the table."""
        return int(self._hashes.nbytes)

    def _grow(self, slots: int) -> None:
        have = self._hashes.shape[1]
        if slots > have:
            wider = np.zeros((_NAMES, max(slots, have + have // 8, 1024)), np.uint16)
            wider[:, :have] = self._hashes
            self._hashes = wider


def _row(names: Sequence[str]) -> list[int]:
    hashes = [_hash(name) for name in names[:_NAMES]]
    return hashes + [0] * (_NAMES - len(hashes))


def _hash(name: str) -> int:
    return zlib.crc32(name.encode("utf-8", "surrogatepass")) & 0xFFFF or 1
