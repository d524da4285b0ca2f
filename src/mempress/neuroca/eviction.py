"""Who goes: the records of the lowest worth, found a few hundred at a time.

Up to 131,072 candidates are all scored; of more, an evenly spaced sample is, and its lowest go: the k lowest of such a
sample lie within the lowest few thousandths of all. Pinned records never go; STM's only when nothing else is left.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from mempress.neuroca.errors import CapacityError
from mempress.neuroca.policies.view import view
from mempress.neuroca.record import Tier

if TYPE_CHECKING:
    from mempress.neuroca.breaker import Breaker
    from mempress.neuroca.core import Core
    from mempress.neuroca.ledger import Slots

SAMPLE = 131_072
_QUEUE = 2_048
_QUEUE_SHARE = 32
_NOBODY = (np.empty(0, np.int64), np.empty(0, np.int64), np.empty(0, np.float32))
"""An empty queue: slots, and what ``arrived`` and ``hits`` were when they were scored."""


class Eviction:
    """A queue of victims, refilled by worth. One that was used or replaced since is passed over."""

    def __init__(self, core: Core, breaker: Breaker) -> None:
        self._core = core
        self._breaker = breaker
        self._queue = _NOBODY
        self._at = 0
        self._turn = 0

    def choose(self, records: int, size: int, spare: frozenset[int] = frozenset()) -> list[int]:
        """Choose victims: at least ``records``, holding at least ``size`` bytes together; none out of ``spare``.

        Raises:
            CapacityError: there are not enough (says how many are pinned), or the policy failed.
        """
        chosen: list[int] = []
        barred = np.fromiter(spare, "i8", len(spare))
        freed = 0
        while len(chosen) < records or freed < size:
            wanted = max(records - len(chosen), 1)
            some = self._take(wanted, barred)
            if not len(some):
                self._refill(np.concatenate([barred, np.asarray(chosen, np.int64)]), wanted)
                some = self._take(wanted, barred)
            if not len(some):
                raise CapacityError(self._why_not(records))
            chosen.extend(some.tolist())
            freed += int(self._core.ledger.size[some].sum(dtype=np.int64))
        return chosen

    def pop(self) -> int | None:
        """Choose one victim from the queue; None: it must be refilled first, by ``choose``."""
        slots, arrived, hits = self._queue
        ledger = self._core.ledger
        while self._at < len(slots):
            at, slot = self._at, int(slots[self._at])
            self._at += 1
            if ledger.tier[slot] and ledger.arrived[slot] == arrived[at] and ledger.hits[slot] == hits[at]:
                return slot
        return None

    def must_not_rest(self) -> None:
        """Refuse while the breaker is open.

        Raises:
            CapacityError: says what failed last.
        """
        if not self._breaker.allows():
            raise CapacityError(
                f"The budget is full and maintenance rests after {self._breaker.failures_in_row} failures "
                f"({self._breaker.last_error}): it tries again by itself; until then delete records."
            )

    def forget_queue(self) -> None:
        """Score anew at the next choice."""
        self._queue = _NOBODY
        self._at = 0

    def _take(self, wanted: int, barred: Slots) -> Slots:
        """Take at most ``wanted`` from the queue, the least worth first, passing over those that have changed."""
        found: list[Slots] = []
        missing = wanted
        while missing > 0 and self._at < len(self._queue[0]):
            slots, arrived, hits = (column[self._at : self._at + missing] for column in self._queue)
            self._at += len(slots)
            ledger = self._core.ledger
            same = (ledger.tier[slots] != Tier.FREE) & (ledger.arrived[slots] == arrived) & (ledger.hits[slots] == hits)
            fresh = self._without(slots[same], barred)
            missing -= len(fresh)
            found.append(fresh)
        return np.concatenate(found) if found else _NOBODY[0]

    def _refill(self, taken: Slots, wanted: int) -> None:
        candidates = self._candidates(taken)
        if not len(candidates):
            return
        core, ledger = self._core, self._core.ledger
        columns = view(ledger, candidates, core.now(), core.budget.cost(ledger, candidates))
        try:
            scores = core.worth.score(columns)
        except Exception as error:
            self._breaker.failed(error)
            raise CapacityError(
                f"The budget is full and the policy {core.worth.name!r} failed ({type(error).__name__}: {error}): "
                "mend it, or set another worth."
            ) from error
        count = min(len(candidates), max(wanted, min(_QUEUE, len(candidates) // _QUEUE_SHARE)))
        lowest = np.argpartition(scores, count - 1)[:count]
        lowest = lowest[np.lexsort((ledger.arrived[candidates[lowest]], scores[lowest]))]
        slots = candidates[lowest]
        self._queue = (slots, ledger.arrived[slots], ledger.hits[slots])
        self._at = 0

    def _candidates(self, taken: Slots) -> Slots:
        ledger = self._core.ledger
        stride = max(1, ledger.top // SAMPLE)
        self._turn = (self._turn + 1) % stride
        tier, pinned = ledger.tier[self._turn : ledger.top : stride], ledger.pinned[self._turn : ledger.top : stride]
        found = np.flatnonzero((tier > Tier.STM) & ~pinned) * stride + self._turn
        fresh = self._without(found, taken)
        if len(fresh):
            return fresh
        everyone = np.flatnonzero((ledger.tier[: ledger.top] != Tier.FREE) & ~ledger.pinned[: ledger.top])
        return self._without(everyone, taken)

    @staticmethod
    def _without(slots: Slots, taken: Slots) -> Slots:
        return slots[~np.isin(slots, taken)] if len(taken) else slots

    def _why_not(self, records: int) -> str:
        ledger = self._core.ledger
        return (
            f"The budget is full and {ledger.pinned_count} of {ledger.live} records are pinned: no room for "
            f"{records} more can be made. Unpin or delete some, or raise the capacity."
        )
