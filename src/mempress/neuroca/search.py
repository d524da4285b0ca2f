"""Search: a shortlist from the index, rescored with the stored vectors, joined with what the words find.

    score = cosine + words_weight x share of the query's names in the text - redundancy_weight x redundancy

Without a vector the score is that of the words alone, less redundancy. Filters are applied to the shortlist, which
is widened until there are enough; a filter that hardly any record passes is answered from the store itself.

Reading a record costs more than scoring it: every candidate is read once, in one statement, with all that a hit needs.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from mempress.neuroca.filters import columns_mask, filtered, scanned
from mempress.neuroca.hits import hit
from mempress.neuroca.record import Filter, Hit, Why
from mempress.neuroca.vectors import stacked
from mempress.neuroca.words import names_in
from mempress.neuroca.writing import save_words

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from mempress.neuroca.core import Core
    from mempress.neuroca.index import Vectors
    from mempress.neuroca.ledger import Floats
    from mempress.neuroca.store import Row

_NAME_CANDIDATES = 64
_WIDEST = 4_096


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

    rows: Sequence[Row]
    cosine: NDArray[np.float32] | None
    words: NDArray[np.float32] | None


def search(core: Core, query: Query) -> list[tuple[int, Hit]]:
    """Give (slot, hit) of at most ``query.limit`` records, best first."""
    passes = None if query.where is None else columns_mask(core, query.where)
    found = _by_meaning(core, query, passes) if query.vector is not None else _by_words(core, query, passes)
    slots = np.array([row.slot for row in found.rows], np.int64)
    redundancy = core.ledger.redundancy[slots]
    scores = _scores(core, found, redundancy)
    best = np.lexsort((-core.ledger.arrived[slots], -scores))[: query.limit].tolist()
    return [
        (row.slot, hit(core.ledger, row, float(scores[at]), _why(found, at, redundancy)))
        for at, row in ((at, found.rows[at]) for at in best)
    ]


def _scores(core: Core, found: _Found, redundancy: NDArray[np.float32]) -> Floats:
    scores = -core.settings.redundancy_weight * redundancy.astype(np.float64)
    if found.cosine is None:
        return scores if found.words is None else scores + found.words
    scores += found.cosine
    return scores if found.words is None else scores + core.settings.words_weight * found.words


def _why(found: _Found, at: int, redundancy: NDArray[np.float32]) -> Why:
    return Why(
        None if found.cosine is None else float(found.cosine[at]),
        None if found.words is None else float(found.words[at]),
        float(redundancy[at]),
    )


def _by_meaning(core: Core, query: Query, passes: NDArray[np.bool_] | None) -> _Found:
    assert query.vector is not None  # noqa: S101 - the caller's branch, for the type checker
    if core.words.waiting:
        save_words(core)
    names = names_in(query.text) if query.text and core.words.mode != "off" else []
    named = core.words.by_names(names, core.ledger, _NAME_CANDIDATES) if names else []
    width = max(core.settings.shortlist, 5 * query.limit // 2)
    while True:
        near = core.index.search(query.vector, width)[0].tolist()
        kept = filtered(core, sorted({*near, *named}), query.where, passes)
        if len(near) < width or len(kept) >= query.limit:
            break
        if width >= _WIDEST:
            kept = scanned(core, query.where, passes)
            break
        width *= 4
    rows = [row for row in core.store.rows(kept) if row.vector is not None]
    if not rows:
        return _Found([], None, None)
    cosine = stacked([row.vector or b"" for row in rows]) @ query.vector[0]
    return _Found(rows, cosine, core.words.shares(rows, names) if names else None)


def _by_words(core: Core, query: Query, passes: NDArray[np.bool_] | None) -> _Found:
    if not query.text or core.words.mode == "off":
        return _Found([], None, None)
    if core.words.waiting:
        save_words(core)
    width = max(core.settings.shortlist, 5 * query.limit // 2)
    while True:
        ranked = core.words.ranked(core.words.terms(query.text), core.ledger, width)
        scores = dict(ranked)
        kept = filtered(core, list(scores), query.where, passes)
        if len(kept) >= query.limit or len(ranked) < width or width >= _WIDEST:
            break
        width *= 4
    rows = core.store.rows(kept)
    return _Found(rows, None, np.array([scores[row.slot] for row in rows], np.float32))
