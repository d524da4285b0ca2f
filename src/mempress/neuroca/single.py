"""The short way of one record: one statement that commits itself, no array made for it alone, no maintenance.

It is open to most single stores: a new id, a limit on records or none, and a victim already chosen where one must go.
Every so often, and whenever the tiers, the uses or the words want work, the record goes the long way (``writing``),
which does what has gathered; so the work of a call stays bounded and that of all is shared.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from mempress.neuroca.ledger import Entry
from mempress.neuroca.store import Row
from mempress.neuroca.tiers import stm_quota
from mempress.neuroca.writing import SAVE_EVERY, STM, consistent

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mempress.neuroca.core import Core
    from mempress.neuroca.draft import Draft
    from mempress.neuroca.eviction import Eviction
    from mempress.neuroca.index import Vectors


def write_one(core: Core, eviction: Eviction, draft: Draft, vectors: Vectors | None) -> bool:
    """Store one record, or give False where it must go the long way; then nothing was changed.

    Raises:
        StorageError: the disk is full or failed; nothing was stored.
    """
    if not _open(core, draft):
        return False
    full = core.budget.records is not None and core.ledger.live >= core.budget.records
    slot = eviction.pop() if full else core.ledger.take(1)[0]
    if slot is None:
        return False
    try:
        _commit(core, draft, slot, None if vectors is None else vectors[0].astype(np.float16))
    except BaseException:
        if not core.stale and not full:
            core.ledger.give_back([slot])
        raise
    core.unsaved += 1
    core.unmaintained += 1
    if full:
        core.testimony.note(removed=1)
    return True


def _open(core: Core, draft: Draft) -> bool:
    """Say whether the short way will do; any id that may be held takes the long way."""
    settings, budget = core.settings, core.budget
    return (
        core.unsaved < SAVE_EVERY - 1
        and not core.touches
        and core.words.mode != "all"
        and settings.overflow == "evict"
        and budget.max_pages is None
        and core.ledger.by_tier[STM] < stm_quota(core)
        and not core.ids.candidates(draft.id)
    )


def _commit(core: Core, draft: Draft, slot: int, half: NDArray[np.float16] | None) -> None:
    ledger = core.ledger
    row = Row(slot, draft.id, draft.text, draft.metadata, None if half is None else half.tobytes())
    entry = _entry(core, draft, slot)
    names = core.words.terms(draft.text) if core.words.mode == "names" else []
    core.store.put_one(row, entry)
    with consistent(core):
        if ledger.tier[slot]:
            core.index.remove([slot])
            core.ids.drop([slot])
        if half is not None:
            core.index.add([slot], half.astype(np.float32)[None])
        ledger.put_one(entry)
        ledger.arrivals += 1
        core.ids.put([slot], [draft.id])
        core.words.settle_one(slot, names)


def _entry(core: Core, draft: Draft, slot: int) -> Entry:
    now, ledger = core.now(), core.ledger
    return Entry(
        slot=slot,
        importance=draft.importance,
        pinned=draft.pinned,
        size=draft.size + 2 * core.settings.dimension,
        arrived=ledger.arrivals,
        exposed=ledger.access_clock,
        stored_at=now,
        occurred_at=draft.occurred_at,
        tier=STM,
        hits=0.0,
        redundancy=0.0,
        used_at=now,
    )
