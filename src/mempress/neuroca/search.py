"""Search: a shortlist from the index, rescored with the stored vectors, joined with what the words find.

    score = cosine + words_weight x share of the query's names in the text - redundancy_weight x redundancy

Without a vector the score is that of the words alone, less redundancy. Filters are applied to the shortlist, which
is widened until there are enough; a filter that hardly any record passes is answered from the store itself.
"""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from mempress.neuroca.record import Filter, Hit, Stored, Tier, Why
from mempress.neuroca.vectors import matrix_of
from mempress.neuroca.words import fold, names_in
from mempress.neuroca.writing import save_words

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from mempress.neuroca.core import Core
    from mempress.neuroca.index import Vectors
    from mempress.neuroca.ledger import Floats
    from mempress.neuroca.store import Row

_NAME_CANDIDATES = 64
_WIDEST = 4_096
_SCAN_LIMIT = 10_000


@dataclass(frozen=True, slots=True)
class Query:
    """A checked query: the text or None, a unit vector of shape (1, dimension) or None, the limit and the filter."""

    text: str | None
    vector: Vectors | None
    limit: int
    where: Filter | None


@dataclass(frozen=True, slots=True)
class _Found:
    """Candidates, all columns of one length; a part that did not take part is None."""

    slots: list[int]
    cosine: NDArray[np.float32] | None
    words: NDArray[np.float32] | None


def search(core: Core, query: Query) -> list[tuple[int, Hit]]:
    """Give (slot, hit) of at most ``query.limit`` records, best first."""
    passes = None if query.where is None else _columns_mask(core, query.where)
    found = _by_meaning(core, query, passes) if query.vector is not None else _by_words(core, query, passes)
    slots = np.asarray(found.slots, np.int64)
    scores = _scores(core, found, slots)
    best = np.lexsort((-core.ledger.arrived[slots], -scores))[: query.limit].tolist()
    rows = core.store.rows([found.slots[at] for at in best])
    return [
        (found.slots[at], _hit(core, rows[found.slots[at]], float(scores[at]), _why(core, found, at)))
        for at in best
        if found.slots[at] in rows
    ]


def _scores(core: Core, found: _Found, slots: NDArray[np.int64]) -> Floats:
    scores = -core.settings.redundancy_weight * core.ledger.redundancy[slots].astype(np.float64)
    if found.cosine is None:
        return scores if found.words is None else scores + found.words
    scores += found.cosine
    return scores if found.words is None else scores + core.settings.words_weight * found.words


def _why(core: Core, found: _Found, at: int) -> Why:
    return Why(
        None if found.cosine is None else float(found.cosine[at]),
        None if found.words is None else float(found.words[at]),
        float(core.ledger.redundancy[found.slots[at]]),
    )


