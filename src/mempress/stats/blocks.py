"""Resampling of one process: blocks of consecutive values, long enough to keep the memory that the values have."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

_SIGNIFICANT = 2.0
"""An autocorrelation counts beyond this many times sqrt(log10(n) / n)."""
_LEAST_RUN = 5


def block_length(values: Array) -> int:
    """Give the length of block that suits the mean of a series under the circular block bootstrap.

    The rule is that of Politis and White (2004) as corrected by Patton, Politis and White (2009): a flat-top window
    over the autocovariances up to twice the lag beyond which none counts. It reads the ranks of the values, so that a
    few outliers do not hide what the rest remember. At least 1, at most a third of the series.
    """
    n = values.size
    if n < 4 or np.ptp(values) == 0.0:
        return 1
    covariances = _autocovariances(_ranks(values))
    last = _last_significant_lag(covariances, n)
    if last == 0:
        return 1
    lags = np.arange(1, min(2 * last, covariances.size - 1) + 1)
    window = np.clip(2.0 * (1.0 - lags / (2.0 * last)), 0.0, 1.0) * covariances[lags]
    spectrum, slope = covariances[0] + 2.0 * window.sum(), 2.0 * (lags * window).sum()
    if spectrum <= 0.0:
        return 1
    length = (1.5 * n * (slope / spectrum) ** 2) ** (1.0 / 3.0)
    return int(min(max(1, math.ceil(length)), max(1, n // 3), math.ceil(3.0 * math.sqrt(n))))


def resample(values: Array, draws: int, generator: np.random.Generator) -> Array:
    """Give ``draws`` series as long as the given one, each put together from its blocks; the end meets the start."""
    n, length = values.size, block_length(values)
    starts = generator.integers(0, n, size=(draws, -(-n // length)))
    places = (starts[:, :, None] + np.arange(length)).reshape(draws, -1)[:, :n] % n
    resampled: Array = values[places]
    return resampled


def _ranks(values: Array) -> Array:
    """Give centred ranks; equal values share the mean of theirs."""
    _, places, counts = np.unique(values, return_inverse=True, return_counts=True)
    ranks = (np.cumsum(counts) - (counts - 1) / 2.0)[places]
    return np.asarray(ranks - ranks.mean())


def _autocovariances(series: Array) -> Array:
    """Give the autocovariances at lags 0, 1, ... up to sqrt(n) and the run that the rule looks for."""
    n = series.size
    most = min(n - 1, math.ceil(math.sqrt(n)) + _run(n))
    return np.array([series[: n - lag] @ series[lag:] / n for lag in range(most + 1)])


def _last_significant_lag(covariances: Array, n: int) -> int:
    """Give the lag after which ``_run(n)`` autocorrelations in a row do not count; the largest that counts at worst."""
    counts = np.abs(covariances[1:] / covariances[0]) >= _SIGNIFICANT * math.sqrt(math.log10(n) / n)
    run = _run(n)
    for lag in range(counts.size - run + 1):
        if not counts[lag : lag + run].any():
            return lag
    found = np.flatnonzero(counts)
    return int(found[-1]) + 1 if found.size else 0


def _run(n: int) -> int:
    return max(_LEAST_RUN, math.ceil(math.sqrt(math.log10(n))))
