"""Search: a shortlist from the index, rescored with the stored vectors, joined with what the words find.

    score = cosine + words_weight x share of the query's names in the text - redundancy_weight x redundancy

Without a vector the score is that of the words alone, less redundancy. Filters on tier, importance and time restrict
what is searched; one on metadata is applied to the shortlist, which is widened until there are enough, and answered
from the store itself where hardly any record passes.

Reading a record costs more than scoring it: every candidate is read once, in one statement, with all that a hit needs.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import repeat
from typing import TYPE_CHECKING, NamedTuple

from mempress.neuroca.consolidation import supersede
from mempress.neuroca.filters import Sieve
from mempress.neuroca.hits import hit
from mempress.neuroca.ranking import MOST_LISTED, bm25, candidates, rarity
from mempress.neuroca.record import Filter, Hit, Why
from mempress.neuroca.terms import names_in, word_set, words_in
from mempress.neuroca.vectors import stacked
from mempress.neuroca.words import MAX_TERMS
from mempress.neuroca.writing import save_words

if TYPE_CHECKING:
    from mempress.neuroca.core import Core
    from mempress.neuroca.index import Vectors
    from mempress.neuroca.ledger import Slots
    from mempress.neuroca.store import Row

_NAME_CANDIDATES = 64
_WIDEST = 1_536
"""Index candidates after which a filter on metadata is answered by reading the whole store."""
_MOST_JUDGED = 10_000


@dataclass(frozen=True, slots=True)
class Query:
    """A checked query: the text or None, a unit vector of shape (1, dimension) or None, the limit and the filter."""

    text: str | None
    vector: Vectors | None
    limit: int
    where: Filter | None


class _Candidate(NamedTuple):
    """A record as read, with what found it; None: that part did not take part."""

    row: Row
    cosine: float | None
    words: float | None


def search(core: Core, query: Query) -> list[tuple[int, Hit]]:
    """Give (slot, hit) of at most ``query.limit`` records, best first."""
    if core.words.waiting:
        save_words(core)
    if core.facts.waiting:
        supersede(core)
    found = _candidates(core, query)
    words_weight, redundancy_weight = core.settings.words_weight, core.settings.redundancy_weight
    ranked = []
    standing = core.ledger.standing([candidate.row.slot for candidate in found])
    for at, ((_, cosine, words), (redundancy, arrived)) in enumerate(zip(found, standing, strict=True)):
        meant = (words or 0.0) if cosine is None else cosine + words_weight * (words or 0.0)
        ranked.append((meant - redundancy_weight * redundancy, arrived, at))
    ranked.sort(reverse=True)
    return [
        (found[at].row.slot, hit(core.ledger, found[at].row, score, Why(*found[at][1:], standing[at][0])))
        for score, _, at in ranked[: query.limit]
    ]


def _candidates(core: Core, query: Query) -> list[_Candidate]:
    sieve = None if query.where is None else Sieve(core, query.where)
    if query.vector is not None:
        return _by_meaning(core, query, query.vector, sieve)
    return _by_words(core, query, sieve) if core.words.mode == "all" else _by_names(core, query, sieve)


def _by_meaning(core: Core, query: Query, vector: Vectors, sieve: Sieve | None) -> list[_Candidate]:
    names = names_in(query.text) if query.text and core.words.mode != "off" else []
    named = core.words.by_names(names, core.ledger, _NAME_CANDIDATES) if names else []
    if sieve is None:
        near = core.index.search(vector, _shortlist(core, query))[0].tolist()
    else:
        near, named = _nearest(core, query, vector, sieve), sieve.passing(named)
    rows = [row for row in core.store.rows(sorted({*near, *named})) if row.vector is not None]
    if not rows:
        return []
    cosines = (stacked([row.vector or b"" for row in rows]) @ vector[0]).tolist()
    shares = core.words.shares(rows, names) if names else repeat(None)
    return list(map(_Candidate, rows, cosines, shares))


def _nearest(core: Core, query: Query, vector: Vectors, sieve: Sieve) -> list[int]:
    """Give the shortlist of those that pass."""
    width = shortlist = _shortlist(core, query)
    among = sieve.among()
    while True:
        near: list[int] = core.index.search(vector, width, among)[0].tolist()
        kept = sieve.passing(near)
        if len(kept) >= query.limit or len(near) < width:
            return kept
        if width >= _WIDEST:
            few: list[int] = core.index.search(vector, shortlist, sieve.all_passing())[0].tolist()
            return few
        width *= 4


def _by_words(core: Core, query: Query, sieve: Sieve | None) -> list[_Candidate]:
    counts = {term: core.words.frequency(term) for term in words_in(query.text or "")[:MAX_TERMS]}
    idf = rarity(counts, core.ledger.live)
    if not idf:
        return []
    mask = (sieve or Sieve(core, Filter())).mask

    def listed(match: str) -> Slots:
        slots = core.words.slots(match, MOST_LISTED)
        slots = slots[slots < len(mask)]
        return slots[mask[slots]]

    width = _shortlist(core, query)
    chosen = candidates(idf, counts, width, listed)
    kept: list[int] = chosen.slots[:width].tolist()
    if sieve is not None:
        kept = _first_passing(chosen.slots, width, sieve)
        if len(kept) < query.limit and not chosen.all_of_them:
            kept = sieve.all_passing()[-_MOST_JUDGED:].tolist()
    rows = core.store.rows(kept)
    scores = bm25([word_set(row.text) for row in rows], idf)
    return [_Candidate(row, None, score / (1.0 + score)) for row, score in zip(rows, scores, strict=True) if score]


def _first_passing(slots: Slots, width: int, sieve: Sieve) -> list[int]:
    """Give the first ``width`` that pass, looked at in steps of ``width``."""
    kept: list[int] = []
    for at in range(0, len(slots), width):
        kept += sieve.passing(slots[at : at + width].tolist())
        if len(kept) >= width:
            break
    return kept[:width]


def _by_names(core: Core, query: Query, sieve: Sieve | None) -> list[_Candidate]:
    """Without a vector, where only names are kept: those that have them."""
    names = names_in(query.text or "") if core.words.mode == "names" else []
    named = core.words.by_names(names, core.ledger, MOST_LISTED)
    rows = core.store.rows(named if sieve is None else sieve.passing(named))
    shares = core.words.shares(rows, names)
    return [_Candidate(row, None, share) for row, share in zip(rows, shares, strict=True) if share]


def _shortlist(core: Core, query: Query) -> int:
    return max(core.settings.shortlist, 5 * query.limit // 2)
