"""An exact index of int8 vectors: the fallback where turbovec is not installed, or the dimension does not suit it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from mempress.neuroca.index import Slots, Vectors

_BLOCK = 4096


class Int8Slab:
    """Rows of int8 in arrival order, the last one moved into a gap; scans all rows for each query."""

    name = "int8"

    def __init__(self, dimension: int) -> None:
        self._dimension = dimension
        self._rows = np.zeros((0, dimension), np.int8)
        self._slots = np.zeros(0, np.int64)
        self._place: dict[int, int] = {}

    def add(self, slots: Sequence[int], vectors: Vectors) -> None:
        """Add vectors under empty slots."""
        start = len(self._place)
        self._grow(start + len(slots))
        self._rows[start : start + len(slots)] = _quantise(vectors)
        self._slots[start : start + len(slots)] = slots
        self._place.update(zip(slots, range(start, start + len(slots)), strict=True))

    def remove(self, slots: Sequence[int]) -> None:
        """Remove the vectors of these slots."""
        for slot in slots:
            place = self._place.pop(slot, None)
            if place is None:
                continue
            last = len(self._place)
            if place != last:
                self._rows[place] = self._rows[last]
                self._slots[place] = self._slots[last]
                self._place[int(self._slots[place])] = place

    def search(self, queries: Vectors, count: int, among: Slots | None = None) -> Slots:
        """Give the nearest slots for each query."""
        held = len(self._place)
        if not held:
            return np.empty((len(queries), 0), np.int64)
        scores, own = self._scores(np.ascontiguousarray(_quantise(queries)), held), self._slots[:held]
        if among is not None:
            allowed = np.zeros(max(own.max(), among.max(initial=0)) + 1, "?")
            allowed[among] = True
            scores, own = scores[:, allowed[own]], own[allowed[own]]
        count = min(count, len(own))
        if not count:
            return np.empty((len(queries), 0), np.int64)
        best = np.argpartition(scores, len(own) - count, axis=1)[:, len(own) - count :]
        order = np.argsort(-np.take_along_axis(scores, best, axis=1), axis=1, kind="stable")
        return own[np.take_along_axis(best, order, axis=1)]

    def contains(self, slot: int) -> bool:
        """Say whether a slot has a vector here."""
        return slot in self._place

    def __len__(self) -> int:
        return len(self._place)

    def memory_bytes(self) -> int:
        """Estimate the bytes it takes."""
        return int(self._rows.nbytes + self._slots.nbytes) + 100 * len(self._place)

    def _scores(self, queries: NDArray[np.int8], held: int) -> NDArray[np.float32]:
        try:
            import numkong  # noqa: PLC0415 - optional: numpy alone is slower, and right
        except ImportError:
            return self._scores_in_blocks(queries, held)
        return np.asarray(numkong.cdist(queries, self._rows[:held], metric="dot"), dtype=np.float32)

    def _scores_in_blocks(self, queries: NDArray[np.int8], held: int) -> NDArray[np.float32]:
        wide = queries.astype(np.float32)
        parts = [wide @ self._rows[at : min(at + _BLOCK, held)].T.astype(np.float32) for at in range(0, held, _BLOCK)]
        return np.concatenate(parts, axis=1)

    def _grow(self, rows: int) -> None:
        have = len(self._slots)
        if rows <= have:
            return
        want = max(rows, have + have // 4, 1024)
        wider = np.zeros((want, self._dimension), np.int8)
        wider[:have] = self._rows
        self._rows = wider
        self._slots = np.concatenate([self._slots, np.zeros(want - have, np.int64)])


def _quantise(vectors: Vectors) -> NDArray[np.int8]:
    rounded: NDArray[np.int8] = np.rint(np.clip(vectors, -1.0, 1.0) * 127.0).astype(np.int8)
    return rounded
