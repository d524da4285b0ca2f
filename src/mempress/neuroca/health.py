"""Health: five components in [0, 1], each with its formula, the least of them as the whole, and a name for it.

    capacity     1 up to the soft limit. Beyond: 1 where the engine may evict (a full budget is its normal state) less
                 0.5 x the share of records that are pinned; 1 - pressure where it may not.
    latency      min(1, search_objective_ms / p95 of the last 512 searches).
    integrity    records that store, ledger and index agree on / records; 0 while they must be rebuilt,
                 0.5 while the index of words is damaged.
    maintenance  0 while the breaker is open, 0.5 half open; else 1 - 0.25 x failures in a row - 0.5 x lag.
    errors       1 - 5 x share of errors among the last 512 calls, not below 0.

A component that was not measured (no search yet) is left out.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from mempress.neuroca.core import Core
    from mempress.neuroca.maintenance import Maintenance

_WINDOW = 512
STATES = (
    (0.9, "optimal"),
    (0.75, "normal"),
    (0.6, "fatigued"),
    (0.4, "stressed"),
    (0.2, "impaired"),
    (0.0, "critical"),
)
"""Least overall health of each state, best first (the architecture's six states)."""


@dataclass(frozen=True, slots=True)
class Health:
    """How the engine is. ``None``: not measured. ``warnings`` say what to do."""

    overall: float
    state: str
    capacity: float
    latency: float | None
    integrity: float
    maintenance: float
    errors: float
    search_ms_p95: float | None
    fill: float | None
    warnings: tuple[str, ...]


class Meter:
    """What the engine observes of its own calls."""

    def __init__(self) -> None:
        self._search_ns: deque[int] = deque(maxlen=_WINDOW)
        self._failed: deque[bool] = deque(maxlen=_WINDOW)
        self.searches = 0
        self.stored = 0
        self.errors = 0

    def searched(self, duration_ns: int) -> None:
        """Count a search that ended well."""
        self.searches += 1
        self._search_ns.append(duration_ns)
        self._failed.append(False)

    def wrote(self, records: int) -> None:
        """Count a store that ended well."""
        self.stored += records
        self._failed.append(False)

    def failed(self) -> None:
        """Count a call that ended in an error of the engine or its disk (not in a bad argument)."""
        self.errors += 1
        self._failed.append(True)

    def search_ms_p95(self) -> float | None:
        """Give the 95th percentile of the last searches."""
        return float(np.percentile(list(self._search_ns), 95)) / 1e6 if self._search_ns else None

    def error_share(self) -> float:
        """Give the share of the last calls that failed."""
        return sum(self._failed) / len(self._failed) if self._failed else 0.0


def assess(core: Core, maintenance: Maintenance, meter: Meter, damaged: int) -> Health:
    """Compute the health now; ``damaged`` records were lost at opening."""
    p95 = meter.search_ms_p95()
    capacity, integrity, upkeep = _capacity(core), _integrity(core, damaged), _maintenance(maintenance)
    latency = None if p95 is None else min(1.0, core.settings.search_objective_ms / max(p95, 1e-9))
    errors = max(0.0, 1.0 - 5.0 * meter.error_share())
    overall = min(capacity, integrity, upkeep, errors, 1.0 if latency is None else latency)
    return Health(
        overall=overall,
        state=next(name for least, name in STATES if overall >= least),
        capacity=capacity,
        latency=latency,
        integrity=integrity,
        maintenance=upkeep,
        errors=errors,
        search_ms_p95=p95,
        fill=core.budget.fill(core.ledger),
        warnings=tuple(_warnings(core, maintenance, damaged)),
    )


def _capacity(core: Core) -> float:
    pressure = core.budget.pressure(core.ledger)
    if core.settings.overflow == "reject":
        return 1.0 - pressure
    return 1.0 - 0.5 * pressure * core.ledger.pinned_count / max(core.ledger.live, 1)


def _integrity(core: Core, damaged: int) -> float:
    if core.stale:
        return 0.0
    if core.words.damaged:
        return 0.5
    live = core.ledger.live
    apart = abs(core.store.count() - live) + max(0, len(core.index) - live) + damaged
    return max(0.0, 1.0 - apart / max(live + damaged, 1))


def _maintenance(maintenance: Maintenance) -> float:
    breaker = maintenance.breaker
    if breaker.state != "closed":
        return 0.0 if breaker.state == "open" else 0.5
    return max(0.0, 1.0 - 0.25 * breaker.failures_in_row - 0.5 * maintenance.lag())


def _warnings(core: Core, maintenance: Maintenance, damaged: int) -> list[str]:
    found = []
    if core.budget.pressure(core.ledger) > 0 and core.settings.overflow == "reject":
        found.append(
            "The budget is over its soft limit and overflow is 'reject': delete records or raise the capacity."
        )
    if core.ledger.live and core.ledger.pinned_count > 0.5 * core.ledger.live:
        found.append("More than half of the records are pinned: unpin some, or eviction will find nothing.")
    if maintenance.breaker.failures_in_row:
        found.append(
            f"Maintenance failed {maintenance.breaker.failures_in_row} times: {maintenance.breaker.last_error}"
        )
    if damaged:
        found.append(f"{damaged} records were damaged and are lost; `opening.lost` names them.")
    return found
