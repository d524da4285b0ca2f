"""Filters of a search: on columns as one mask over all slots, on metadata by reading the records."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import numpy as np

from mempress.neuroca.record import Filter, Tier

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from mempress.neuroca.core import Core
    from mempress.neuroca.ledger import Slots

_AT_ONCE = 1_024


class Sieve:
    """A filter, applied to a store as it is now.

    Attributes:
        mask: for each slot, whether it holds a record that meets all conditions but those on metadata.
        reads: whether there are conditions on metadata, for which records must be read.
    """

    def __init__(self, core: Core, where: Filter) -> None:
        self._core = core
        self._wanted = where.metadata
        self.mask = _columns_mask(core, where)
        self.reads = bool(where.metadata)

    def among(self) -> Slots | None:
        """Give the slots that pass the mask; None: all that are held do."""
        slots = np.flatnonzero(self.mask)
        return None if len(slots) == self._core.ledger.live else slots

    def passing(self, slots: Sequence[int]) -> list[int]:
        """Give those of the slots that meet all conditions, in order."""
        kept = [slot for slot in slots if self.mask[slot]]
        if not self.reads:
            return kept
        return [row.slot for row in self._core.store.rows(kept) if _agrees(json.loads(row.metadata), self._wanted)]

    def all_passing(self) -> Slots:
        """Give all slots that meet all conditions; with conditions on metadata it reads the whole store."""
        slots = np.flatnonzero(self.mask)
        if not self.reads:
            return slots
        flat = [(key, value) for key, value in self._wanted.items() if _can_be_asked(key, value)]
        if flat:
            found = np.asarray(self._core.store.matching(flat, len(self.mask)), np.int64)
            slots = found[self.mask[found]]
        parts = (slots[at : at + _AT_ONCE].tolist() for at in range(0, len(slots), _AT_ONCE))
        return np.array([slot for part in parts for slot in self.passing(part)], np.int64)


def _columns_mask(core: Core, where: Filter) -> NDArray[np.bool_]:
    ledger, top = core.ledger, core.ledger.top
    mask: NDArray[np.bool_] = ledger.tier[:top] != Tier.FREE
    if where.tiers is not None:
        mask &= np.isin(ledger.tier[:top], [int(tier) for tier in where.tiers])
    if where.min_importance is not None:
        mask &= ledger.importance[:top] >= where.min_importance
    if where.since is not None or where.until is not None:
        moment = np.where(np.isnan(ledger.occurred_at[:top]), ledger.stored_at[:top], ledger.occurred_at[:top])
        mask &= moment >= (-np.inf if where.since is None else where.since)
        mask &= moment < (np.inf if where.until is None else where.until)
    return mask


def _can_be_asked(key: str, value: Any) -> bool:
    """Say whether SQL can compare this value."""
    return isinstance(value, (str, int, float)) and '"' not in key


def _agrees(metadata: Mapping[str, Any], wanted: Mapping[str, Any]) -> bool:
    return all(key in metadata and _same(metadata[key], value) for key, value in wanted.items())


def _same(one: Any, other: Any) -> bool:
    """Compare as JSON does: true is no number."""
    return bool(one == other) and isinstance(one, bool) == isinstance(other, bool)
