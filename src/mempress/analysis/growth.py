"""By which law each figure grew over the load, and where its objective will break or would have."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from mempress.detect import crossing_in_words, fit_growth
from mempress.health import p95_ms

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from mempress.analysis.trail import Judged, Trail
    from mempress.config import RunConfig
    from mempress.detect import GrowthFit
    from mempress.samples import Sample

_MIB = 1 << 20
_CURVES: dict[str, Callable[[Sample], float | None]] = {
    "search_p95_ms": p95_ms,
    "memory_mb": lambda sample: None if sample.memory is None else sample.memory.pss_bytes / _MIB,
    "disk_mb": lambda sample: None if sample.disk is None else sample.disk.used_bytes / _MIB,
    "store_us_per_record": lambda sample: None if sample.store_rate is None else 1e6 / sample.store_rate,
}
_NAMES = {"search_p95_ms": ("search p95", "ms"), "memory_mb": ("memory", "MiB")}


def growth(trail: Trail, judged: Judged, config: RunConfig) -> dict[str, Any]:
    """Give a fit for each figure that had enough samples after a batch, null for the others."""
    batches = trail.batches()
    records = [float(sample.records) for sample in batches]
    objectives = {
        "search_p95_ms": judged.terms.objective_ms,
        "memory_mb": None if config.memory_limit_bytes is None else config.memory_limit_bytes / _MIB,
    }
    return {
        name: _described(name, _Curve(records, [read(sample) for sample in batches], objectives.get(name)))
        for name, read in _CURVES.items()
    }


@dataclass(frozen=True, slots=True)
class _Curve:
    records: Sequence[float]
    values: Sequence[float | None]
    objective: float | None

    def passed_at(self) -> float | None:
        """Give the records of the first sample over the objective."""
        over = (
            load
            for load, value in zip(self.records, self.values, strict=True)
            if value is not None and self.objective is not None and value > self.objective
        )
        return next(over, None)


def _described(name: str, curve: _Curve) -> dict[str, Any] | None:
    fit = fit_growth(curve.records, curve.values)
    if fit is None:
        return None
    found: dict[str, Any] = {
        "law": fit.law,
        "coefficients": list(fit.coefficients),
        "interval": list(fit.interval),
        "relative_error": fit.error,
        "n": fit.n,
    }
    if curve.objective is not None and name in _NAMES:
        found |= _objective(name, curve.objective, fit, curve.passed_at())
    return found


def _objective(name: str, objective: float, fit: GrowthFit, passed_at: float | None) -> dict[str, Any]:
    """Give where the law passes the objective, and where a sample did: the words never deny what was seen."""
    what, unit = _NAMES[name]
    crossing = fit.crossing(objective)
    words = crossing_in_words(what, objective, unit, crossing)
    if passed_at is not None:
        by_law = f"; by its law, {words}" if crossing is not None else "; no law explains its course"
        words = f"{what} was first over {objective:.4g} {unit} at {passed_at:,.0f} records{by_law}"
    return {
        "objective": objective,
        "crossing_records": None if crossing is None else crossing.records,
        "crossing_interval": None if crossing is None else [crossing.low, crossing.high],
        "passed_at_records": passed_at,
        "words": words,
    }
