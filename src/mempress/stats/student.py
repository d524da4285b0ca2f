"""Student's distribution with any degrees of freedom, whole or not."""

from __future__ import annotations

from mempress.detect.tails import incomplete_beta

_STEPS = 200


def student_p(t: float, degrees: float) -> float:
    """Give P(|T| > |t|)."""
    return incomplete_beta(degrees / (degrees + t * t), degrees / 2.0, 0.5)


def student_quantile(degrees: float, p: float) -> float:
    """Give the t that |T| exceeds with probability ``p``."""
    low, high = 0.0, 1.0
    while student_p(high, degrees) > p:
        low, high = high, 2.0 * high
    for _ in range(_STEPS):
        middle = (low + high) / 2.0
        low, high = (middle, high) if student_p(middle, degrees) > p else (low, middle)
    return high
