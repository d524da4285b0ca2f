"""The three tiers: counting accesses, and moving records between the tiers as the policies say.

A record enters STM. It leaves early when use promotes it, or when STM exceeds its share: then the oldest go, to LTM
where importance and use have proved them, else to MTM. LTM over its share gives its least back to MTM.
All moves are made in blocks, so that their cost is shared by many writes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from mempress.neuroca.blocks import chosen, whole_blocks
from mempress.neuroca.policies import promotion
from mempress.neuroca.policies.view import View, view
from mempress.neuroca.record import Tier

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mempress.neuroca.core import Core
    from mempress.neuroca.ledger import Slots

_BLOCKS = 16


def count_accesses(core: Core) -> None:
    """Add the waiting accesses to hits and clock, and promote whom they lift."""
    used: dict[int, None] = {}
    for slots, weights, moment in core.touches:
        used |= dict.fromkeys(core.ledger.use(slots, weights, moment))
    core.touches.clear()
    promote(core, list(used))


def promote(core: Core, slots: Sequence[int] | Slots) -> None:
    """Move up those of the slots, each given once, whom importance and use entitle."""
    if not len(slots):
        return
    ledger, settings, count = core.ledger, core.settings, len(slots)
    whole = whole_blocks(slots)
    columns = _view(core, whole)
    to_ltm = chosen(whole, (columns.tier == Tier.MTM) & (promotion.to_ltm(columns) >= settings.promote_ltm), count)
    to_mtm = chosen(whole, (columns.tier == Tier.STM) & (promotion.to_mtm(columns) >= settings.promote_mtm), count)
    ledger.move(to_ltm, Tier.LTM)
    ledger.move(to_mtm, Tier.MTM)
    core.testimony.note(promoted=len(to_ltm) + len(to_mtm))


def stm_quota(core: Core) -> int:
    """Give how many records STM may hold."""
    return int(core.settings.stm_share * core.budget.tier_capacity(core.ledger))


def age(core: Core, incoming: int) -> list[int]:
    """Move the oldest out of STM, so that ``incoming`` new ones fit into its share; give those that moved."""
    ledger = core.ledger
    quota = stm_quota(core)
    excess = ledger.by_tier[Tier.STM] + incoming - quota
    if excess <= 0 or not ledger.by_tier[Tier.STM]:
        return []
    stm = np.flatnonzero(ledger.tier[: ledger.top] == Tier.STM)
    count = min(len(stm), excess + quota // _BLOCKS)
    oldest = whole_blocks(stm[np.argpartition(ledger.arrived[stm], count - 1)[:count]])
    proven = promotion.to_ltm(_view(core, oldest)) >= core.settings.promote_ltm
    promoted, aged = chosen(oldest, proven, count), chosen(oldest, ~proven, count)
    ledger.move(promoted, Tier.LTM)
    ledger.move(aged, Tier.MTM)
    core.testimony.note(aged=len(aged), promoted=len(promoted))
    moved: list[int] = oldest[:count].tolist()
    return moved


def relieve_ltm(core: Core) -> int:
    """Move the least proven out of LTM where it exceeds its share; give how many."""
    ledger = core.ledger
    quota = int(core.settings.ltm_share * core.budget.tier_capacity(ledger))
    excess = ledger.by_tier[Tier.LTM] - quota
    if excess <= 0:
        return 0
    ltm = np.flatnonzero(ledger.tier[: ledger.top] == Tier.LTM)
    count = min(len(ltm), excess + quota // _BLOCKS)
    scores = promotion.to_ltm(_view(core, whole_blocks(ltm)))[: len(ltm)]
    ledger.move(ltm[np.argpartition(scores, count - 1)[:count]].tolist(), Tier.MTM)
    core.testimony.note(demoted=count)
    return count


def _view(core: Core, slots: Slots) -> View:
    return view(core.ledger, slots, core.now(), np.ones(len(slots)))
