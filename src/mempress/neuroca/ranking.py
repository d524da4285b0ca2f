"""Ranking by words where there is no embedder: rare words choose, all words judge.

To score each record that has any word of a question costs what its commonest word costs. So, in the manner of MaxScore
(Turtle and Flood, 1995), records are chosen by the rarest words: those that have both of the two rarest, where there
are enough; else the lists of all words from the rarest on, 2,048 entries at most. Where more than can be judged are
equally good, the next commoner words, two at most, are looked up among them alone. Then all words judge the texts:

    BM25 = sum over the question's words in the text of idf x 2.2 / (1 + 1.2 x (0.25 + 0.75 x length / mean length))
    idf  = ln(1 + (n - df + 0.5) / (df + 0.5))

of n records df have the word; a word counts once, a text's length is its number of distinct words, the mean is that of
the texts judged (Robertson and Zaragoza, 2009; k1 = 1.2, b = 0.75, tf = 1).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence

    from mempress.neuroca.ledger import Floats, Slots

MOST_LISTED = 2_048
_K1 = 1.2
_B = 0.75
_TIE_BREAKERS = 2


@dataclass(frozen=True, slots=True)
class Candidates:
    """Slots, best first, and whether every record with any of the words is among them."""

    slots: Slots
    all_of_them: bool


def rarity(counts: Mapping[str, int], records: int) -> dict[str, float]:
    """Give the idf of each word out of how many of the records have it; the rarest first, without those of none."""
    known = sorted((count, term) for term, count in counts.items() if count)
    return {term: math.log1p(max(records - count + 0.5, 0.5) / (count + 0.5)) for count, term in known}


def candidates(
    idf: Mapping[str, float], counts: Mapping[str, int], judged: int, listed: Callable[[str], Slots]
) -> Candidates:
    """Choose what to judge, best first; of equally good ones the higher slot first.

    ``idf`` is that of ``rarity``, not empty; ``counts`` as given to it; ``judged`` says how many will be judged at
    least; ``listed`` gives the slots that match an expression of FTS5, MOST_LISTED of them at most.
    """
    terms = list(idf)
    pair, read = _all(terms[:2]), _affordable([counts[term] for term in terms])
    parts = [(listed(pair), sum(idf[term] for term in terms[:2]))]
    chosen, used, enough = pair, 2, len(parts[0][0]) >= judged
    if not enough and read:
        chosen, used = _any(terms[:read]), read
        parts = [(listed(_any([term])), idf[term]) for term in terms[:read]]
    elif not enough:
        parts.append((listed(_any(terms[:1])), idf[terms[0]]))
    slots, weights = _summed(parts)
    for term in terms[used : used + _TIE_BREAKERS]:
        if not _tied(weights, judged):
            break
        parts.append((listed(f"({chosen}) AND {_any([term])}"), idf[term]))
        slots, weights = _summed(parts)
    return Candidates(slots[np.argsort(-weights, kind="stable")], not enough and read == len(terms))


def bm25(words: Sequence[Collection[str]], idf: Mapping[str, float]) -> list[float]:
    """Score texts, each given by its distinct words."""
    mean = sum(map(len, words)) / max(len(words), 1)
    return [
        sum(weight for term, weight in idf.items() if term in own)
        * (_K1 + 1.0)
        / (1.0 + _K1 * (1.0 - _B + _B * len(own) / max(mean, 1.0)))
        for own in words
    ]


def _affordable(counts: Sequence[int]) -> int:
    """Say how many of the lists, the shortest first, can be read."""
    left = MOST_LISTED
    for at, count in enumerate(counts):
        left -= count
        if left < 0:
            return at
    return len(counts)


def _summed(parts: Sequence[tuple[Slots, float]]) -> tuple[Slots, Floats]:
    """Add up the weights of each slot; the highest slot first."""
    slots = np.concatenate([part for part, _ in parts])
    weights = np.repeat([weight for _, weight in parts], [len(part) for part, _ in parts])
    order = np.argsort(slots, kind="stable")[::-1]
    slots, weights = slots[order], weights[order]
    first = np.ones(len(slots), "?")
    first[1:] = slots[1:] != slots[:-1]
    starts = np.flatnonzero(first)
    return slots[starts], np.add.reduceat(weights, starts) if len(starts) else weights


def _tied(weights: Floats, judged: int) -> bool:
    """Say whether the last that will be judged is no better than the first that will not."""
    if len(weights) <= judged:
        return False
    last, next_one = np.partition(-weights, [judged - 1, judged])[judged - 1 : judged + 1]
    return bool(next_one < last + 1e-9)


def _all(terms: Sequence[str]) -> str:
    return " AND ".join(f'"{term}"' for term in terms)


def _any(terms: Sequence[str]) -> str:
    return " OR ".join(f'"{term}"' for term in terms)
