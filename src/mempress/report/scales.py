"""Scales: from values to places on an axis, and the round values that stand beside it."""

from __future__ import annotations

import math
from dataclasses import dataclass

_TICKS = 5
_LEAST_DECADES = 1.7
"""Where fewer decades are seen, twos and fives stand beside the powers of ten."""


@dataclass(frozen=True, slots=True)
class Scale:
    """Maps [low, high] to [start, end], by the logarithm where asked; what lies beyond ends at the edge."""

    low: float
    high: float
    start: float
    end: float
    logarithmic: bool = False

    def at(self, value: float) -> float:
        """Give the place of a value."""
        low, high = self._axis(self.low), self._axis(self.high)
        share = (self._axis(min(max(value, self.low), self.high)) - low) / (high - low)
        return round(self.start + share * (self.end - self.start), 1)

    def ticks(self, count: int = _TICKS) -> list[float]:
        """Give round values within the range, about ``count`` of them."""
        if self.logarithmic:
            return self._powers()
        apart = _round_step((self.high - self.low) / count)
        return [apart * step for step in range(math.ceil(self.low / apart), math.floor(self.high / apart) + 1)]

    def _powers(self) -> list[float]:
        first, last = math.floor(math.log10(self.low)), math.ceil(math.log10(self.high))
        fine = math.log10(self.high / self.low) < _LEAST_DECADES
        step = max(1, (last - first) // _TICKS)
        values = [
            factor * 10.0**power
            for power in range(first, last + 1, 1 if fine else step)
            for factor in ((1.0, 2.0, 5.0) if fine else (1.0,))
        ]
        return [value for value in values if self.low <= value <= self.high] or [self.low, self.high]

    def _axis(self, value: float) -> float:
        return math.log10(value) if self.logarithmic else value


def value_scale(values: list[float], start: float, end: float, highest: float | None = None) -> Scale:
    """Give a scale from nothing to a little over the highest value, or to ``highest``."""
    top = highest or max([*values, 0.0]) or 1.0
    return Scale(0.0, top * 1.04, start, end)


def log_scale(values: list[float], start: float, end: float) -> Scale | None:
    """Give a logarithmic scale over the values; None where one is not positive or all are near each other."""
    if not values or min(values) <= 0.0 or max(values) < 2.0 * min(values):
        return None
    return Scale(min(values) / 1.25, max(values) * 1.25, start, end, logarithmic=True)


def tick_words(value: float) -> str:
    """Write a round value beside an axis."""
    if value >= 10_000 and value % 1_000 == 0:
        return f"{value / 1_000:,.0f}k"
    return f"{value:,.6g}"


def _round_step(least: float) -> float:
    """Give the smallest of 1, 2, 2.5 or 5 times a power of ten that is not under ``least``."""
    power = 10.0 ** math.floor(math.log10(least))
    return next(factor * power for factor in (1.0, 2.0, 2.5, 5.0, 10.0) if factor * power >= least * (1 - 1e-9))
