"""Writing: one chunk of records into the store, the index and the ledger, or into none of them.

The order is always: choose victims and slots, commit to the store, then change what is in memory. A failure before
the commit leaves all as it was; one after it marks the core stale, and it is rebuilt from the store before
its next use.
"""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from mempress.neuroca.errors import CapacityError, StorageError
from mempress.neuroca.record import Tier
from mempress.neuroca.store import Wide
from mempress.neuroca.vectors import floats_of, halves_of, rows_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from mempress.neuroca.core import Core
    from mempress.neuroca.draft import Batch
    from mempress.neuroca.eviction import Eviction
    from mempress.neuroca.index import Vectors
    from mempress.neuroca.ledger import Slots

ACCESS_CLOCK = "access_clock"
STM = int(Tier.STM)
SAVE_EVERY = 256
"""Records stored between two rounds that save lines."""
_ROUND = 16_000
_LINES_PER_RECORD = 4
_MOST_TRIES = 12


def write(core: Core, eviction: Eviction, batch: Batch, vectors: Vectors | None) -> None:
    """Store one chunk: all of it or none.

    Raises:
        CapacityError: the budget is full and nothing may go.
        StorageError: the disk is full or failed.
    """
    for _ in range(_MOST_TRIES):
        try:
            _write(core, eviction, batch, vectors)
        except StorageError:
            if not _at_own_limit(core):
                raise
            core.budget.shrink()
            make_room(core, eviction, 0, 0)
        else:
            return
    raise StorageError(
        "The file is at its capacity_bytes and evicting made no room for these records: raise capacity_bytes."
    )


