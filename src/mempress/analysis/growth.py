"""By which law each figure grew over the load, and where its objective will break or would have."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mempress.analysis.curves import Curve, read_curves
from mempress.analysis.foresight import foresight
from mempress.detect import crossing_in_words, fit_growth
from mempress.model import GrowthLaw

if TYPE_CHECKING:
    from mempress.analysis.trail import Judged, Trail
    from mempress.config import RunConfig
    from mempress.detect import GrowthFit

_MIB = 1 << 20


def growth(trail: Trail, judged: Judged, config: RunConfig) -> dict[str, GrowthLaw | None]:
    """Give a law for each curve that had enough samples after a batch, null for the others."""
    return {name: _law(curve) for name, curve in read_curves(trail, judged, config).items()}


def _law(curve: Curve) -> GrowthLaw | None:
    fit = fit_growth(curve.records, curve.values)
    if fit is None:
        return None
    return GrowthLaw(
        law=fit.law,
        coefficients=list(fit.coefficients),
        interval=list(fit.interval),
        relative_error=fit.error,
        n=fit.n,
        bytes_per_record=fit.coefficients[1] * _MIB if curve.unit == "MiB" and fit.law == "linear" else None,
        foresight=foresight(curve),
        **_objective(curve, fit),
    )


def _objective(curve: Curve, fit: GrowthFit) -> dict[str, Any]:
    """Give where the law passes the objective, and where a sample did: the words never deny what was seen."""
    names = ("objective", "crossing_records", "crossing_interval", "passed_at_records", "words")
    if curve.objective is None:
        return dict.fromkeys(names)
    crossing, passed_at = fit.crossing(curve.objective), curve.passed_at()
    words = crossing_in_words(curve.what, curve.objective, curve.unit, crossing)
    if passed_at is not None:
        by_law = f"; by its law, {words}" if crossing is not None else "; no law explains its course"
        words = f"{curve.what} was first over {curve.objective:.4g} {curve.unit} at {passed_at:,.0f} records{by_law}"
    records = None if crossing is None else crossing.records
    interval = None if crossing is None else [crossing.low, crossing.high]
    return dict(zip(names, (curve.objective, records, interval, passed_at, words), strict=True))
