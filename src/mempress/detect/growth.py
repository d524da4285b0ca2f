"""Growth: by which law a figure grows with the records, and at how many records it will pass an objective.

Every law is value = a + b f(records), fitted by Huber's robust regression and chosen by AICc with parsimony; intervals
come from a bootstrap over blocks of residuals (Kuensch, Annals of Statistics 17, 1989) in which the law is chosen anew
each time, so they hold the doubt about the law too.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal
from zlib import crc32

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Array = NDArray[np.float64]

Law = Literal["constant", "log", "linear", "n log n", "quadratic"]
LAWS: tuple[Law, ...] = ("constant", "log", "linear", "n log n", "quadratic")
"""The laws, simplest first: log is a + b log n, quadratic is a + b n^2."""

LEAST_SAMPLES = 5
REPLICATES = 400
_CONFIDENCE = 0.95
_BETTER_THAN_CONSTANT = 12.0
_BETTER_THAN_SIMPLER = 2.0
_HUBER = 1.345
_MAD_TO_SIGMA = 1.4826
_ITERATIONS = 8
_FARTHEST = 1e15
_LEAST_SIZE = 1e-100
_NEGLIGIBLE = 1e-12


@dataclass(frozen=True, slots=True)
class Curve:
    """One law with its coefficients a and b."""

    law: Law
    a: float
    b: float

    def at(self, records: float) -> float:
        """Give the value at so many records (at least one)."""
        return self.a + self.b * float(_feature(self.law, np.array([max(records, 1.0)]))[0])

    def reaches(self, objective: float) -> float:
        """Give the records from which the value is at or over the objective; inf where it never will be."""
        if self.at(1.0) >= objective:
            return 1.0
        if self.b <= 0.0 or self.law == "constant" or self.at(_FARTHEST) < objective:
            return math.inf
        low, high = 0.0, math.log(_FARTHEST)
        for _ in range(80):
            middle = (low + high) / 2
            low, high = (middle, high) if self.at(math.exp(middle)) < objective else (low, middle)
        return math.exp(high)


@dataclass(frozen=True, slots=True)
class Crossing:
    """The records at which an objective is passed, with the 95% interval; ``high`` None: perhaps never."""

    records: float
    low: float
    high: float | None


@dataclass(frozen=True, slots=True)
class GrowthFit:
    """A law fitted to n samples: coefficients (a, b), the 95% interval of b, and the residuals' typical size.

    ``error`` is the median absolute residual as a share of the median value; ``replicates`` are the curves of the
    bootstrap.
    """

    law: Law
    coefficients: tuple[float, float]
    interval: tuple[float, float]
    error: float
    n: int
    replicates: tuple[Curve, ...]

    @property
    def curve(self) -> Curve:
        """The fitted curve."""
        return Curve(self.law, *self.coefficients)

    def predict(self, records: float) -> float:
        """Give the value that the law predicts at so many records."""
        return self.curve.at(records)

    def crossing(self, objective: float) -> Crossing | None:
        """Give where the value passes an objective; None where the law never passes it."""
        records = self.curve.reaches(objective)
        if math.isinf(records):
            return None
        reached = sorted(curve.reaches(objective) for curve in self.replicates)
        tail = (1.0 - _CONFIDENCE) / 2
        low = min(reached[int(tail * len(reached))], records)
        high = max(reached[math.ceil((1.0 - tail) * len(reached)) - 1], records)
        return Crossing(records, low, None if math.isinf(high) else high)


def fit_growth(records: Sequence[float], values: Sequence[float | None]) -> GrowthFit | None:
    """Fit the laws to a series (values not measured are left out) and choose one; None: under five samples.

    A law other than constant must be better than it by 12 in AICc, since autocorrelated noise drifts; among the
    others the simplest within 2 of the best is taken.
    """
    known = [(load, value) for load, value in zip(records, values, strict=True) if value is not None]
    if len(known) < LEAST_SAMPLES:
        return None
    load, series = np.array(known, dtype=np.float64).T
    load = np.maximum(load, 1.0)
    a, b, chosen = _fit_all(load, series[None, :])
    law = LAWS[chosen[0]]
    fitted = a[0] + b[0] * _feature(law, load)
    resampled = fitted + _block_residuals(series - fitted, crc32(np.stack([load, series]).tobytes()))
    many_a, many_b, many = _fit_all(load, resampled)
    same = many_b[many == chosen[0]]
    low, high = np.quantile(same, [(1 - _CONFIDENCE) / 2, (1 + _CONFIDENCE) / 2]) if len(same) else (b[0], b[0])
    return GrowthFit(
        law=law,
        coefficients=(float(a[0]), float(b[0])),
        interval=(min(float(low), float(b[0])), max(float(high), float(b[0]))),
        error=_relative_error(series, fitted),
        n=len(known),
        replicates=tuple(Curve(LAWS[one], float(x), float(y)) for one, x, y in zip(many, many_a, many_b, strict=True)),
    )


def crossing_in_words(what: str, objective: float, unit: str, crossing: Crossing | None) -> str:
    """Say where an objective breaks, as in: search passes 200 ms at about 7,400 records (6,900 to 8,000)."""
    goal = f"{objective:g} {unit}"
    if crossing is None:
        return f"{what} does not pass {goal} at any load, as far as its growth so far shows"
    high = "perhaps never" if crossing.high is None else rounded(crossing.high)
    return f"{what} passes {goal} at about {rounded(crossing.records)} records ({rounded(crossing.low)} to {high})"


def rounded(records: float) -> str:
    """Write a count of records with two significant digits."""
    digits = max(0, math.floor(math.log10(max(records, 1.0))) - 1)
    return f"{round(records / 10**digits) * 10**digits:,}"


def _feature(law: Law, load: Array) -> Array:
    if law == "constant":
        return np.zeros_like(load)
    if law == "log":
        return np.log(load)
    if law == "linear":
        return load
    return load * np.log(load) if law == "n log n" else load**2


def _relative_error(series: Array, fitted: Array) -> float:
    """Give the median distance over the median size; over 1 where that is nothing beside the largest value."""
    size, largest = float(np.median(np.abs(series))), float(np.max(np.abs(series)))
    return float(np.median(np.abs(series - fitted))) / (size if size > _NEGLIGIBLE * largest else 1.0)


def _fit_all(load: Array, series: Array) -> tuple[Array, Array, NDArray[np.intp]]:
    """Fit every law to each row of ``series`` (r, n); give a, b and the place of the chosen law, each (r,)."""
    fits = [_robust_line(_feature(law, load), series) for law in LAWS]
    a, b, criterion = (np.stack(part) for part in zip(*fits, strict=True))
    growing = criterion[1:]
    simplest = 1 + (growing <= growing.min(axis=0) + _BETTER_THAN_SIMPLER).argmax(axis=0)
    grows = growing.min(axis=0) < criterion[0] - _BETTER_THAN_CONSTANT
    chosen = np.where(grows, simplest, 0)
    rows = np.arange(len(series))
    return a[chosen, rows], b[chosen, rows], chosen


def _robust_line(feature: Array, series: Array) -> tuple[Array, Array, Array]:
    """Fit each row by Huber's weights; give a, b and the AICc, each (r,)."""
    samples = len(feature)
    growing = bool(np.ptp(feature) > 0.0)
    size = np.abs(series).max(axis=1, keepdims=True)
    least = np.maximum(1e-9 * size, _LEAST_SIZE)
    weights = np.ones_like(series)
    for _ in range(_ITERATIONS):
        a, b = _weighted_line(feature, series, weights, growing)
        residual = series - a - b * feature
        sigma = np.maximum(_MAD_TO_SIGMA * np.median(np.abs(residual), axis=1, keepdims=True), least)
        weights = np.minimum(1.0, _HUBER * sigma / np.maximum(np.abs(residual), least))
    squares = np.maximum((weights * residual**2).mean(axis=1), least[:, 0] ** 2)
    parameters = 3 if growing else 2
    penalty = 2.0 * parameters * samples / (samples - parameters - 1)
    return a[:, 0], b[:, 0], samples * np.log(squares) + penalty


def _weighted_line(feature: Array, series: Array, weights: Array, growing: bool) -> tuple[Array, Array]:
    total = weights.sum(axis=1, keepdims=True)
    mean = (weights * series).sum(axis=1, keepdims=True) / total
    if not growing:
        return mean, np.zeros_like(mean)
    centre = (weights * feature).sum(axis=1, keepdims=True) / total
    spread = (weights * (feature - centre) ** 2).sum(axis=1, keepdims=True)
    b = (weights * (feature - centre) * (series - mean)).sum(axis=1, keepdims=True) / spread
    return mean - b * centre, b


def _block_residuals(residual: Array, seed: int) -> Array:
    """Draw rows of residuals in blocks of about the cube root of n, widened for the two fitted coefficients; (r, n)."""
    samples = len(residual)
    block = max(1, round(samples ** (1 / 3)))
    starts = np.random.default_rng(seed).integers(0, samples, size=(REPLICATES, math.ceil(samples / block)))
    places = (starts[:, :, None] + np.arange(block)) % samples
    wide = (residual - residual.mean()) * math.sqrt(samples / (samples - 2))
    drawn: Array = wide[places.reshape(REPLICATES, -1)[:, :samples]]
    return drawn
