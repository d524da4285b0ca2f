"""Maintenance: a bounded step with every write, and a full or an emergency pass when asked.

The step counts accesses, moves records between tiers and, above the soft limit, looks for redundant ones. It runs
behind a breaker: a failing rule never fails a write that has room, but is counted, retried and seen in health.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from mempress.neuroca import tiers
from mempress.neuroca.consolidation import affordable, consolidate, supersede
from mempress.neuroca.record import Tier
from mempress.neuroca.writing import remove, save_changes

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mempress.neuroca.breaker import Breaker
    from mempress.neuroca.core import Core
    from mempress.neuroca.eviction import Eviction

_CHECKS_PER_PASS = 2_000
_CHECKS_AT_ONCE = 32
"""Always as many where there are as many, so that the index asks the allocator for blocks of one size."""
_CHECKS_PER_STEP = 128
_PAGES_PER_PASS = 65_536


@dataclass(frozen=True, slots=True)
class Report:
    """What a requested pass did: counts of records, and the bytes by which file and log shrank."""

    emergency: bool
    removed: int
    promoted: int
    consolidated: int
    saved: int
    records: int
    disk_bytes_before: int
    disk_bytes_after: int


class Maintenance:
    """The rules at work on one core."""

    def __init__(self, core: Core, eviction: Eviction, breaker: Breaker) -> None:
        self._core = core
        self._eviction = eviction
        self.breaker = breaker
        self._credit = 0
        self._hand = 0

    def step(self, incoming: int) -> bool:
        """Do the work that ``incoming`` new records bring; say whether it ran and ended well."""
        if not self.breaker.allows():
            return False
        try:
            self._step(incoming)
        except Exception as error:  # noqa: BLE001 - the boundary: a failing rule becomes a count, a state and an event
            self.failed(error)
            return False
        return True

    def failed(self, error: BaseException) -> None:
        """Count a failure of a rule."""
        self.breaker.failed(error)
        self._core.testimony.note(failed=1)
        self._core.testimony.explain(self.breaker.last_error)

    def lag(self) -> float:
        """Give the share of a step's work that waits: accesses not counted, records over a tier's share."""
        core, ledger = self._core, self._core.ledger
        capacity = max(core.budget.tier_capacity(ledger), 16)
        over = sum(
            max(0.0, ledger.by_tier[tier] / capacity - share - 1 / 8)
            for tier, share in ((Tier.STM, core.settings.stm_share), (Tier.LTM, core.settings.ltm_share))
            if ledger.live >= capacity
        )
        return min(1.0, len(core.touches) / 4_096 + over)

    def full_pass(self) -> Report:
        """Do all that waits: accesses, tiers, a round of consolidation, saving, log into file, free pages back."""
        core = self._core
        before = core.store.disk_bytes()
        promoted = self._promote_all()
        consolidated = self._consolidate_round(_CHECKS_PER_PASS)
        while core.facts.waiting:
            consolidated += supersede(core)
        return self._finish(before, emergency=False, removed=0, promoted=promoted, consolidated=consolidated)

    def emergency_pass(self, release: float) -> Report:
        """Remove the least worth ``release`` share of the records (pinned ones stay), and give their pages back."""
        core = self._core
        before = core.store.disk_bytes()
        tiers.count_accesses(core)
        wanted = min(int(np.ceil(core.ledger.live * release)), core.ledger.live - core.ledger.pinned_count)
        removed = 0
        while removed < wanted:
            victims = self._eviction.choose(
                min(wanted - removed, core.budget.chunk_records(core.ledger.pinned_count)), 0
            )
            remove(core, victims)
            removed += len(victims)
        return self._finish(before, emergency=True, removed=removed, promoted=0, consolidated=0)

    def _step(self, incoming: int) -> None:
        core = self._core
        tiers.count_accesses(core)
        supersede(core)
        aged = tiers.age(core, incoming)
        tiers.relieve_ltm(core)
        core.testimony.note(passes=1)
        core.store.fit(core.ledger.bytes)
        if core.budget.pressure(core.ledger) > 0 and len(core.index):
            self._consolidate(aged, incoming + core.unmaintained)
        core.unmaintained = 0

    def _consolidate(self, aged: Sequence[int], written: int) -> None:
        """Compare as many of those that have just left STM as ``written`` records pay for."""
        self._credit = min(self._credit + affordable(self._core, written * 16), 16 * _CHECKS_PER_PASS)
        checks = min(len(aged), self._credit // 16, _CHECKS_PER_STEP)
        if checks > _CHECKS_AT_ONCE:
            checks -= checks % _CHECKS_AT_ONCE
        self._credit -= 16 * checks
        self._compare(aged[len(aged) - checks :])

    def _promote_all(self) -> int:
        core = self._core
        tiers.count_accesses(core)
        before = core.ledger.by_tier[Tier.LTM]
        tiers.age(core, 0)
        tiers.promote(core, core.ledger.alive())
        tiers.relieve_ltm(core)
        return max(0, core.ledger.by_tier[Tier.LTM] - before)

    def _consolidate_round(self, checks: int) -> int:
        core = self._core
        alive = core.ledger.alive()
        if not len(alive) or not len(core.index):
            return 0
        start = int(np.searchsorted(alive, self._hand)) % len(alive)
        turn = np.roll(alive, -start)[:checks]
        self._hand = int(turn[-1]) + 1
        return self._compare(turn.tolist())

    def _compare(self, slots: Sequence[int]) -> int:
        parts = (slots[at : at + _CHECKS_AT_ONCE] for at in range(0, len(slots), _CHECKS_AT_ONCE))
        return sum(consolidate(self._core, part) for part in parts)

    def _finish(self, before: int, *, emergency: bool, removed: int, promoted: int, consolidated: int) -> Report:
        core = self._core
        saved = save_changes(core, everything=True)
        core.store.checkpoint(truncate=True)
        if emergency or core.budget.max_pages is not None or core.store.pages()[1] * 4 > core.store.pages()[0]:
            core.store.give_back_pages(_PAGES_PER_PASS)
            core.store.checkpoint(truncate=True)
        self._eviction.forget_queue()
        self.breaker.succeeded()
        return Report(
            emergency=emergency,
            removed=removed,
            promoted=promoted,
            consolidated=consolidated,
            saved=saved,
            records=core.ledger.live,
            disk_bytes_before=before,
            disk_bytes_after=core.store.disk_bytes(),
        )
