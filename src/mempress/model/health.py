"""What a health score is made of."""

from __future__ import annotations

import msgspec


class HealthTerm(msgspec.Struct, frozen=True, kw_only=True):
    """One component of the score: its weight among all, and its formula in words with the run's own figures."""

    component: str
    weight: float
    formula: str


class LowestHealth(msgspec.Struct, frozen=True, kw_only=True):
    """The load's sample with the lowest score, and what each component took from 1 there, the largest part first."""

    records: int
    score: float
    lost: dict[str, float]
    """The parts add up to 1 - score; components that took nothing are left out."""
    words: str
