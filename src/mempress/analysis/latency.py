"""Latencies and store rates as figures."""

from __future__ import annotations

from statistics import fmean
from typing import TYPE_CHECKING

import numpy as np

from mempress.model import Latency, StoreRate
from mempress.percentile import P99_LEAST_VALUES, percentile
from mempress.stats.quantiles import quantile_interval

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mempress.histogram import Histogram
    from mempress.model.traffic import Interval
    from mempress.samples import Sample

_SHARES = {"p50": 0.50, "p95": 0.95, "p99": 0.99}
_NS_PER_MS = 1e6


def latency(values_ms: Sequence[float]) -> Latency:
    """Give the figures of some latencies; all None without any, p99 None below 1,000."""
    if not values_ms:
        return Latency(mean=None, p50=None, p95=None, p99=None, max=None, n=0)
    return Latency(
        mean=fmean(values_ms),
        p50=percentile(values_ms, 50),
        p95=percentile(values_ms, 95),
        p99=percentile(values_ms, 99) if len(values_ms) >= P99_LEAST_VALUES else None,
        max=max(values_ms),
        n=len(values_ms),
    )


def intervals(values_ms: Sequence[float]) -> dict[str, Interval | None]:
    """Give the 95% interval of each percentile that ``latency`` gives, of values in the order in which they came."""
    values = np.array(values_ms, dtype=np.float64)
    return {name: quantile_interval(values, share) for name, share in _SHARES.items()}


def latency_of(sample: Sample) -> Latency:
    """Give the figures of a sample's searches."""
    counts = sample.latency_counts
    return latency(sample.latencies_ms) if counts is None else latency_of_counts(counts)


def latency_of_counts(counts: Histogram) -> Latency:
    """Give the figures of latencies in nanoseconds that were only counted; each is at most 1.6% off."""
    n = counts.n

    def in_ms(value_ns: float | None) -> float | None:
        return None if value_ns is None else value_ns / _NS_PER_MS

    return Latency(
        mean=in_ms(counts.mean()),
        p50=in_ms(counts.percentile(50)),
        p95=in_ms(counts.percentile(95)),
        p99=in_ms(counts.percentile(99)) if n >= P99_LEAST_VALUES else None,
        max=in_ms(counts.percentile(100)),
        n=n,
    )


def store_rate(batches: Sequence[Sample]) -> StoreRate:
    """Give the store rates of a load: over all of it, and in its first and last batch that was acknowledged."""
    rates = [sample.store_rate for sample in batches if sample.store_rate is not None]
    stored = sum(sample.stored for sample in batches)
    spent_ns = sum(sample.store_ns for sample in batches)
    return StoreRate(
        mean=stored * 1e9 / spent_ns if stored and spent_ns else None,
        first_batch=rates[0] if rates else None,
        last_batch=rates[-1] if rates else None,
    )
