"""What the first third of a load foretold of the rest, held against what came."""

from __future__ import annotations

from statistics import fmean, median
from typing import TYPE_CHECKING

from mempress.detect import fit_growth
from mempress.detect.growth import rounded
from mempress.model import Foresight

if TYPE_CHECKING:
    from mempress.analysis.curves import Curve
    from mempress.detect import GrowthFit

_SHARE = 3
_LAST_SAMPLES = 3


def foresight(curve: Curve) -> Foresight | None:
    """Fit a law to the first third of the load and hold it against the end; None: too few samples for a law."""
    known = curve.known()
    if not known:
        return None
    until = (curve.broke_at or known[-1][0]) / _SHARE
    fit = fit_growth((early := curve.up_to(until)).records, early.values)
    if fit is None:
        return None
    last = known[-_LAST_SAMPLES:]
    foreseen, measured = fmean(fit.predict(load) for load, _ in last), median(value for _, value in last)
    crossing = None if curve.objective is None else fit.crossing(curve.objective)
    came = curve.crossed_at()
    return Foresight(
        from_records=int(early.known()[-1][0]),
        n=fit.n,
        law=fit.law,
        at_records=int(known[-1][0]),
        foreseen=foreseen,
        measured=measured,
        error=foreseen / measured - 1.0 if measured else None,
        crossing_foreseen=None if crossing is None else crossing.records,
        crossing_interval=None if crossing is None else [crossing.low, crossing.high],
        crossing_measured=came,
        crossing_error=crossing.records / came - 1.0 if crossing is not None and came else None,
        words=_words(curve, fit, came),
    )


def _words(curve: Curve, fit: GrowthFit, came: float | None) -> str:
    if curve.objective is None:
        return ""
    crossing = fit.crossing(curve.objective)
    what = f"that {curve.what} passes {curve.objective:.4g} {curve.unit}"
    if crossing is None:
        said = f"{what} at no load was foreseen"
        return f"{said}, but it did at {rounded(came)}" if came is not None else f"{said}, and it did not"
    said = f"{what} was foreseen at about {rounded(crossing.records)} records"
    if came is not None:
        return f"{said}, and it did at {rounded(came)}: off by {crossing.records / came - 1.0:+.0%}"
    measured_to = curve.known()[-1][0]
    return f"{said}; up to {measured_to:,.0f} it did not" + ("" if crossing.records <= measured_to else ", as foreseen")
