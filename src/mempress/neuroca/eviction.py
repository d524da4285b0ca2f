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
_QUEUE = 256


class Eviction:
    """A queue of victims, refilled by worth. One that was used or replaced since is passed over."""

    def __init__(self, core: Core, breaker: Breaker) -> None:
        self._core = core
        self._breaker = breaker
        self._queue: list[tuple[int, int, float]] = []
        self._turn = 0

    def choose(self, records: int, size: int, spare: frozenset[int] = frozenset()) -> list[int]:
        """Choose victims: at least ``records``, holding at least ``size`` bytes together; none out of ``spare``.

        Raises:
            CapacityError: there are not enough (says how many are pinned), or the policy failed.
        """
        chosen: list[int] = []
        taken: set[int] = set(spare)
        freed = 0
        while len(chosen) < records or freed < size:
            slot = self._next(taken, max(records - len(chosen), 1))
            if slot is None:
                raise CapacityError(self._why_not(records))
            chosen.append(slot)
            taken.add(slot)
            freed += int(self._core.ledger.size[slot])
        return chosen

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
        self._queue.clear()

    def _next(self, taken: set[int], wanted: int) -> int | None:
        for _ in range(2):
            while self._queue:
                slot, arrived, hits = self._queue.pop()
                if slot not in taken and self._unchanged(slot, arrived, hits):
                    return slot
            self._refill(taken, wanted)
        return None

    def _unchanged(self, slot: int, arrived: int, hits: float) -> bool:
        ledger = self._core.ledger
        return bool(ledger.tier[slot]) and int(ledger.arrived[slot]) == arrived and float(ledger.hits[slot]) == hits

    def _refill(self, taken: set[int], wanted: int) -> None:
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
        count = min(len(candidates), max(wanted, min(_QUEUE, len(candidates) // 16)))
        lowest = np.argpartition(scores, count - 1)[:count]
        lowest = lowest[np.lexsort((-ledger.arrived[candidates[lowest]], -scores[lowest]))]
        slots = candidates[lowest]
        self._queue = list(
            zip(slots.tolist(), ledger.arrived[slots].tolist(), ledger.hits[slots].tolist(), strict=True)
        )

    def _candidates(self, taken: set[int]) -> Slots:
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
    def _without(slots: Slots, taken: set[int]) -> Slots:
        return slots[~np.isin(slots, np.fromiter(taken, "i8", len(taken)))] if taken else slots

    def _why_not(self, records: int) -> str:
        ledger = self._core.ledger
        return (
            f"The budget is full and {ledger.pinned_count} of {ledger.live} records are pinned: no room for "
            f"{records} more can be made. Unpin or delete some, or raise the capacity."
        )
