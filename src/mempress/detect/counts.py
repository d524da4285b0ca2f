"""Removals seen in exact counts: records held, and sampled ids that are gone.

Counts carry no noise, so a removal is what the past does not explain: a system that drops every tenth record does so
at each sample and shows no event; one at its capacity loses in each batch as many as it stores and shows one event,
where that begins; one that evicts half shows an event there and nowhere else.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from math import inf, sqrt
from typing import TYPE_CHECKING

from mempress.detect.tails import beta_binomial_tail

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mempress.detect.series import TracePoint

_Sampled = tuple[int, int, int, int]
"""A sample's place, records, and of its sampled ids: gone, asked."""

LEAST_SHARE_REMOVED = 0.02
"""Of the records held before: a smaller loss than this beyond the expected one is no event."""
LEAST_SHARE_GONE = 0.05
"""Of the sampled ids: a smaller jump than this is no event."""
_LEAST_IN_RUN = 0.05
_DEVIATIONS = 6.0
_MEMORY = 5
_REACHES = (1, 3)
"""How many samples back the share of sampled ids gone is held against; each is a look."""


@dataclass(frozen=True, slots=True)
class Removal:
    """A removal first seen at ``index``: what was held (or the share there) before and after, and the loss in excess.

    ``p`` is None for exact counts: what was lost in excess is no matter of chance.
    """

    index: int
    before: float
    after: float
    statistic: float
    p: float | None


@dataclass(frozen=True, slots=True)
class _Interval:
    """From one sample with a known count to the next: records stored and lost between them, records held before."""

    index: int
    stored: int
    lost: int
    held: int

    @property
    def after(self) -> int:
        """The records held at the end."""
        return self.held + self.stored - self.lost


def removals_held(points: Sequence[TracePoint]) -> list[Removal]:
    """Find removals in ``retained``.

    A sample is marked if more was lost since the one before than the largest share of what was stored that one of
    the last five unmarked samples lost, by more than six binomial deviations, by 2% of what was held, and by more
    than the count's own jitter (records that come back unstored show how exact it is). Marked samples in a row are
    one event, at the first of them, unless one loses another 5% of what was held more than any before it in the row.
    A store that has once been seen at its capacity is no event when, back there, it again loses what it stores.
    """
    intervals = _intervals(points)
    jitter = _jitter(intervals)
    found: list[Removal] = []
    usual: list[float] = [_first_share(points)]
    row: list[float] = []
    capacity = inf
    for interval in intervals:
        share = interval.lost / interval.stored if interval.stored else 0.0
        excess = interval.lost - max(usual[-_MEMORY:]) * interval.stored
        if excess <= _tolerance(interval, max(usual[-_MEMORY:]), jitter):
            usual, row = [*usual, max(share, 0.0)], []
            continue
        known = bool(row) or interval.held + interval.stored > capacity
        beyond = interval.lost - max([1.0, *row]) * interval.stored if known else excess
        if not known or beyond > max(_LEAST_IN_RUN * interval.held, jitter):
            found.append(Removal(interval.index, interval.held, interval.after, excess, None))
        if interval.lost <= interval.stored:
            capacity = min(capacity, interval.after)
        row = [*row, share]
    return found


def _intervals(points: Sequence[TracePoint]) -> list[_Interval]:
    known = [(index, point.records, point.retained) for index, point in enumerate(points) if point.retained is not None]
    return [
        _Interval(index, records - records_before, (records - records_before) - (held - held_before), held_before)
        for (_, records_before, held_before), (index, records, held) in pairwise(known)
    ]


def _first_share(points: Sequence[TracePoint]) -> float:
    """Give the share lost of all that was stored up to the first known count."""
    first = next((point for point in points if point.retained is not None and point.records), None)
    return 0.0 if first is None or first.retained is None else max(0.0, 1.0 - first.retained / first.records)


def _jitter(intervals: Sequence[_Interval]) -> float:
    """Give six times the size of the count's own noise: the root mean square of records that came back unstored."""
    back = [-interval.lost for interval in intervals if interval.lost < 0]
    return _DEVIATIONS * sqrt(sum(x * x for x in back) / len(back)) if len(back) > 2 else 0.0


def _tolerance(interval: _Interval, share: float, jitter: float) -> float:
    chance = _DEVIATIONS * sqrt(max(0.0, interval.stored * share * (1.0 - min(share, 1.0))))
    return max(1.0, chance, LEAST_SHARE_REMOVED * interval.held, jitter)


def removals_sampled(points: Sequence[TracePoint], alpha: float) -> list[Removal]:
    """Find jumps in the share of sampled ids that are gone, each significant at ``alpha`` over all samples.

    The share at a sample is held against the last ones before it (Beta(1/2, 1/2) prior). It may rise without an
    event as far as it would if every record stored since had pushed out another one.
    """
    known = [
        (index, point.records, *point.sampled_gone)
        for index, point in enumerate(points)
        if point.sampled_gone is not None and point.sampled_gone[1] > 0
    ]
    found: list[Removal] = []
    start = 0
    for at in range(1, len(known)):
        pasts = [known[max(start, at - reach) : at] for reach in _REACHES]
        tried = [_sampled_removal(past, known[at]) for past in pasts]
        removals = [(removal.p, removal) for removal in tried if removal is not None and removal.p is not None]
        if removals:
            p, removal = min(removals, key=lambda one: one[0])
            if p * len(_REACHES) * (len(known) - 1) < alpha:
                found.append(removal)
                start = at
    return found


def _sampled_removal(past: Sequence[_Sampled], now: _Sampled) -> Removal | None:
    index, records, gone, asked = now
    pooled = sum(one[3] for one in past)
    explained = sum(_expected_gone(one, records) for one in past)
    excess = gone / asked - explained / pooled
    if excess < LEAST_SHARE_GONE:
        return None
    p = beta_binomial_tail(gone, asked, explained + 0.5, pooled - explained + 0.5)
    return Removal(index, past[-1][2] / past[-1][3], gone / asked, excess, p)


def _expected_gone(sample: _Sampled, records: int) -> float:
    """Give how many of a sample's ids would be gone by now if every record stored since had pushed out another one."""
    _, records_then, gone, asked = sample
    return gone + (asked - gone) * (records - records_then) / max(records, 1)
