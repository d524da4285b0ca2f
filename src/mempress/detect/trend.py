"""Whether a figure that should stand still rises for ever: a leak of memory, of disk, of speed.

The series is cut into 20 stretches of equal length, and each gives one value: of memory and disk its smallest (what is
left once garbage was collected), of a latency its median. Then

- the warm-up is found, not assumed: the start is cut off where the slope of what is left is known best, at most half of
  it (White's MSER rule, 1997, for a slope instead of a mean);
- the slope's 95% interval allows for noise that persists (``persistent``);
- a rise counts only if it is steady: over the floor with one step allowed anywhere (a table that doubled is no leak),
  up in each quarter, and not slowing down; and where the warm-up was not found to end, no rise is judged.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Literal

import numpy as np

from mempress.detect.persistent import coefficient

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from mempress.detect.persistent import Interval

    Array = NDArray[np.float64]

Judgement = Literal["rises", "flat", "undecided"]
Envelope = Literal["lowest", "middle"]

STRETCHES = 20
LEAST_VALUES = 3 * STRETCHES
"""Fewer values than three for each stretch say nothing."""
_QUARTERS = 4
_SLOWING = 0.7
_STEP_MARGIN = 2
_LEAST_NOISE = 1e-6
_TINY = 1e-30


@dataclass(frozen=True, slots=True)
class Trend:
    """How a figure moves, per unit of time; ``low`` and ``high`` are the slope's 95% interval.

    ``steady_from`` is when the warm-up was over, in the unit of time from the first value; None: not found to be over.
    ``level`` is the median value from there on.
    """

    judgement: Judgement
    reason: str
    slope: float
    low: float
    high: float
    floor: float
    steady_from: float | None
    level: float


def find_trend(
    times: Sequence[float], values: Sequence[float | None], *, floor: float, envelope: Envelope
) -> Trend | None:
    """Judge a series in order of time; what was not measured is left out. None: under LEAST_VALUES, or at one moment.

    It ``rises`` if the interval lies over ``floor`` (above 0, per unit of time) and the rise is steady; it is ``flat``
    if the interval lies under it; else ``undecided``, and ``reason`` says why.
    """
    known = [(at, value) for at, value in zip(times, values, strict=True) if value is not None]
    if len(known) < LEAST_VALUES or known[-1][0] <= known[0][0]:
        return None
    at, series = _stretches(np.array(known, dtype=np.float64), envelope)
    cut = _warm_up(at, series)
    settled = cut < len(at) // 2
    steady = _Line(at[cut:], series[cut:])
    slope = steady.slope()
    judgement, reason = _judged(steady, slope, floor, settled=settled)
    return Trend(
        judgement=judgement,
        reason=reason,
        slope=slope.estimate,
        low=slope.low,
        high=slope.high,
        floor=floor,
        steady_from=float(cut * (known[-1][0] - known[0][0]) / len(at)) if settled else None,
        level=float(np.median(steady.values)),
    )


def _stretches(known: Array, envelope: Envelope) -> tuple[Array, Array]:
    """Give the middle of each stretch of time and its value; a stretch without values is left out."""
    ends = np.linspace(known[0, 0], known[-1, 0], STRETCHES + 1)
    numbers = np.clip(np.searchsorted(ends, known[:, 0], side="right") - 1, 0, STRETCHES - 1)
    pick = np.min if envelope == "lowest" else np.median
    parts = [known[numbers == number] for number in range(STRETCHES)]
    pairs = [(part[:, 0].mean(), pick(part[:, 1])) for part in parts if len(part)]
    at, series = np.array(pairs).T
    return at, series


def _warm_up(at: Array, series: Array) -> int:
    """Give how many stretches belong to the warm-up: the cut, up to half, that leaves the slope's error smallest."""
    return min(range(len(at) // 2 + 1), key=lambda cut: _Line(at[cut:], series[cut:]).variance())


@dataclass(frozen=True, slots=True)
class _Line:
    """A series over time, and what regressions say of it."""

    at: Array
    values: Array

    def variance(self) -> float:
        """Give the variance of the slope as if the noise were white."""
        centred = self._centred
        squares = float(centred @ centred)
        rest = self.values - self.values.mean()
        residual = rest - float(centred @ rest) / squares * centred
        least = len(self.at) * (_LEAST_NOISE * float(np.abs(self.values).max())) ** 2 + _TINY
        return max(float(residual @ residual), least) / (len(self.at) - 2) / squares

    def slope(self, *others: Array) -> Interval:
        """Give the slope, with other columns in the regression beside it."""
        return coefficient(self._design(*others), self.values, 1)

    def slope_with_a_step(self) -> Interval:
        """Give the slope where one step stands beside it, at the place that explains most."""
        steps = [(np.arange(len(self.at)) >= place).astype(np.float64) for place in self._places()]
        return self.slope(min(steps, key=self._squares))

    def rises_in_each_quarter(self) -> bool:
        """Whether the median of each quarter lies over that of the one before."""
        medians = [float(np.median(part)) for part in np.array_split(self.values, _QUARTERS)]
        return all(after > before for before, after in pairwise(medians))

    def slows_down(self) -> bool:
        """Whether the slope surely falls, and to under _SLOWING of what it was at the start."""
        centred = self._centred
        bend = coefficient(self._design(centred**2 - (centred**2).mean()), self.values, 2)
        slope = self.slope().estimate
        first, last = (slope + 2.0 * bend.estimate * float(end) for end in (centred[0], centred[-1]))
        return bend.high < 0.0 and last < _SLOWING * first

    @property
    def _centred(self) -> Array:
        centred: Array = self.at - self.at.mean()
        return centred

    def _places(self) -> range:
        return range(_STEP_MARGIN, len(self.at) - _STEP_MARGIN + 1)

    def _squares(self, step: Array) -> float:
        design = self._design(step)
        residual = self.values - design @ np.linalg.lstsq(design, self.values, rcond=None)[0]
        return float(residual @ residual)

    def _design(self, *columns: Array) -> Array:
        return np.column_stack([np.ones_like(self.at), self._centred, *columns])


def _judged(steady: _Line, slope: Interval, floor: float, *, settled: bool) -> tuple[Judgement, str]:
    if slope.high <= floor:
        return "flat", "its interval lies under the floor"
    if slope.low <= floor:
        return "undecided", "its interval holds the floor: soak longer"
    if steady.slope_with_a_step().low <= floor:
        return "undecided", "one step explains the rise: soak longer"
    if not steady.rises_in_each_quarter():
        return "undecided", "it does not rise in each quarter: soak longer"
    if steady.slows_down() or not settled:
        return "undecided", "the rise slows down, the warm-up is not over: soak longer"
    return "rises", "its interval lies over the floor, and the rise is steady"