def _by_meaning(core: Core, query: Query, passes: NDArray[np.bool_] | None) -> _Found:
    assert query.vector is not None  # noqa: S101 - the caller's branch, for the type checker
    if core.words.waiting:
        save_words(core)
    names = names_in(query.text) if query.text and core.words.mode != "off" else []
    named = core.words.by_names(names, core.ledger, _NAME_CANDIDATES) if names else []
    width = max(core.settings.shortlist, 5 * query.limit // 2)
    while True:
        slots = core.index.search(query.vector, width)[0]
        every = len(slots) < width
        both = np.union1d(slots, np.asarray(named, np.int64)) if named else slots
        kept = _filtered(core, both, query.where, passes)
        if every or len(kept) >= query.limit:
            break
        if width >= _WIDEST:
            kept = _scanned(core, query.where, passes)
            break
        width *= 4
    return _rescored(core, kept, query.vector[0], names)


def _rescored(core: Core, slots: Sequence[int], vector: NDArray[np.float32], names: Sequence[str]) -> _Found:
    if not names:
        keys, matrix = matrix_of(core.store.vectors(slots))
        return _Found(keys, matrix @ vector, None) if keys else _Found([], None, None)
    rows = core.store.texts_and_vectors(slots)
    if not rows:
        return _Found([], None, None)
    keys, matrix = matrix_of({slot: half for slot, _, half in rows})
    shares = np.array([_share(text, names) for _, text, _ in rows], np.float32)
    return _Found(keys, matrix @ vector, shares)


def _by_words(core: Core, query: Query, passes: NDArray[np.bool_] | None) -> _Found:
    if not query.text or core.words.mode == "off":
        return _Found([], None, None)
    if core.words.waiting:
        save_words(core)
    width = max(core.settings.shortlist, 5 * query.limit // 2)
    while True:
        ranked = core.words.ranked(core.words.terms(query.text), core.ledger, width)
        scores = dict(ranked)
        kept = _filtered(core, np.fromiter(scores, "i8", len(scores)), query.where, passes)
        if len(kept) >= query.limit or len(ranked) < width or width >= _WIDEST:
            break
        width *= 4
    return _Found(kept, None, np.array([scores[slot] for slot in kept], np.float32))


def _share(text: str, names: Sequence[str]) -> float:
    folded = fold(text[: 1 << 16])
    if len(names) == 1:
        return 1.0 if names[0] in folded else 0.0
    return sum(name in folded for name in names) / len(names)


def _columns_mask(core: Core, where: Filter) -> NDArray[np.bool_]:
    ledger, top = core.ledger, core.ledger.top
    mask: NDArray[np.bool_] = ledger.tier[:top] != Tier.FREE
    if where.tiers is not None:
        mask &= np.isin(ledger.tier[:top], [int(tier) for tier in where.tiers])
    if where.min_importance is not None:
        mask &= ledger.importance[:top] >= where.min_importance
    if where.since is not None or where.until is not None:
        moment = np.where(np.isnan(ledger.occurred_at[:top]), ledger.stored_at[:top], ledger.occurred_at[:top])
        mask &= moment >= (-np.inf if where.since is None else where.since)
        mask &= moment < (np.inf if where.until is None else where.until)
    return mask


def _filtered(
    core: Core, slots: NDArray[np.int64], where: Filter | None, passes: NDArray[np.bool_] | None
) -> list[int]:
    if where is None or passes is None:
        return [int(slot) for slot in slots]
    kept: list[int] = slots[passes[slots]].tolist()
    if not where.metadata or not kept:
        return kept
    rows = core.store.rows(kept)
    return [slot for slot in kept if slot in rows and _agrees(json.loads(rows[slot].metadata), where.metadata)]


def _scanned(core: Core, where: Filter | None, passes: NDArray[np.bool_] | None) -> list[int]:
    if where is None or passes is None:
        return []
    slots = np.flatnonzero(passes)
    if where.metadata:
        flat = [
            (key, value)
            for key, value in where.metadata.items()
            if isinstance(value, (str, int, float)) and '"' not in key
        ]
        if flat:
            slots = np.intersect1d(slots, np.asarray(core.store.matching(flat, core.ledger.top), np.int64))
    return _filtered(core, slots[:_SCAN_LIMIT], where, passes)


def _agrees(metadata: Mapping[str, Any], wanted: Mapping[str, Any]) -> bool:
    return all(key in metadata and metadata[key] == value for key, value in wanted.items())


def _hit(core: Core, row: Row, score: float, why: Why) -> Hit:
    ledger, slot = core.ledger, row.slot
    happened = float(ledger.occurred_at[slot])
    return Hit(
        id=row.id,
        text=row.text,
        score=score,
        tier=Tier(int(ledger.tier[slot])),
        why=why,
        importance=float(ledger.importance[slot]),
        metadata=json.loads(row.metadata),
        timestamp=None if math.isnan(happened) else happened,
    )


def stored(core: Core, row: Row) -> Stored:
    """Give a held record with what the ledger knows of it."""
    ledger, slot = core.ledger, row.slot
    happened = float(ledger.occurred_at[slot])
    return Stored(
        id=row.id,
        text=row.text,
        importance=float(ledger.importance[slot]),
        metadata=json.loads(row.metadata),
        timestamp=None if math.isnan(happened) else happened,
        pinned=bool(ledger.pinned[slot]),
        tier=Tier(int(ledger.tier[slot])),
        hits=float(ledger.hits[slot]),
        stored_at=float(ledger.stored_at[slot]),
    )
