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

_SCAN_LIMIT = 10_000


def columns_mask(core: Core, where: Filter) -> NDArray[np.bool_]:
    """Say for each slot whether its record meets all conditions but those on metadata."""
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


def filtered(core: Core, slots: Sequence[int], where: Filter | None, passes: NDArray[np.bool_] | None) -> Sequence[int]:
    """Give those of the slots that pass, in order; ``passes`` is the mask of ``where``."""
    if where is None or passes is None or not slots:
        return slots
    inside = np.asarray(slots, np.int64)
    kept: list[int] = inside[passes[inside]].tolist()
    if not where.metadata or not kept:
        return kept
    return [row.slot for row in core.store.rows(kept) if _agrees(json.loads(row.metadata), where.metadata)]


def scanned(core: Core, where: Filter | None, passes: NDArray[np.bool_] | None) -> Sequence[int]:
    """Give the slots that pass out of the whole store, 10,000 at most."""
    if where is None or passes is None:
        return []
    slots = np.flatnonzero(passes)
    flat = [
        (key, value) for key, value in where.metadata.items() if isinstance(value, (str, int, float)) and '"' not in key
    ]
    if flat:
        found = np.asarray(core.store.matching(flat, core.ledger.top), np.int64)
        slots = found[passes[found]]
    return filtered(core, slots[:_SCAN_LIMIT].tolist(), where, passes)


def _agrees(metadata: Mapping[str, Any], wanted: Mapping[str, Any]) -> bool:
    return all(key in metadata and metadata[key] == value for key, value in wanted.items())
