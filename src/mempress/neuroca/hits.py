"""From a row of the store and the ledger's columns to what a caller gets."""

from __future__ import annotations

import json
import math
from typing import TYPE_CHECKING

from mempress.neuroca.record import Hit, Stored, Tier

if TYPE_CHECKING:
    from mempress.neuroca.ledger import Ledger
    from mempress.neuroca.record import Why
    from mempress.neuroca.store import Row

_TIERS = tuple(Tier)


def hit(ledger: Ledger, row: Row, score: float, why: Why) -> Hit:
    """Give an answer of a search."""
    slot = row.slot
    happened = float(ledger.occurred_at[slot])
    return Hit(
        id=row.id,
        text=row.text,
        score=score,
        tier=_TIERS[ledger.tier[slot]],
        why=why,
        importance=float(ledger.importance[slot]),
        metadata=json.loads(row.metadata),
        timestamp=None if math.isnan(happened) else happened,
    )


def stored(ledger: Ledger, row: Row) -> Stored:
    """Give a held record with what the ledger knows of it."""
    slot = row.slot
    happened = float(ledger.occurred_at[slot])
    return Stored(
        id=row.id,
        text=row.text,
        importance=float(ledger.importance[slot]),
        metadata=json.loads(row.metadata),
        timestamp=None if math.isnan(happened) else happened,
        pinned=bool(ledger.pinned[slot]),
        tier=_TIERS[ledger.tier[slot]],
        hits=float(ledger.hits[slot]),
        stored_at=float(ledger.stored_at[slot]),
    )
