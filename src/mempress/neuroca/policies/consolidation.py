"""When an older record says what a newer one says: told from the cosine of their vectors and from their names.

Texts of one frame are near each other whoever they are about: names and numbers are what tells them apart. So records
whose names differ are never taken for one another, and a record that differs in its numbers alone is behind the newer
one, but no duplicate of it.
"""

from __future__ import annotations

from enum import Enum

from mempress.neuroca.terms import names_in


class Agreement(Enum):
    """How far the names (capitalised words and numbers) of two texts are the same."""

    FULL = "the same names and numbers"
    NUMBERS_DIFFER = "the same names, other numbers"
    NONE = "other names"


def agreement(one: str, other: str) -> Agreement:
    """Compare the names of two texts."""
    ours, theirs = set(names_in(one)), set(names_in(other))
    if ours == theirs:
        return Agreement.FULL
    return Agreement.NONE if any(name.isalpha() for name in ours ^ theirs) else Agreement.NUMBERS_DIFFER


def redundancy(cosine: float, names: Agreement, *, related: float, duplicate: float) -> float:
    """Give how far the newer of two records replaces the older, in [0, 1].

    0 below ``related`` and where the names differ; from there linear up to 0.5 at ``duplicate``; 1 from ``duplicate``
    on where the numbers are the same too. The threshold form is that of near-duplicate removal (Lee et al., ACL 2022);
    the ramp keeps a related, older fact, but behind the newer.
    """
    if cosine < related or names is Agreement.NONE:
        return 0.0
    if cosine >= duplicate:
        return 1.0 if names is Agreement.FULL else 0.5
    return 0.5 * (cosine - related) / (duplicate - related)
