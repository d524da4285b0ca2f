"""Who goes: the records of the lowest worth, found a few hundred at a time.

Up to 131,072 candidates are all scored; of more, an evenly spaced sample is, and its lowest go: the k lowest of such a
sample lie within the lowest few thousandths of all. Pinned records never go; STM's only when nothing else is left.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from mempress.neuroca.blocks import whole_blocks
from mempress.neuroca.errors import CapacityError
from mempress.neuroca.policies.view import view
from mempress.neuroca.record import Tier

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from collections.abc import Set as AbstractSet

    from mempress.neuroca.breaker import Breaker
    from mempress.neuroca.core import Core
    from mempress.neuroca.ledger import Slots

SAMPLE = 131_072
_QUEUE = 2_048
_QUEUE_SHARE = 32


class Eviction:
    """A queue of victims, refilled by worth. One that was used or replaced since is passed over."""

    def __init__(self, core: Core, breaker: Breaker) -> None:
        self._core = core
        self._breaker = breaker
        self._queue: Iterator[tuple[int, int, float]] = iter(())
        self._turn = 0

    def choose(self, records: int, size: int, spare: Sequence[int] = ()) -> list[int]:
        """Choose victims: at least ``records``, holding at least ``size`` bytes together; none out of ``spare``.

        Raises:
            CapacityError: there are not enough (says how many are pinned), or the policy failed.
        """
        chosen: list[int] = []
        barred, freed, size_of = set(spare), 0, self._core.ledger.size_of
        while len(chosen) < records or freed < size:
            slot = self._pop(barred)
            if slot is None:
                barred.update(chosen)
                self._refill(barred, max(records - len(chosen), 1))
                slot = self._pop(barred)
            if slot is None:
                raise CapacityError(self._why_not(records))
            chosen.append(slot)
            freed += size_of(slot)
        return chosen

    def pop(self) -> int | None:
        """Choose one victim from the queue; None: it must be refilled first, by ``choose``."""
        return self._pop(frozenset())

    def _pop(self, barred: AbstractSet[int]) -> int | None:
        """Take the least worth from the queue, passing over those that were used or replaced since they were scored."""
        unchanged = self._core.ledger.unchanged
        for slot, arrived, hits in self._queue:
            if slot not in barred and unchanged(slot, arrived, hits):
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
        self._queue = iter(())

    def _refill(self, barred: Iterable[int], wanted: int) -> None:
        candidates = self._candidates(barred)
        count = len(candidates)
        if not count:
            return
        core, ledger = self._core, self._core.ledger
        whole = whole_blocks(candidates)
        columns = view(ledger, whole, core.now(), core.budget.cost(ledger, whole))
        try:
            scores = core.worth.score(columns)[:count]
        except Exception as error:
            self._breaker.failed(error)
            raise CapacityError(
                f"The budget is full and the policy {core.worth.name!r} failed ({type(error).__name__}: {error}): "
                "mend it, or set another worth."
            ) from error
        most = min(count, max(wanted, min(_QUEUE, count // _QUEUE_SHARE)))
        lowest = np.argpartition(scores, most - 1)[:most]
        slots = candidates[lowest[np.lexsort((ledger.arrived[candidates[lowest]], scores[lowest]))]]
        scored = (slots.tolist(), ledger.arrived[slots].tolist(), ledger.hits[slots].tolist())
        self._queue = zip(*scored, strict=True)

    def _candidates(self, barred: Iterable[int]) -> Slots:
        ledger = self._core.ledger
        stride = max(1, ledger.top // SAMPLE)
        self._turn = (self._turn + 1) % stride
        tier, free = ledger.tier[: ledger.top], ~ledger.pinned[: ledger.top]
        cells = free.data
        for slot in barred:
            cells[slot] = False
        part = slice(self._turn, None, stride)
        found = np.flatnonzero((tier[part] > Tier.STM) & free[part]) * stride + self._turn
        return found if len(found) else np.flatnonzero((tier != Tier.FREE) & free)

    def _why_not(self, records: int) -> str:
        ledger = self._core.ledger
        return (
            f"The budget is full and {ledger.pinned_count} of {ledger.live} records are pinned: no room for "
            f"{records} more can be made. Unpin or delete some, or raise the capacity."
        )
