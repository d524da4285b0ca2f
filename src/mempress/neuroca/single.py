"""The short way of one record: one statement that commits itself; index and names learn of it later, see ``backlog``.

It is open to most single stores: a held id or a new one, and a victim already chosen where one must go.
Every so often, and whenever the tiers, the uses or the words want work, the record goes the long way (``writing``),
which does what has gathered; so the work of a call stays bounded and that of all is shared.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mempress.neuroca.ledger import Entry
from mempress.neuroca.store import Row
from mempress.neuroca.tiers import stm_quota
from mempress.neuroca.vectors import halves_of
from mempress.neuroca.writing import SAVE_EVERY, STM

if TYPE_CHECKING:
    from mempress.neuroca.core import Core
    from mempress.neuroca.draft import Draft
    from mempress.neuroca.eviction import Eviction
    from mempress.neuroca.index import Vectors


def write_one(core: Core, eviction: Eviction, draft: Draft, vectors: Vectors | None) -> bool:
    """Store one record, or give False where it must go the long way; then nothing was changed.

    Raises:
        StorageError: the disk is full or failed; nothing was stored.
    """
    if not _open(core):
        return False
    maybe = core.ids.candidates(draft.id)
    held = next((slot for slot in maybe if core.store.id_at(slot) == draft.id), None) if maybe else None
    full = held is None and core.budget.records is not None and core.ledger.live >= core.budget.records
    fresh = held is None and not full
    slot = held if held is not None else eviction.pop() if full else core.ledger.take(1)[0]
    if slot is None:
        return False
    try:
        hits = 0.0 if held is None else core.ledger.hits_of(slot)
        _commit(core, draft, _entry(core, draft, slot, hits), None if vectors is None else halves_of(vectors).tobytes())
    except BaseException:
        if not core.stale and fresh:
            core.ledger.give_back([slot])
        raise
    core.unsaved += 1
    core.unmaintained += 1
    if full:
        core.testimony.note(removed=1)
    return True


def _open(core: Core) -> bool:
    """Say whether the short way will do."""
    settings, budget = core.settings, core.budget
    return (
        core.unsaved < SAVE_EVERY - 1
        and not core.touches
        and core.words.mode != "all"
        and settings.overflow == "evict"
        and budget.max_pages is None
        and core.ledger.by_tier[STM] < stm_quota(core)
    )


def _commit(core: Core, draft: Draft, entry: Entry, vector: bytes | None) -> None:
    ledger, slot = core.ledger, entry.slot
    core.store.put_one(Row(slot, draft.id, draft.text, draft.metadata, vector), entry)
    core.stale = True  # until all have followed, as in ``consistent``
    if ledger.holds(slot):
        core.ids.drop((slot,))
        core.facts.drop((slot,))
    ledger.put_one(entry)
    ledger.arrivals += 1
    core.ids.put((slot,), (draft.id,))
    core.facts.put((slot,), (draft.metadata,))
    core.backlog.put(slot, draft.text, vector)
    core.stale = False


def _entry(core: Core, draft: Draft, slot: int, hits: float) -> Entry:
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
        hits=hits,
        redundancy=0.0,
        used_at=now,
    )
