"""Which records state which fact now: those whose metadata has the keys of ``Settings.fact_keys``.

An index in memory, of 25 bytes a record in a store in which any states a fact, and nothing in another. What was
replaced is forgotten here, so that a fact may change as often as it likes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mempress.neuroca.ids import Ids
from mempress.neuroca.policies.supersession import fact_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    import numpy as np
    from numpy.typing import NDArray


class Facts:
    """Slots by fact. ``waiting``: facts that more than one slot states."""

    def __init__(self, keys: Sequence[str]) -> None:
        self._keys = tuple(keys)
        self._marker = f'"{keys[0]}"' if keys else None
        self._ids: Ids | None = None
        self._states = bytearray()
        self._adopted: list[tuple[int, str]] = []
        self.waiting: dict[str, None] = {}

    def fact_of(self, metadata: str) -> str | None:
        """Give the name of the fact that a record of this metadata (JSON) states; None: none."""
        return fact_of(metadata, self._keys)

    def put(self, slots: Sequence[int], metadata: Iterable[str]) -> None:
        """Note what the records in these slots state; the slots state nothing yet."""
        for slot, fact in self._stated(slots, metadata):
            self._put(slot, fact)

    def adopt(self, slots: Sequence[int], metadata: Iterable[str]) -> None:
        """Do so at opening; ``finish_adopting`` ends it."""
        self._adopted.extend(self._stated(slots, metadata))

    def finish_adopting(self, redundancy: NDArray[np.float32]) -> None:
        """Enter those that were adopted and are not redundant already, given that by slot."""
        for slot, fact in self._adopted:
            if redundancy[slot] < 1.0:
                self._put(slot, fact)
        self._adopted.clear()

    def drop(self, slots: Iterable[int]) -> None:
        """Forget what these slots state, if anything."""
        if self._ids is None:
            return
        for slot in slots:
            if slot < len(self._states) and self._states[slot]:
                self._ids.drop([slot])
                self._states[slot] = False

    def candidates(self, fact: str) -> list[int]:
        """Give the slots that state this fact, or by rare chance another: whoever asks compares."""
        return [] if self._ids is None else self._ids.candidates(fact)

    def memory_bytes(self) -> int:
        """Give the bytes of the index."""
        return len(self._states) + (0 if self._ids is None else self._ids.memory_bytes())

    def _stated(self, slots: Sequence[int], metadata: Iterable[str]) -> list[tuple[int, str]]:
        if self._marker is None:
            return []
        return [
            (slot, fact)
            for slot, text in zip(slots, metadata, strict=True)
            if self._marker in text and (fact := fact_of(text, self._keys)) is not None
        ]

    def _put(self, slot: int, fact: str) -> None:
        if self._ids is None:
            self._ids = Ids()
        if self._ids.candidates(fact):
            self.waiting[fact] = None
        self._ids.put([slot], [fact])
        self._states.extend(bytes(max(0, slot + 1 - len(self._states))))
        self._states[slot] = True
