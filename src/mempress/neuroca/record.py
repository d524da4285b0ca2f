"""What goes in and what comes out: records, hits and filters, all frozen."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import IntEnum
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import ArrayLike

JSON = Any
"""Whatever ``json`` can write: None, bool, int, float, str, list and dict of these."""

_NOTHING: Mapping[str, JSON] = MappingProxyType({})


class Tier(IntEnum):
    """Where a record lives: FREE is a slot without a record."""

    FREE = 0
    STM = 1
    """Working memory: what was just stored; safe from eviction by worth while it is among the newest."""
    MTM = 2
    """Episodic memory: what left working memory; kept by worth."""
    LTM = 3
    """Semantic memory: what importance or use has proved; its worth decays slowest."""


@dataclass(frozen=True, slots=True)
class Record:
    """One memory.

    Attributes:
        id: unique, not empty; storing the same id again replaces the record.
        text: what is remembered; may be empty.
        importance: in [0, 1].
        metadata: a JSON object; finite numbers only.
        timestamp: when it happened, in seconds since 1970; None: unknown.
        pinned: never evicted.
        vector: a unit vector of ``Settings.dimension`` floats; None: the engine's ``embed`` gives it.
    """

    id: str
    text: str
    importance: float = 0.5
    metadata: Mapping[str, JSON] = field(default_factory=lambda: _NOTHING)
    timestamp: float | None = None
    pinned: bool = False
    vector: ArrayLike | None = None


@dataclass(frozen=True, slots=True)
class Stored:
    """A record as it is held now. ``hits`` is its use: the sum of what each access weighed."""

    id: str
    text: str
    importance: float
    metadata: Mapping[str, JSON]
    timestamp: float | None
    pinned: bool
    tier: Tier
    hits: float
    stored_at: float


@dataclass(frozen=True, slots=True)
class Why:
    """What made a hit's score: None where that part did not take part.

    Attributes:
        cosine: similarity of meaning, of the stored half-precision vector with the query's.
        words: share of the query's names in the text (with an embedder), or BM25 squeezed into [0, 1) (without).
        redundancy: how far a newer record has replaced this one, in [0, 1].
    """

    cosine: float | None
    words: float | None
    redundancy: float


@dataclass(frozen=True, slots=True)
class Hit:
    """One answer of a search, with its score (higher is better), its tier, and why it is there."""

    id: str
    text: str
    score: float
    tier: Tier
    why: Why
    importance: float
    metadata: Mapping[str, JSON]
    timestamp: float | None


@dataclass(frozen=True, slots=True)
class Filter:
    """Conditions that every hit meets; None and empty mean: any.

    ``metadata`` asks for equality of top-level values; ``since`` (inclusive) and ``until`` (exclusive) bound the
    timestamp, or the time of storing where a record has no timestamp.
    """

    tiers: frozenset[Tier] | None = None
    min_importance: float | None = None
    since: float | None = None
    until: float | None = None
    metadata: Mapping[str, JSON] = field(default_factory=lambda: _NOTHING)
