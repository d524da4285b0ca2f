"""Quantiles with the range in which they lie, without a guess at the law of the values.

Of values that know nothing of each other the number below the quantile is binomial, so two of the values themselves
bound it (Conover, 1999, section 3.2). Values that remember each other, such as the waits in a queue, come in clusters:
then blocks of consecutive values are drawn anew (the circular block bootstrap of Politis and Romano, 1992), as long as
the memory of what matters here, whether a value exceeds the quantile.

Of more values than can be drawn often enough the number below the quantile is normal; its variance is that of the sums
over long batches, and its bounds are ranks (Woodruff, 1952; batch means: Glynn and Whitt, 1991).
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from mempress.detect.tails import incomplete_beta
from mempress.stats.blocks import block_length

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Counts = NDArray[np.int64]
    Flags = NDArray[np.bool_]
    Numbers = NDArray[Any]

LEVEL = 0.95
BEYOND = 10
"""A quantile of fewer values beyond it than so many rests on too little: it is not given."""
_SEED = 20_260_102
_MOST_DRAWS = 1_000
_LEAST_DRAWS = 200
_WORK = 20_000_000
"""Values that are drawn for one interval, about."""
_MANY = _WORK // _LEAST_DRAWS
_NORMAL = 1.959964


def least_values(share: float) -> int:
    """Give from how many values on a quantile is given: 20 for the median, 1,000 for the 99th percentile."""
    return math.ceil(round(BEYOND / (1.0 - share), 6))


def quantile(values: Numbers, share: float, *, ordered: Numbers | None = None) -> float | None:
    """Give the nearest-rank quantile: the smallest value that ``share`` of the values do not exceed.

    ``ordered`` are the same values sorted, where they are at hand. None where there are fewer than ``least_values``.
    """
    if values.size < least_values(share):
        return None
    rank = math.ceil(round(values.size * share, 6)) - 1
    return float(np.partition(values, rank)[rank] if ordered is None else ordered[rank])


def quantile_interval(values: Numbers, share: float, *, ordered: Numbers | None = None) -> tuple[float, float] | None:
    """Give the 95% interval of the quantile of values in the order in which they came; the same for the same values.

    None where there are too few for the quantile, or for a bound above it.
    """
    found = quantile(values, share, ordered=ordered)
    if found is None:
        return None
    if values.size > _MANY:
        return _by_batches(values > found, np.sort(values) if ordered is None else ordered, share)
    length = block_length((values > found).astype(np.float64))
    return _by_order(values, share) if length == 1 else _by_blocks(values, share, length)


def order_interval(values: Numbers, share: float) -> tuple[float, float] | None:
    """Give the 95% interval of the quantile of values that know nothing of each other; None as for the others.

    It takes microseconds, where ``quantile_interval`` may take milliseconds.
    """
    return None if quantile(values, share) is None else _by_order(values, share)


def _by_batches(above: Flags, ordered: Numbers, share: float) -> tuple[float, float] | None:
    """Give the values at the ranks between which the number below lies, as far as it varies from batch to batch.

    A batch is as long as there are batches: longer than the values remember, and many enough to tell a variance.
    """
    n = ordered.size
    length = math.isqrt(n)
    sums = above[: n // length * length].reshape(-1, length).sum(axis=1)
    spread = _NORMAL * math.sqrt(n * float(sums.var(ddof=1)) / length)
    low, high = math.floor(n * share - spread), math.ceil(n * share + spread) + 1
    if low < 1 or high > n:
        return None
    return float(ordered[low - 1]), float(ordered[high - 1])


def _by_order(values: Numbers, share: float) -> tuple[float, float] | None:
    """Give the two values between which the quantile of independent values lies: an equal chance of error each side."""
    n, error = values.size, (1.0 - LEVEL) / 2.0
    low, high = _binomial_quantile(n, share, error), _binomial_quantile(n, share, 1.0 - error) + 1
    if low < 1 or high > n:
        return None
    ordered = np.partition(values, (low - 1, high - 1))
    return float(ordered[low - 1]), float(ordered[high - 1])


def _binomial_quantile(n: int, share: float, level: float) -> int:
    """Give the smallest k with P(X <= k) >= ``level``, X binomial of n and ``share``."""
    low, high = -1, n
    while high - low > 1:
        middle = (low + high) // 2
        below = 1.0 if middle >= n else incomplete_beta(1.0 - share, n - middle, middle + 1)
        low, high = (low, middle) if below >= level else (middle, high)
    return high


def _by_blocks(values: Numbers, share: float, length: int) -> tuple[float, float]:
    """Draw blocks of so many consecutive values, the end meeting the start, as often as the values' number allows."""
    n = values.size
    order = np.argsort(values, kind="stable")
    ordered = values[order]
    blocks = -(-n // length)
    rank = math.ceil(round(blocks * length * share, 6))
    generator = np.random.default_rng(_SEED)
    found = np.empty(min(_MOST_DRAWS, max(_LEAST_DRAWS, _WORK // n)))
    for draw in range(found.size):
        weights = _weights(generator.integers(0, n, size=blocks), n, length)
        found[draw] = ordered[np.searchsorted(np.cumsum(weights[order]), rank)]
    low, high = np.quantile(found, [(1.0 - LEVEL) / 2.0, (1.0 + LEVEL) / 2.0], method="inverted_cdf")
    return float(low), float(high)


def _weights(starts: Counts, n: int, length: int) -> Counts:
    """Count how many of the blocks that begin at ``starts`` hold each of ``n`` places on a circle."""
    begun = np.bincount(starts, minlength=n)
    summed = np.concatenate([[0], np.cumsum(np.concatenate([begun[n - length + 1 :], begun]))])
    weights: Counts = summed[length:] - summed[:-length]
    return weights
