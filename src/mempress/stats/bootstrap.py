"""Whether two systems differ, judged from the values of several processes of each.

Values of one process resemble each other more than those of two: the layout of memory, the processor's frequency and
who shares its core are drawn once for each process. So the bootstrap draws processes first, then blocks of
consecutive values within each (Davison and Hinkley, 1997, section 3.8; Kalibera and Jones, 2013). Few processes make
a bootstrap too narrow: its variance is stretched by n / (n - 1), and its interval is Student's (Hesterberg, 2015).

Nor are processes in a row independent: what else the machine does changes within minutes. Ten runs of one system
against its next ten differed by single runs in one of five comparisons. So neighbours are drawn together, as batch
means do (Law, 2015, section 9.5.3).
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

import numpy as np

from mempress.stats.blocks import resample
from mempress.stats.student import student_p, student_quantile

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from mempress.stats.blocks import Array

Statistic = Literal["mean", "median", "p95", "p99"]
Verdict = Literal["different", "no difference", "unknown"]

LEVEL = 0.95
NOISE_FLOOR = 0.01
"""A difference up to this share of the base is not claimed, however sure: criterion's default, too."""
SEED = 20_260_101
_DRAWS = 2_000
_DRAWS_WITHIN = 200
_LEAST_BATCHES = 4
"""Up to so many processes stand alone; more are drawn in batches of neighbours, sqrt(n) of them at least."""
_NORMAL_DEGREES = 1e6
_ROUNDING = 1e-9
"""Figures that differ by less than this share of themselves are the same, computed in another order."""
_UNDER_FLOOR = f"no more than {NOISE_FLOOR:.0%} of the base"


def _rank(share: float) -> Callable[[Array], Array]:
    """Give the nearest-rank percentile over the last axis, as ``mempress.percentile`` does."""

    def statistic(values: Array) -> Array:
        place = max(0, math.ceil(values.shape[-1] * share) - 1)
        return np.asarray(np.partition(values, place, axis=-1)[..., place])

    return statistic


_STATISTICS: Mapping[Statistic, Callable[[Array], Array]] = {
    "mean": lambda values: np.asarray(values.mean(axis=-1)),
    "median": _rank(0.50),
    "p95": _rank(0.95),
    "p99": _rank(0.99),
}


@dataclass(frozen=True, slots=True)
class Difference:
    """How ``other`` differs from ``base``; None is what the values do not tell.

    ``base`` and ``other`` are the statistic's means over processes, ``estimate`` is other - base in the values' unit,
    ``low`` and ``high`` are its 95% interval, ``ratio`` is other / base. ``p`` is two-sided and agrees with the
    interval. ``effect_size`` is Cliff's delta over all values: the share of pairs in which other is larger less that in
    which it is smaller, from -1 to 1. ``reason`` says in words what the verdict rests on.
    """

    base: float | None
    other: float | None
    estimate: float | None
    ratio: float | None
    low: float | None
    high: float | None
    p: float | None
    effect_size: float | None
    verdict: Verdict
    reason: str


@dataclass(frozen=True, slots=True)
class _Side:
    """One system: a statistic of each process, and the variance of their mean as the bootstrap sees it."""

    statistics: Array
    variance: float
    batches: int

    @property
    def processes(self) -> int:
        return self.statistics.size

    @property
    def mean(self) -> float:
        return float(self.statistics.mean())


def difference(
    base: Sequence[Sequence[float]], other: Sequence[Sequence[float]], statistic: Statistic, *, seed: int = SEED
) -> Difference:
    """Judge whether ``other`` differs from ``base``; each is a list of processes, each of them its values in order.

    A process without values is left out. A figure that each process gives once is a process of one value. The verdict
    is ``different`` where the interval leaves out 0 and the difference exceeds ``NOISE_FLOOR`` of the base; ``unknown``
    where too few processes were run to tell. The same values and seed give the same answer.

    Raises:
        ValueError: a value is not finite.
    """
    samples = [[np.asarray(values, dtype=np.float64) for values in side if len(values)] for side in (base, other)]
    if not all(bool(np.isfinite(values).all()) for side in samples for values in side):
        raise ValueError("A value is infinite or not a number: leave out what was not measured.")
    generator = np.random.default_rng(seed)
    first, second = (_side(side, _STATISTICS[statistic], generator) if side else None for side in samples)
    if first is None or second is None:
        return _unmeasured(first, second)
    found = _described(first, second, cliffs_delta(np.concatenate(samples[0]), np.concatenate(samples[1])))
    return _judged(found, first, second)


def cliffs_delta(base: Array, other: Array) -> float:
    """Give P(other > base) - P(other < base) over all pairs of values (Cliff, 1993)."""
    ordered = np.sort(base)
    smaller = np.searchsorted(ordered, other, side="left").sum()
    not_larger = np.searchsorted(ordered, other, side="right").sum()
    larger = base.size * other.size - not_larger
    return float(smaller - larger) / (base.size * other.size)


