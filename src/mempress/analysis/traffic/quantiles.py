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
    ms = values_ns / 1e6
    ordered = np.sort(ms)
    return Quantiles(
        n=ms.size,
        mean=float(ms.mean()) if ms.size else None,
        max=float(ordered[-1]) if ms.size else None,
        intervals={name: quantile_interval(ms, share, ordered=ordered) for name, share in SHARES.items()}
        if intervals
        else {},
        **{name: quantile(ms, share, ordered=ordered) for name, share in SHARES.items()},
    )
