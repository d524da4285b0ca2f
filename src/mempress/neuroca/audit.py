"""The audit: every invariant between store, ledger, index and budget, each finding by name."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from mempress.neuroca.ledger import Entry
from mempress.neuroca.record import Tier
from mempress.neuroca.writing import save_changes

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mempress.neuroca.core import Core

_SHOWN = 5
_COMPARED = tuple(name for name in Entry._fields if name not in {"slot", "tier"})


@dataclass(frozen=True, slots=True)
class Finding:
    """A broken invariant.

    Attributes:
        name: ``damaged_file``, ``damaged_record``, ``ledger_missing``, ``ledger_ghost``,
            ``ledger_differs``, ``index_missing``, ``index_ghost``, ``id_missing``, ``id_twice``, ``counts``,
            ``over_budget`` or ``free_slots``.
        count: how many records it concerns.
        detail: the first few of them.
    """

    name: str
    count: int
    detail: str


def audit(core: Core) -> list[Finding]:
    """Check all invariants; reads the whole store. Nothing is changed but that pending changes are saved first."""
    save_changes(core, everything=True)
    found: dict[str, list[str]] = {}
    seen = np.zeros(core.ledger.top, "?")
    ids: set[str] = set()
    vectors = 0
    for row, entry, checksum in core.store.scan():
        if row.checksum != checksum:
            found.setdefault("damaged_record", []).append(row.id)
        if entry.slot >= core.ledger.top or core.ledger.tier[entry.slot] == Tier.FREE:
            found.setdefault("ledger_missing", []).append(row.id)
            continue
        if row.id in ids:
            found.setdefault("id_twice", []).append(row.id)
        ids.add(row.id)
        if entry.slot not in core.ids.candidates(row.id):
            found.setdefault("id_missing", []).append(row.id)
        seen[entry.slot] = True
        vectors += row.vector is not None
        if _differs(core, entry):
            found.setdefault("ledger_differs", []).append(row.id)
        if (row.vector is not None) != core.index.contains(entry.slot):
            found.setdefault("index_missing" if row.vector is not None else "index_ghost", []).append(row.id)
    ghosts = np.flatnonzero((core.ledger.tier[: core.ledger.top] != Tier.FREE) & ~seen)
    if len(ghosts):
        found["ledger_ghost"] = [f"slot {slot}" for slot in ghosts.tolist()]
    findings = [Finding(name, len(ids), ", ".join(ids[:_SHOWN])) for name, ids in found.items()]
    return [*findings, *_totals(core, vectors), *_file(core)]


def _differs(core: Core, entry: Entry) -> bool:
    for name in _COMPARED:
        held, kept = getattr(core.ledger, name)[entry.slot], getattr(entry, name)
        if not (held == kept or (np.isnan(held) and np.isnan(kept))) and abs(held - kept) > 1e-6 * abs(kept):
            return True
    return False


def _totals(core: Core, vectors: int) -> Iterator[Finding]:
    ledger = core.ledger
    tiers = np.bincount(ledger.tier[: ledger.top], minlength=4)
    if ledger.live != int(tiers[1:].sum()) or ledger.by_tier[1:] != tiers[1:].tolist():
        yield Finding(
            "counts", abs(ledger.live - int(tiers[1:].sum())), "the ledger's counts disagree with its columns"
        )
    free = ledger.free_slots()
    if len(set(free)) != len(free) or len(free) + ledger.live != ledger.top:
        yield Finding("free_slots", abs(ledger.top - len(free) - ledger.live), "free and live slots do not add up")
    if len(core.index) != vectors:
        yield Finding("index_ghost", abs(len(core.index) - vectors), "the index holds vectors that the store does not")
    over = core.budget.excess(ledger, 0, 0)
    if any(over):
        yield Finding("over_budget", over[0], f"{over[0]} records and {over[1]} bytes over the budget")


def _file(core: Core) -> Iterator[Finding]:
    said = [row[0] for row in core.store.execute("PRAGMA integrity_check(5)")]
    if said != ["ok"]:
        yield Finding("damaged_file", len(said), "; ".join(map(str, said)))
