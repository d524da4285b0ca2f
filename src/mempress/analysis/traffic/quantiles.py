"""Times as figures."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from mempress.model.traffic import Quantiles
from mempress.stats.quantiles import quantile, quantile_interval

if TYPE_CHECKING:
    from mempress.analysis.traffic.operations import Times

SHARES = {"p50": 0.50, "p95": 0.95, "p99": 0.99, "p999": 0.999}


def quantiles(values_ns: Times, *, intervals: bool = True) -> Quantiles:
    """Give the figures of times in the order in which they came; ``intervals`` costs most of the time it takes."""
    ordered, n = np.sort(values_ns), values_ns.size
    found = {
        name: quantile_interval(values_ns, share, ordered=ordered) if intervals else None
        for name, share in SHARES.items()
    }
    return Quantiles(
        n=n,
        mean=_ms(float(values_ns.mean())) if n else None,
        max=_ms(float(ordered[-1])) if n else None,
        intervals={name: bounds and (bounds[0] / 1e6, bounds[1] / 1e6) for name, bounds in found.items()}
        if intervals
        else {},
        **{name: _ms(quantile(values_ns, share, ordered=ordered)) for name, share in SHARES.items()},
    )


def _ms(value_ns: float | None) -> float | None:
    return None if value_ns is None else value_ns / 1e6
