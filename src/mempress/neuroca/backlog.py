"""What the index of vectors and that of names have still to learn of records that were stored one by one.

A single store commits, enters the record in ledger and ids, and leaves the rest here; the next call of another kind, or
the 256th such store, hands all over together, which costs a tenth of doing it one by one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mempress.neuroca.vectors import stacked

if TYPE_CHECKING:
    from mempress.neuroca.index import VectorIndex
    from mempress.neuroca.words import Words


class Backlog:
    """Text and stored vector of the records that wait, by slot."""

    def __init__(self) -> None:
        self._waiting: dict[int, tuple[str, bytes | None]] = {}

    def __len__(self) -> int:
        return len(self._waiting)

    def put(self, slot: int, text: str, vector: bytes | None) -> None:
        """Let a record wait; what waited in its slot is gone."""
        self._waiting[slot] = (text, vector)

    def clear(self) -> None:
        """Forget all."""
        self._waiting.clear()

    def hand_over(self, index: VectorIndex, words: Words) -> None:
        """Let both learn what waits."""
        slots = list(self._waiting)
        words.note(slots, [text for text, _ in self._waiting.values()])
        index.remove(slots)
        vectors = {slot: vector for slot, (_, vector) in self._waiting.items() if vector is not None}
        if vectors:
            index.add(list(vectors), stacked(list(vectors.values())))
        self._waiting.clear()
