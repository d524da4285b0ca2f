"""How well found events agree with known ones: a detector's precision and recall."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

WITHIN_SAMPLES = 1


@dataclass(frozen=True, slots=True)
class Agreement:
    """Counts of events: those found, those known, and those of the found that match a known one each."""

    found: int = 0
    known: int = 0
    matched: int = 0

    @property
    def precision(self) -> float | None:
        """The share of what was found that is true; None: nothing was found."""
        return self.matched / self.found if self.found else None

    @property
    def recall(self) -> float | None:
        """The share of what is true that was found; None: nothing is known to be true."""
        return self.matched / self.known if self.known else None

    def __add__(self, other: Agreement) -> Agreement:
        """Add the counts of another trace."""
        return Agreement(self.found + other.found, self.known + other.known, self.matched + other.matched)


def agreement(found: Sequence[int], known: Sequence[int], *, within: int = WITHIN_SAMPLES) -> Agreement:
    """Match found events to known ones by index, each to at most one, no further than ``within`` samples apart."""
    left = sorted(known)
    matched = 0
    for index in sorted(found):
        near = next((one for one in left if abs(one - index) <= within), None)
        if near is not None:
            left.remove(near)
            matched += 1
    return Agreement(len(found), len(known), matched)
