"""Percentiles, and the number of values below which one says nothing."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

P99_LEAST_VALUES = 1_000
"""A 99th percentile of fewer values rests on fewer than ten: it is not given."""


def percentile(values: Sequence[float], q: float) -> float | None:
    """Give the nearest-rank percentile: the smallest value that ``q`` per cent of the values do not exceed.

    None without values.
    """
    if not values:
        return None
    ordered = sorted(values)
    return ordered[max(0, math.ceil(len(ordered) * q / 100) - 1)]
