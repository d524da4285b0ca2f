"""What the harness's own look-ups found: held against acknowledged, readable after a store, gone after a deletion."""

from __future__ import annotations

from statistics import median
from typing import TYPE_CHECKING

from mempress.analysis.answers import unpack
from mempress.analysis.shares import share_of
from mempress.health import expected_held
from mempress.model import Deletion, LookedForDeleted, Readability, Reconciliation

if TYPE_CHECKING:
    from mempress.analysis.answers import Held, Known
    from mempress.analysis.trail import Judged, Trail
    from mempress.journal import LookedFor
    from mempress.model import Share

_NS_PER_MS = 1e6
_NS_PER_SECOND = 1e9


def reconciliation(trail: Trail, judged: Judged, held: Held, known: Known) -> Reconciliation:
    """Give what was acknowledged, should be held, is held and is found, at the end of the load."""
    final, total = trail.final(), len(held.acknowledged)
    least, most = expected_held(final, judged.terms) if final is not None else (total, total)
    low, high = _bounds(known, total)
    retrievable, retrievable_of = _retrievable(trail, known, total)
    return Reconciliation(
        acknowledged=total,
        refused=len(held.importance) - total,
        held=known.records,
        held_by=known.by,
        held_low=low,
        held_high=high,
        said_removed=final.removed if final is not None else 0,
        expected_low=max(0, least),
        expected_high=max(0, most),
        reconciled=None if low is None or high is None else low <= most and high >= least,
        retrievable=retrievable,
        retrievable_of=retrievable_of,
        altered_texts=held.altered,
    )


def _bounds(known: Known, total: int) -> tuple[int | None, int | None]:
    """Give the interval of what is held; an exact number is its own."""
    if known.share is None:
        return known.records, known.records
    return round(known.share.low * total), round(known.share.high * total)


def _retrievable(trail: Trail, known: Known, total: int) -> tuple[Share | None, str | None]:
    """Give the share found of what is held, else of what was acknowledged, and which of the two."""
    if trail.retrieved:
        event = trail.retrieved[0]
        population = known.records if event.known_held and known.records is not None else total
        found = sum(unpack(event.found, len(event.asked)))
        return share_of(found, len(event.asked), population), "held" if event.known_held else "acknowledged"
    return known.share, None if known.share is None else "acknowledged"


def readability(trail: Trail) -> Readability | None:
    """Give how soon after a store its records could be read; None where that was never asked."""
    asked = [event for event in trail.read_back if event.phase == "load" and event.error is None]
    if not asked:
        return None
    times_ms = [event.after_ns / _NS_PER_MS for event in asked if event.after_ns is not None]
    return Readability(
        method=asked[0].method,
        n=len(asked),
        at_first_look=sum(event.after_ns is not None and event.polls == 1 for event in asked),
        median_ms=median(times_ms) if times_ms else None,
        max_ms=max(times_ms, default=None),
        missed=len(asked) - len(times_ms),
        within_s=asked[0].within_ns / _NS_PER_SECOND,
    )


def deletion(trail: Trail) -> Deletion | None:
    """Give what became of the records that the harness deleted; None where it deleted none."""
    if not trail.deleted:
        return None
    event = trail.deleted[0]
    return Deletion(
        deleted=len(event.ordinals),
        said=event.said,
        latency_ms=event.latency_ns / _NS_PER_MS,
        error=event.error,
        looks=[_look(look) for look in trail.looked_for],
    )


def _look(event: LookedFor) -> LookedForDeleted:
    return LookedForDeleted(
        moment=event.moment,
        got=None if event.got is None else len(event.got),
        found=len(event.found),
        searched=len(event.searched),
        came_back=len({*(event.got or ()), *event.found}),
    )
