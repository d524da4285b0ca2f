"""Marking what is redundant: near-duplicates, a few records a write, and facts that a later record states anew, all.

Near-duplicates are looked for among the nearest neighbours of a vector; the facts by the keys in the metadata.
"""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

from mempress.neuroca.policies.consolidation import agreement, redundancy
from mempress.neuroca.vectors import matrix_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mempress.neuroca.core import Core

_NEIGHBOURS = 4
_FACTS_AT_ONCE = 1_024


def affordable(core: Core, written: int) -> int:
    """Give how many records may be compared with all others for ``written`` new ones."""
    return written * core.settings.consolidation_scan // max(len(core.index), core.settings.consolidation_scan)


def consolidate(core: Core, slots: Sequence[int]) -> int:
    """Compare these records with their nearest; mark the older of each near pair; give how many were marked anew."""
    pairs = _near_pairs(core, slots)
    texts = {row.slot: row.text for row in core.store.rows(sorted({slot for *pair, _ in pairs for slot in pair}))}
    marked = 0
    for one, other, cosine in pairs:
        if one in texts and other in texts:
            names = agreement(texts[one], texts[other])
            settings = core.settings
            extent = redundancy(cosine, names, related=settings.related_cosine, duplicate=settings.duplicate_cosine)
            marked += _mark(core, one, other, extent)
    core.testimony.note(consolidated=marked)
    return marked


def supersede(core: Core) -> int:
    """Of each fact that more than one record states, mark all but the latest; give how many were."""
    facts, marked = core.facts, 0
    for fact in list(islice(facts.waiting, _FACTS_AT_ONCE)):
        rows = core.store.rows(facts.candidates(fact))
        del facts.waiting[fact]
        stating = [row.slot for row in rows if facts.fact_of(row.metadata) == fact]
        latest = max(stating, key=lambda slot: _moment(core, slot), default=None)
        older = [slot for slot in stating if slot != latest]
        marked += sum(_mark(core, slot, latest, 1.0) for slot in older if latest is not None)
        facts.drop(older)
    core.testimony.note(consolidated=marked)
    return marked


def _near_pairs(core: Core, slots: Sequence[int]) -> list[tuple[int, int, float]]:
    """Give those of the nearest of each slot that are near enough, with the cosine of the stored vectors."""
    if not slots or not len(core.index):
        return []
    keys, queries = matrix_of(core.store.vectors(slots))
    if not keys:
        return []
    near = core.index.search(queries, _NEIGHBOURS)
    others, matrix = matrix_of(core.store.vectors(sorted(set(near.ravel().tolist()))))
    place = {slot: at for at, slot in enumerate(others)}
    pairs = []
    for at, slot in enumerate(keys):
        for other in near[at].tolist():
            cosine = float(queries[at] @ matrix[place[other]]) if other != slot and other in place else 0.0
            if cosine >= core.settings.related_cosine:
                pairs.append((slot, other, cosine))
    return pairs


def _mark(core: Core, one: int, other: int, extent: float) -> int:
    """Let the newer of two replace the older to that extent, and inherit from it where it does so in full."""
    ledger = core.ledger
    older, newer = sorted((one, other), key=lambda slot: _moment(core, slot))
    if not (ledger.tier[one] and ledger.tier[other]) or extent <= ledger.redundancy[older] + 1e-6:
        return 0
    ledger.redundancy[older] = extent
    ledger.dirty[older] = True
    if extent == 1.0:
        ledger.importance[newer] = max(ledger.importance[newer], ledger.importance[older])
        ledger.hits[newer] += ledger.hits[older]
        ledger.dirty[newer] = True
    return 1


def _moment(core: Core, slot: int) -> tuple[float, int]:
    happened = float(core.ledger.occurred_at[slot])
    return (happened if happened == happened else float(core.ledger.stored_at[slot]), int(core.ledger.arrived[slot]))  # noqa: PLR0124 - NaN: time unknown
