"""Whether a system had settled when its final searches were timed, or still became faster or slower."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from mempress.detect.trend import find_trend
from mempress.model import Settling

if TYPE_CHECKING:
    from collections.abc import Sequence

LEAST_SEARCHES = 100
_FLOOR = math.log(1.1)
"""A median that moves by less than a tenth over the searches stands still."""


def settling(latencies_ms: Sequence[float]) -> Settling | None:
    """Judge the final searches in the order in which they came; None: under LEAST_SEARCHES, or one took no time.

    The trend of the logarithm of their medians, by twentieths and after a warm-up that is found (``detect.trend``).
    ``moving`` if its 95% interval lies beyond a tenth either way, ``settled`` if it lies within, else ``undecided``.
    """
    if len(latencies_ms) < LEAST_SEARCHES or min(latencies_ms) <= 0.0:
        return None
    places = [at / len(latencies_ms) for at in range(len(latencies_ms))]
    found = find_trend(places, list(map(math.log, latencies_ms)), floor=_FLOOR, envelope="middle")
    if found is None:
        return None
    moving = found.low > _FLOOR or found.high < -_FLOOR
    still = found.low >= -_FLOOR and found.high <= _FLOOR
    return Settling(
        judgement="moving" if moving else "settled" if still else "undecided",
        change=math.expm1(found.slope),
        low=math.expm1(found.low),
        high=math.expm1(found.high),
        warm_up=None if found.steady_from is None else round(found.steady_from * len(latencies_ms)),
        n=len(latencies_ms),
    )


def settling_in_words(found: Settling) -> str:
    """Say it in words without a full stop."""
    figures = f"{found.change:+.0%} ({found.low:+.0%} to {found.high:+.0%}) over the {found.n:,} final searches"
    if found.judgement == "moving":
        return f"it had not settled: the median search moved by {figures}"
    if found.judgement == "settled":
        return f"it had settled: the median search moved by {figures}"
    return f"whether it had settled cannot be told: the median search moved by {figures}"