def _side(processes: Sequence[Array], statistic: Callable[[Array], Array], generator: np.random.Generator) -> _Side:
    """Draw batches of processes, then blocks within each: from a bank of resampled statistics of each process."""
    count = len(processes)
    found = np.array([float(statistic(values)) for values in processes])
    bank = np.array([statistic(resample(values, _DRAWS_WITHIN, generator)) for values in processes])
    batches = min(count, max(_LEAST_BATCHES, math.isqrt(count)))
    bank = np.array([part.mean(axis=0) for part in np.array_split(bank, batches)])
    drawn = generator.integers(0, batches, size=(_DRAWS, batches))
    means = bank[drawn, generator.integers(0, _DRAWS_WITHIN, size=(_DRAWS, batches))].mean(axis=1)
    variance = float(means.var()) * (batches / (batches - 1) if batches > 1 else 1.0)
    rounding = (_ROUNDING * float(np.abs(found).max())) ** 2
    return _Side(found, variance if variance > rounding else 0.0, batches)


def _unmeasured(first: _Side | None, second: _Side | None) -> Difference:
    sides = " and ".join(word for word, side in (("base", first), ("other", second)) if side is None)
    return Difference(
        base=None if first is None else first.mean,
        other=None if second is None else second.mean,
        estimate=None,
        ratio=None,
        low=None,
        high=None,
        p=None,
        effect_size=None,
        verdict="unknown",
        reason=f"not measured in {sides}",
    )


def _described(first: _Side, second: _Side, effect_size: float) -> Difference:
    """Give the figures without a judgement."""
    return Difference(
        base=first.mean,
        other=second.mean,
        estimate=second.mean - first.mean,
        ratio=second.mean / first.mean if first.mean else None,
        low=None,
        high=None,
        p=None,
        effect_size=effect_size,
        verdict="unknown",
        reason="",
    )


def _judged(found: Difference, first: _Side, second: _Side) -> Difference:
    if min(first.processes, second.processes) == 1:
        return _judged_single(found, first, second)
    if first.variance + second.variance == 0.0:
        return _judged_constant(found, first, second)
    return _judged_spread(found, first, second)


def _judged_single(found: Difference, first: _Side, second: _Side) -> Difference:
    """Judge where a side has one process: what is known of the noise bounds it from below, so it can only acquit."""
    if not _above_floor(found):
        return replace(found, verdict="no difference", reason=_UNDER_FLOOR)
    counts, known = _counts(first, second), math.sqrt(first.variance + second.variance)
    if known and abs(found.estimate or 0.0) <= student_quantile(_NORMAL_DEGREES, 1.0 - LEVEL) * known:
        return replace(found, verdict="no difference", reason=f"{counts}: no more than the noise that they show")
    reason = f"{counts}: how much such runs vary is not known; give --repeats 3 or more"
    return replace(found, verdict="unknown", reason=reason)


def _judged_constant(found: Difference, first: _Side, second: _Side) -> Difference:
    """Judge figures that agree within each side.

    Two figures that turn up with chances q and 1 - q split n and m runs so with 2 q^n (1 - q)^m, at most for
    q = n / (n + m): that is p.
    """
    if not _above_floor(found):
        return replace(found, p=1.0, verdict="no difference", reason=_UNDER_FLOOR)
    n, m = first.processes, second.processes
    p = 2.0 * (n / (n + m)) ** n * (m / (n + m)) ** m
    reason = f"{_counts(first, second)}, alike within each side: by chance with p = {p:.2g} at most"
    return replace(found, p=p, verdict="different" if p < 1.0 - LEVEL else "unknown", reason=reason)


def _judged_spread(found: Difference, first: _Side, second: _Side) -> Difference:
    """Judge by Student's interval, with the degrees of freedom of the side with fewer batches.

    That is Welch's test at its most cautious, whatever the variances are (Mickey and Brown, 1966).
    """
    estimate, error = found.estimate or 0.0, math.sqrt(first.variance + second.variance)
    degrees = min(first.batches, second.batches) - 1
    reach = student_quantile(degrees, 1.0 - LEVEL) * error
    judged = replace(found, low=estimate - reach, high=estimate + reach, p=student_p(estimate / error, degrees))
    if abs(estimate) <= reach:
        return replace(judged, verdict="no difference", reason=f"{_counts(first, second)}: the interval holds 0")
    if not _above_floor(found):
        return replace(judged, verdict="no difference", reason=_UNDER_FLOOR)
    return replace(judged, verdict="different", reason=f"{_counts(first, second)}: the interval leaves out 0")


def _above_floor(found: Difference) -> bool:
    return abs(found.estimate or 0.0) > NOISE_FLOOR * abs(found.base or 0.0)


def _counts(first: _Side, second: _Side) -> str:
    if first.processes == second.processes == 1:
        return "one run each"
    return f"{first.processes} and {second.processes} runs"
