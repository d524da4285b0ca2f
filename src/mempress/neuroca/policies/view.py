"""What a policy sees: the columns of the records in question and the state they stand in. Policies never write."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from collections.abc import Callable

    from mempress.neuroca.ledger import Ledger, Slots

Scores = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class View:
    """Columns of some records, all of one length.

    Attributes:
        exposure: uses that an average record had since this one arrived (access clock, no unit).
        age: records that arrived since.
        idle_s: seconds since the last use, or since storing.
        cost: the share of the binding budgets that the record takes; 1 where only the number of records is limited.
    """

    tier: NDArray[np.uint8]
    importance: Scores
    hits: NDArray[np.float32]
    redundancy: NDArray[np.float32]
    arrived: NDArray[np.int64]
    exposure: Scores
    age: Scores
    idle_s: Scores
    cost: Scores


@dataclass(frozen=True, slots=True)
class WorthPolicy:
    """A rule that orders eviction: the record of the lowest score goes first."""

    name: str
    formula: str
    source: str
    score: Callable[[View], Scores]


def view(ledger: Ledger, slots: Slots, now: float, cost: Scores) -> View:
    """Give the columns of ``slots`` (copies)."""
    return View(
        tier=ledger.tier[slots],
        importance=ledger.importance[slots],
        hits=ledger.hits[slots],
        redundancy=ledger.redundancy[slots],
        arrived=ledger.arrived[slots],
        exposure=np.maximum(ledger.access_clock - ledger.exposed[slots], 0.0),
        age=(ledger.arrivals - ledger.arrived[slots]).astype(np.float64),
        idle_s=np.maximum(now - ledger.used_at[slots], 0.0),
        cost=cost,
    )
