"""Finding near-duplicates and superseded records: a few records a write, by the cosine of their nearest neighbours."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mempress.neuroca.policies.consolidation import redundancy
from mempress.neuroca.vectors import matrix_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mempress.neuroca.core import Core

_NEIGHBOURS = 4


def affordable(core: Core, written: int) -> int:
    """Give how many records may be compared with all others for ``written`` new ones."""
    return written * core.settings.consolidation_scan // max(len(core.index), core.settings.consolidation_scan)


def consolidate(core: Core, slots: Sequence[int]) -> int:
    """Compare these records with their nearest; mark the older of each near pair; give how many were marked anew."""
    if not slots or not len(core.index):
        return 0
    keys, queries = matrix_of(core.store.vectors(slots))
    if not keys:
        return 0
    near = core.index.search(queries, _NEIGHBOURS)
    others, matrix = matrix_of(core.store.vectors(sorted(set(near.ravel().tolist()))))
    place = {slot: at for at, slot in enumerate(others)}
    marked = 0
    for at, slot in enumerate(keys):
        for other in near[at].tolist():
            if other != slot and other in place:
                marked += _judge(core, slot, other, float(queries[at] @ matrix[place[other]]))
    core.testimony.note(consolidated=marked)
    return marked


def _judge(core: Core, one: int, other: int, cosine: float) -> int:
    settings, ledger = core.settings, core.ledger
    extent = redundancy(cosine, related=settings.related_cosine, duplicate=settings.duplicate_cosine)
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
