"""The probes of a whole load as a trace of stores and uses, and what other ways of keeping would have served."""

from __future__ import annotations

from bisect import bisect_left
from statistics import fmean
from typing import TYPE_CHECKING

from mempress.analysis.oracle import Operation, fifo_served, most_served, random_served
from mempress.model import OverLoad
from mempress.samples import recall

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from mempress.analysis.trail import Trail
    from mempress.journal import Asked
    from mempress.samples import Sample


def over_load(trail: Trail, retained: int | None) -> OverLoad | None:
    """Compare the answers to the probes after each batch that one record answers with other ways of keeping.

    The capacity is the most records that the system held at a checkpoint, or else at the end. None where that is
    unknown, or no probe has an answer.
    """
    batches = trail.batches()
    asked = [one for sample in batches for one in _judged(sample)]
    capacity = max((sample.held for sample in batches if sample.held is not None), default=retained)
    if not asked or capacity is None:
        return None
    trace = list(_trace(trail, batches, _items(asked)))
    n = len(asked)
    return OverLoad(
        n=n,
        capacity=capacity,
        answered=fmean(map(recall, asked)),
        oracle=most_served(trace, capacity) / n,
        fifo=fifo_served(trace, capacity) / n,
        random=random_served(trace, capacity) / n,
    )


def _judged(sample: Sample) -> Iterator[Asked]:
    return (asked for asked in sample.searches if asked.need == 1)


def _items(asked: Iterable[Asked]) -> dict[int, int]:
    """Give the item of each record that answers: all records that answer one probe are one item, for one is enough."""
    item_of: dict[int, int] = {}

    def root(ordinal: int) -> int:
        while (above := item_of.setdefault(ordinal, ordinal)) != ordinal:
            item_of[ordinal] = item_of[above]
            ordinal = above
        return ordinal

    for one in asked:
        first = root(one.answers[0])
        for ordinal in one.answers[1:]:
            item_of[root(ordinal)] = first
    return {ordinal: root(ordinal) for ordinal in item_of}


def _trace(trail: Trail, batches: Sequence[Sample], item_of: dict[int, int]) -> Iterator[Operation]:
    """Give the stores of items that are used, the number of others, and the uses where each checkpoint fell."""
    stored = [event for event in trail.stored if event.phase == "load" and event.error is None]
    named = sorted(item_of)
    at = others = 0
    for sample in batches:
        while at < len(stored) and stored[at].t_ns <= sample.t_ns:
            first = stored[at].first
            end = first + len(stored[at].importance)
            for ordinal in named[bisect_left(named, first) : bisect_left(named, end)]:
                yield Operation(item_of[ordinal], use=False, others=others + ordinal - first)
                first, others = ordinal + 1, 0
            others += end - first
            at += 1
        for asked in _judged(sample):
            yield Operation(item_of[asked.answers[0]], use=True, others=others)
            others = 0
