"""What the traffic did to records that had been acknowledged: the ground truth of what should be held, and as what."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable
    from random import Random


class Live:
    """The records that can be updated or deleted, by ordinal; draws from them at random, each call the same."""

    def __init__(self) -> None:
        self._ordinals: list[int] = []
        self._places: dict[int, int] = {}

    def __len__(self) -> int:
        return len(self._ordinals)

    def add(self, ordinals: Iterable[int]) -> None:
        """Add records that were acknowledged."""
        for ordinal in ordinals:
            self._places[ordinal] = len(self._ordinals)
            self._ordinals.append(ordinal)

    def draw(self, count: int, source: Random) -> list[int]:
        """Give ``count`` distinct records in random order; all of them if there are no more."""
        drawn: dict[int, None] = {}
        while len(drawn) < min(count, len(self._ordinals)):
            drawn[self._ordinals[int(source.random() * len(self._ordinals))]] = None
        return list(drawn)

    def remove(self, ordinal: int) -> None:
        """Take a record out."""
        place, last = self._places.pop(ordinal), self._ordinals.pop()
        if last != ordinal:
            self._ordinals[place], self._places[last] = last, place


@dataclass(slots=True)
class Edits:
    """By ordinal: which records were deleted, how often each of the others was revised, and which can yet be either.

    A record whose update raised after its deletion may be held or not: it counts as deleted.
    """

    deleted: set[int] = field(default_factory=set)
    revised: dict[int, int] = field(default_factory=dict)
    live: Live = field(default_factory=Live)
    """Kept where records are updated or deleted at all; else empty."""

    def text(self, ordinal: int, text: str) -> str:
        """Give the text under which a record should be held now; ``text`` is that of the workload."""
        revision = self.revised.get(ordinal, 0)
        return text if not revision else revise(text, revision)


def revise(text: str, revision: int) -> str:
    """Give a text that says the same in a later revision, so that it still answers what it answered before."""
    return f"{text} (Looked at again; revision {revision}.)"
