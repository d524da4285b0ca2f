"""Whether a series of readings drifts, where it may as well wander or step as scatter."""

from __future__ import annotations

import math
from functools import cache
from typing import TYPE_CHECKING

import numpy as np

from mempress.stats.student import student_quantile

if TYPE_CHECKING:
    from collections.abc import Sequence

BLOCKS = 20
_LEVEL = 0.95
_WALK = 1.5
"""1 + 2/4: the changes of a random walk's block means are correlated with the next at 1/4."""


def drift(values: Sequence[float]) -> tuple[float, float]:
    """Give the 95% interval of the mean change from one value to the next.

    From the changes between the means of 20 consecutive blocks, with Student's t. A line through all values would trust
    residuals that hang together over the whole series: memory and disk wander and step, and such an interval covers
    the truth in a third of random walks. This one covers it in 94 of 100, and nearly always in series that scatter
    around a level, where it is wider than it need be.

    Raises:
        ValueError: fewer than two values a block.
    """
    if len(values) < 2 * BLOCKS:
        raise ValueError(f"{len(values)} values: a drift needs at least {2 * BLOCKS}.")
    changes = np.diff([float(part.mean()) for part in np.array_split(np.asarray(values, np.float64), BLOCKS)])
    error = math.sqrt(_WALK * float(changes.var(ddof=1)) / len(changes))
    reach = _quantile() * error
    length = len(values) / BLOCKS
    return float(changes.mean() - reach) / length, float(changes.mean() + reach) / length


@cache
def _quantile() -> float:
    return student_quantile(BLOCKS - 2, 1.0 - _LEVEL)
