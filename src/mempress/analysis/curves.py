"""The curves of a load: figures after each batch against records, with their objectives."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from mempress.health import p95_ms

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from mempress.analysis.trail import Judged, Trail
    from mempress.config import RunConfig
    from mempress.samples import Sample

_MIB = 1 << 20
_IN_A_ROW = 3
_READ: dict[str, tuple[str, str, Callable[[Sample], float | None]]] = {
    "search_p95_ms": ("search p95", "ms", p95_ms),
    "memory_mb": ("memory", "MiB", lambda one: None if one.memory is None else one.memory.pss_bytes / _MIB),
    "disk_mb": ("disk", "MiB", lambda one: None if one.disk is None else one.disk.used_bytes / _MIB),
    "store_us_per_record": ("store", "us", lambda one: None if one.store_rate is None else 1e6 / one.store_rate),
}


@dataclass(frozen=True, slots=True)
class Curve:
    """One figure: ``values`` at ``records``, ascending, None where it was not measured.

    ``broke_at``: the records at which it is known to have passed its objective though no sample shows it.
    """

    what: str
    unit: str
    records: Sequence[float]
    values: Sequence[float | None]
    objective: float | None = None
    broke_at: float | None = None

    def known(self) -> list[tuple[float, float]]:
        """Give the pairs of records and value that were measured."""
        return [(load, value) for load, value in zip(self.records, self.values, strict=True) if value is not None]

    def passed_at(self) -> float | None:
        """Give the records of the first sample over the objective."""
        over = (load for load, value in self.known() if self.objective is not None and value > self.objective)
        return next(over, None)

    def crossed_at(self) -> float | None:
        """Give where the objective was passed for good, or where it is known to have been.

        Interpolated before the first of three samples in a row over it (fewer at the end): one outlier passes nothing.
        """
        if self.objective is None:
            return None
        known = self.known()
        over = [value > self.objective for _, value in known]
        at = next((at for at in range(len(over)) if all(over[at : at + _IN_A_ROW])), None)
        if at is None or not at:
            return self.broke_at if at is None else known[0][0]
        (before, low), (after, high) = known[at - 1 : at + 1]
        return before + (after - before) * (self.objective - low) / (high - low)

    def up_to(self, records: float) -> Curve:
        """Give the part up to a load."""
        count = sum(load <= records for load in self.records)
        return replace(self, records=self.records[:count], values=self.values[:count])


def read_curves(trail: Trail, judged: Judged, config: RunConfig) -> dict[str, Curve]:
    """Give the curves by name; one killed at its memory limit passed it at the load where it ended."""
    batches = trail.batches()
    records = [float(sample.records) for sample in batches]
    limit, ended = config.memory_limit_bytes, trail.ended
    objectives = {
        "search_p95_ms": judged.terms.objective_ms,
        "memory_mb": None if limit is None else limit / _MIB,
    }
    killed = ended is not None and ended.status == "killed_at_limit" and ended.phase == "load"
    broke_at = {"memory_mb": float(ended.records)} if ended is not None and killed else {}
    return {
        name: Curve(what, unit, records, [read(sample) for sample in batches], objectives.get(name), broke_at.get(name))
        for name, (what, unit, read) in _READ.items()
    }
