"""Counts of durations in buckets whose width grows with the value: any number of values in bounded memory.

The buckets are those of an HDR histogram with 32 to each power of two: a value read back is at most 1.6% off.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_BITS = 5
_HALF = 1 << _BITS


def bucket_of(value: int) -> int:
    """Give the bucket of a whole number, 0 or more."""
    shift = max(0, value.bit_length() - _BITS - 1)
    return (shift << _BITS) + (value >> shift)


def middle_of(bucket: int) -> float:
    """Give the middle of a bucket; up to 63 a bucket holds one number alone."""
    if bucket < 2 * _HALF:
        return float(bucket)
    shift = (bucket >> _BITS) - 1
    return float(((bucket & (_HALF - 1)) | _HALF) << shift) + (1 << shift) / 2.0 - 0.5


class Histogram:
    """How many values fell into each bucket."""

    def __init__(self, counts: Mapping[int, int] | None = None) -> None:
        self.counts: dict[int, int] = dict(counts or {})

    def add(self, value: int) -> None:
        """Count one value, a whole number, 0 or more."""
        bucket = bucket_of(value)
        self.counts[bucket] = self.counts.get(bucket, 0) + 1

    @property
    def n(self) -> int:
        """How many values there are."""
        return sum(self.counts.values())

    def mean(self) -> float | None:
        """Give the mean; None without values."""
        if not self.counts:
            return None
        return sum(middle_of(bucket) * count for bucket, count in self.counts.items()) / self.n

    def percentile(self, q: float) -> float | None:
        """Give the nearest-rank percentile, as ``mempress.percentile`` does; None without values."""
        rank, seen = max(1, math.ceil(self.n * q / 100.0)), 0
        for bucket in sorted(self.counts):
            seen += self.counts[bucket]
            if seen >= rank:
                return middle_of(bucket)
        return None


def merged(histograms: Iterable[Histogram]) -> Histogram:
    """Give the histogram of all values together."""
    together = Histogram()
    for histogram in histograms:
        for bucket, count in histogram.counts.items():
            together.counts[bucket] = together.counts.get(bucket, 0) + count
    return together