def make_room(core: Core, eviction: Eviction, records: int, size: int) -> int:
    """Evict until ``records`` more of ``size`` bytes fit, in transactions of a chunk each; give how many went."""
    removed = 0
    over = core.budget.excess(core.ledger, records, size)
    while any(over):
        chunk = core.budget.chunk_records(core.ledger.pinned_count)
        if over[0]:
            victims = eviction.choose(min(over[0], chunk), 0)
        else:
            victims = eviction.choose(1, min(over[1], core.ledger.bytes * chunk // max(core.ledger.live, 1)))
        remove(core, victims)
        removed += len(victims)
        over = core.budget.excess(core.ledger, records, size)
    core.testimony.note(removed=removed)
    return removed


def remove(core: Core, slots: Sequence[int]) -> None:
    """Remove live records, in one transaction."""
    if not slots:
        return
    changes: dict[int, str | None] = dict.fromkeys(slots)
    with core.store.transaction():
        core.store.drop(slots)
        written = core.words.write(changes, core.ledger.arrivals)
    with consistent(core):
        core.index.remove(slots)
        core.ids.drop(slots)
        core.facts.drop(slots)
        core.ledger.drop(slots)
        core.ledger.give_back(slots)
        core.words.settle(changes, written=written)


def save_changes(core: Core, *, everything: bool = False) -> int:
    """Write what changed in the ledger and what waits to be indexed; give how many ledger lines."""
    dirty = np.flatnonzero(core.ledger.dirty[: core.ledger.top])
    with core.store.transaction():
        _save(core, dirty)
        written = core.words.write({}, core.ledger.arrivals, force=everything and core.words.waiting > 0)
    core.ledger.dirty[dirty] = False
    core.words.settle({}, written=written)
    return len(dirty)


def save_words(core: Core) -> None:
    """Index the words that wait."""
    with core.store.transaction():
        written = core.words.write({}, core.ledger.arrivals, force=True)
    core.words.settle({}, written=written)


def slots_of(core: Core, ids: Sequence[str]) -> dict[str, int]:
    """Give the slots of those ids that are held."""
    maybe = core.ids.held(ids)
    if not maybe:
        return {}
    held = core.store.ids(sorted({slot for slots in maybe.values() for slot in slots}))
    return {record_id: slot for record_id, slots in maybe.items() for slot in slots if held.get(slot) == record_id}


def settle(core: Core) -> None:
    """Let the index and the names learn of the records that were stored one by one."""
    if len(core.backlog):
        with consistent(core):
            core.backlog.hand_over(core.index, core.words)


@contextmanager
def consistent(core: Core) -> Iterator[None]:
    """Mark the core stale if the block does not end: the store is ahead of what is in memory."""
    core.stale = True
    yield
    core.stale = False


@dataclass(frozen=True, slots=True)
class _Plan:
    """Where a chunk goes: a slot for each record, and the slots that lose theirs.

    ``replaced`` held the same id; ``reused`` held a victim and take a new record; ``emptied`` held a victim.
    """

    slots: list[int]
    replaced: list[int]
    reused: list[int]
    emptied: list[int]
    taken: list[int]


def _write(core: Core, eviction: Eviction, batch: Batch, vectors: Vectors | None) -> None:
    plan = _plan(core, eviction, batch)
    try:
        _commit(core, batch, vectors, plan)
    except BaseException:
        if not core.stale:
            core.ledger.give_back(plan.taken)
        raise
    core.testimony.note(removed=len(plan.reused) + len(plan.emptied))


def _plan(core: Core, eviction: Eviction, batch: Batch) -> _Plan:
    known = slots_of(core, batch.ids)
    replaced = list(known.values())
    victims = _victims(core, eviction, batch, replaced)
    fresh = len(batch) - len(replaced)
    reused = victims[:fresh]
    taken = core.ledger.take(fresh - len(reused))
    places = iter([*reused, *taken])
    slots = [known[one] if one in known else next(places) for one in batch.ids] if known else list(places)
    return _Plan(slots, replaced, reused, victims[fresh:], taken)


def _victims(core: Core, eviction: Eviction, batch: Batch, replaced: Sequence[int]) -> list[int]:
    size = sum(batch.sizes) + len(batch) * 2 * core.settings.dimension
    given_back = sum(core.ledger.size_of(slot) for slot in replaced)
    records, excess = core.budget.excess(core.ledger, len(batch) - len(replaced), size - given_back)
    if not records and not excess:
        return []
    if core.settings.overflow == "reject":
        raise CapacityError(
            f"The budget is full ({core.ledger.live} records) and overflow is 'reject': delete some records, "
            "raise the capacity, or use overflow 'evict'."
        )
    eviction.must_not_rest()
    return eviction.choose(records, excess, replaced)


def _commit(core: Core, batch: Batch, vectors: Vectors | None, plan: _Plan) -> None:
    ledger = core.ledger
    halves = None if vectors is None else halves_of(vectors)
    wide = Wide(plan.slots, batch.ids, batch.texts, batch.metadata, rows_of(halves, len(batch)))
    fixed = _fixed(core, batch)
    hits = {slot: ledger.hits_of(slot) for slot in plan.replaced}
    changes = dict.fromkeys(plan.emptied) | core.words.changes(plan.slots, batch.texts)
    dirty = _due(core, len(batch))
    arrivals = ledger.arrivals + len(batch)
    with core.store.transaction():
        core.store.drop(plan.emptied)
        _save(core, dirty)
        core.store.put(wide, fixed)
        written = core.words.write(changes, arrivals)
    with consistent(core):
        ledger.dirty[dirty] = False
        _make_way(core, plan)
        if halves is not None:
            core.index.add(plan.slots, floats_of(halves))
        ledger.put(plan.slots, fixed)
        ledger.set_hits(hits)
        ledger.arrivals = arrivals
        core.ids.put(plan.slots, batch.ids)
        core.facts.put(plan.slots, batch.metadata)
        core.words.note(plan.slots, batch.texts)
        core.words.settle(changes, written=written)


def _make_way(core: Core, plan: _Plan) -> None:
    """Let what is in memory forget those that were replaced or evicted."""
    gone = [*plan.replaced, *plan.reused, *plan.emptied]
    core.index.remove(gone)
    core.ids.drop(gone)
    core.facts.drop(gone)
    core.ledger.drop(gone)
    core.ledger.give_back(plan.emptied)


def _fixed(core: Core, batch: Batch) -> list[Sequence[Any]]:
    """Give the columns of new records in the order of ``ledger.FIXED``."""
    count, vector_bytes = len(batch), 2 * core.settings.dimension
    first = core.ledger.arrivals
    return [
        batch.importance,
        batch.pinned,
        [size + vector_bytes for size in batch.sizes],
        range(first, first + count),
        [core.ledger.access_clock] * count,
        [core.now()] * count,
        batch.occurred_at,
    ]


def _due(core: Core, incoming: int) -> Slots:
    """Give the slots whose lines this write saves: a sixteenth of all for each 1,000 records, in order.

    Neighbours share pages, so a round writes a fraction of the pages that saving each change at once would. Where more
    than four lines for each record stored have changed, the round takes longer, not the call.
    """
    core.unsaved += incoming
    if core.unsaved < SAVE_EVERY:
        return np.empty(0, np.int64)
    low, most = core.hand if core.hand < core.ledger.top else 0, _LINES_PER_RECORD * core.unsaved
    core.hand = low + max(1_024, core.ledger.top * core.unsaved // _ROUND)
    core.unsaved = 0
    due = np.flatnonzero(core.ledger.dirty[low : min(core.hand, core.ledger.top)]) + low
    if len(due) > most:
        core.hand = int(due[most])
    return due[:most]


def _save(core: Core, dirty: Slots) -> None:
    """Write changed lines, and the access clock that they belong to."""
    if len(dirty):
        core.store.save(dirty.tolist(), core.ledger.lines(dirty))
        core.store.write_meta(**{ACCESS_CLOCK: core.ledger.access_clock})


def _at_own_limit(core: Core) -> bool:
    most = core.budget.max_pages
    return most is not None and core.store.pages()[0] >= most - 64 and core.settings.overflow == "evict"
