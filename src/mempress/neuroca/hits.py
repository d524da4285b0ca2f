"""From a row of the store and the ledger's columns to what a caller gets."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import msgspec

from mempress.neuroca.record import Hit, Stored, Tier

if TYPE_CHECKING:
    from mempress.neuroca.ledger import Ledger
    from mempress.neuroca.record import Why
    from mempress.neuroca.store import Row

_TIERS = tuple(Tier)
_DECODER = msgspec.json.Decoder()


def hit(ledger: Ledger, row: Row, score: float, why: Why) -> Hit:
    """Give an answer of a search."""
    tier, importance, happened = ledger.shown(row.slot)
    return Hit(
        id=row.id,
        text=row.text,
        score=score,
        tier=_TIERS[tier],
        why=why,
        importance=importance,
        metadata=_parsed(row.metadata),
        timestamp=happened,
    )


def stored(ledger: Ledger, row: Row) -> Stored:
    """Give a held record with what the ledger knows of it."""
    slot = row.slot
    tier, importance, happened = ledger.shown(slot)
    return Stored(
        id=row.id,
        text=row.text,
        importance=importance,
        metadata=_parsed(row.metadata),
        timestamp=happened,
        pinned=bool(ledger.pinned[slot]),
        tier=_TIERS[tier],
        hits=float(ledger.hits[slot]),
        stored_at=float(ledger.stored_at[slot]),
    )


def _parsed(metadata: str) -> Any:
    """Read JSON; ``json`` reads numbers that are too large for the faster way."""
    try:
        return _DECODER.decode(metadata)
    except msgspec.DecodeError:
        return json.loads(metadata)
