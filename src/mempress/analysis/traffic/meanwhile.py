"""Searches while something else went on: a requested maintenance, or a call that stalled."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from mempress.analysis.traffic.quantiles import quantiles
from mempress.model.traffic import Meanwhile

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from typing import Literal

    from mempress.analysis.traffic.operations import Flags, Operations, Times
    from mempress.journal import TrafficSegment

STALL_NS = 100_000_000
STALL_MULTIPLE = 20
Spells = list[tuple[int, int]]


def meanwhile(operations: Operations, segments: Sequence[TrafficSegment], measured: Times) -> list[Meanwhile]:
    """Give the searches within requested maintenance and within stalls, each where there was any.

    ``measured`` is the time of each operation that counts, response or service.
    """
    maintained = [segment.maintained for segment in segments if segment.maintained is not None]
    found = (
        _apart("maintenance", maintained, operations, measured),
        _apart("stall", stalls(operations), operations, measured),
    )
    return [spells for spells in found if spells is not None]


def stalls(operations: Operations) -> Spells:
    """Give when a call took over 100 ms and over 20 times the median of its kind, one after the other."""
    long = np.zeros(operations.kind.size, dtype=np.bool_)
    for kind in np.unique(operations.kind):
        of_kind = operations.kind == kind
        long |= of_kind & (operations.service > STALL_MULTIPLE * np.median(operations.service[of_kind]))
    long &= operations.service > STALL_NS
    return list(_joined(sorted(zip(operations.started[long].tolist(), operations.ended[long].tolist(), strict=True))))


def _joined(spells: Spells) -> Iterator[tuple[int, int]]:
    """Make one of spells that overlap."""
    held: tuple[int, int] | None = None
    for spell in spells:
        if held is not None and spell[0] <= held[1]:
            held = (held[0], max(held[1], spell[1]))
            continue
        if held is not None:
            yield held
        held = spell
    if held is not None:
        yield held


def _apart(
    what: Literal["maintenance", "stall"], spells: Spells, operations: Operations, measured: Times
) -> Meanwhile | None:
    if not spells:
        return None
    searches = operations.are("q") & ~operations.failed
    within = _within(spells, operations)
    lengths = [(end - start) / 1e9 for start, end in spells]
    return Meanwhile(
        what=what,
        spells=len(spells),
        total_s=sum(lengths),
        longest_s=max(lengths),
        within=quantiles(measured[searches & within]),
        otherwise=quantiles(measured[searches & ~within]),
    )


def _within(spells: Spells, operations: Operations) -> Flags:
    """Tell which operations were due or under way during a spell."""
    starts, ends = (np.array(bounds) for bounds in zip(*sorted(spells), strict=True))
    following = np.searchsorted(np.maximum.accumulate(ends), operations.due, side="left")
    found: Flags = (following < starts.size) & (starts[np.minimum(following, starts.size - 1)] <= operations.ended)
    return found
