"""The three tiers: counting accesses, and moving records between the tiers as the policies say.

A record enters STM. It leaves early when use promotes it, or when STM exceeds its share: then the oldest go, to LTM
where importance and use have proved them, else to MTM. LTM over its share gives its least back to MTM.
All moves are made in blocks, so that their cost is shared by many writes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from mempress.neuroca.policies import promotion
from mempress.neuroca.policies.view import View, view
from mempress.neuroca.record import Tier

if TYPE_CHECKING:
    from mempress.neuroca.core import Core
    from mempress.neuroca.ledger import Slots

_BLOCKS = 16


def count_accesses(core: Core) -> None:
    """Add the waiting accesses to hits and clock, and promote whom they lift."""
    if not core.touches:
        return
    ledger = core.ledger
    slots = np.concatenate([np.asarray(item[0], np.int64) for item in core.touches])
    weights = np.concatenate([np.asarray(item[1], np.float32) for item in core.touches])
    times = np.concatenate([np.full(len(item[0]), item[2]) for item in core.touches])
    core.touches.clear()
    held = ledger.held(slots)
    slots, weights, times = slots[held], weights[held], times[held]
    np.add.at(ledger.hits, slots, weights)
    np.maximum.at(ledger.used_at, slots, times)
    ledger.dirty[slots] = True
    ledger.access_clock += float(weights.sum()) / max(ledger.live, 1)
    promote(core, np.unique(slots))


def promote(core: Core, slots: Slots) -> None:
    """Move up those of the slots whom importance and use entitle."""
    ledger, settings = core.ledger, core.settings
    columns = _view(core, slots)
    to_ltm = (ledger.tier[slots] == Tier.MTM) & (promotion.to_ltm(columns) >= settings.promote_ltm)
    to_mtm = (ledger.tier[slots] == Tier.STM) & (promotion.to_mtm(columns) >= settings.promote_mtm)
    ledger.move(slots[to_ltm], Tier.LTM)
    ledger.move(slots[to_mtm], Tier.MTM)
    core.testimony.note(promoted=int(np.count_nonzero(to_ltm) + np.count_nonzero(to_mtm)))


def stm_quota(core: Core) -> int:
    """Give how many records STM may hold."""
    return int(core.settings.stm_share * core.budget.tier_capacity(core.ledger))


def age(core: Core, incoming: int) -> Slots:
    """Move the oldest out of STM, so that ``incoming`` new ones fit into its share; give those that moved."""
    ledger = core.ledger
    quota = stm_quota(core)
    excess = ledger.by_tier[Tier.STM] + incoming - quota
    if excess <= 0 or not ledger.by_tier[Tier.STM]:
        return np.empty(0, np.int64)
    stm = np.flatnonzero(ledger.tier[: ledger.top] == Tier.STM)
    count = min(len(stm), excess + quota // _BLOCKS)
    oldest = stm[np.argpartition(ledger.arrived[stm], count - 1)[:count]]
    proven = promotion.to_ltm(_view(core, oldest)) >= core.settings.promote_ltm
    ledger.move(oldest[proven], Tier.LTM)
    ledger.move(oldest[~proven], Tier.MTM)
    core.testimony.note(aged=int(np.count_nonzero(~proven)), promoted=int(np.count_nonzero(proven)))
    return oldest


def relieve_ltm(core: Core) -> int:
    """Move the least proven out of LTM where it exceeds its share; give how many."""
    ledger = core.ledger
    quota = int(core.settings.ltm_share * core.budget.tier_capacity(ledger))
    excess = ledger.by_tier[Tier.LTM] - quota
    if excess <= 0:
        return 0
    ltm = np.flatnonzero(ledger.tier[: ledger.top] == Tier.LTM)
    count = min(len(ltm), excess + quota // _BLOCKS)
    scores = promotion.to_ltm(_view(core, ltm))
    ledger.move(ltm[np.argpartition(scores, count - 1)[:count]], Tier.MTM)
    core.testimony.note(demoted=count)
    return count


def _view(core: Core, slots: Slots) -> View:
    return view(core.ledger, slots, core.now(), np.ones(len(slots)))
