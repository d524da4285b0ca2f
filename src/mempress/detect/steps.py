"""Lasting shifts in one noisy series.

A search in the manner of Chen and Liu (JASA 88, 1993): disturbances (lasting steps, kinks, single outliers) enter the
regression one by one while they are significant, and leave it when they no longer are. Steps alone are reported; kinks
and outliers are there so that a plateau or a hiccup is not taken for a step.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from mempress.detect.regression import Fit, Problem, criterion, scan, scan_chosen, view

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

LEAST_SAMPLES = 5
_MOST_ADDITIONS = 12
_NOMINATED_AT = 2.5
_MAD_TO_SIGMA = 1.4826
_NOISE_PER_EFFECT = 0.2
_LEVELS_APART = 1.5
_STEP, _KINK, _OUTLIER = "step", "kink", "outlier"


@dataclass(frozen=True, slots=True)
class Series:
    """One measured series: load, value, and the variance of each value that its own sample shows (0: unknown).

    ``least_effect`` is the smallest shift that counts, ``bound`` the largest value that there can be.
    """

    records: Array
    values: Array
    variances: Array
    least_effect: float
    bound: float | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """A lasting shift, first seen at ``index``, with the one-sided p of a rise and of a fall, over one look."""

    index: int
    size: float
    p_rise: float
    p_fall: float


@dataclass(frozen=True, slots=True)
class _Candidates:
    """Columns that may enter the model: steps, kinks, and outliers of one or two samples, each from ``index`` on."""

    columns: Array
    kind: NDArray[np.str_]
    index: NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Model:
    """A series explained: its regression and the candidates in it; ``criterion`` is lower for the better of two."""

    problem: Problem
    candidates: _Candidates
    scale: float
    chosen: list[int]
    criterion: float

    def steps(self) -> list[Step]:
        """Give the steps in the model, in order; an outlier at the last sample may be one too."""
        last = self.problem[0].samples - 1
        kind, index = self.candidates.kind, self.candidates.index
        steps = [self._step(one) for one in self.chosen if kind[one] == _STEP or index[one] == last]
        return sorted((step for step in steps if step is not None), key=lambda step: step.index)

    def step_at(self, index: int) -> Step | None:
        """Give the step that the model has, or would have, at ``index``; None at an end or where it cannot be told."""
        one = self._place(index)
        return None if one is None else self._step(one)

    def moved_step(self, index: int, to: int) -> Step | None:
        """Give the step that the model would have at ``to`` if it had none at ``index``."""
        one = self._place(index)
        return replace(self, chosen=[other for other in self.chosen if other != one]).step_at(to)

    def with_step(self, index: int) -> Model:
        """Give the model with a step at ``index`` in it."""
        one = self._place(index)
        return self if one is None or one in self.chosen else replace(self, chosen=[*self.chosen, one])

    def p_of_steps(self) -> tuple[Array, Array]:
        """Give, for a step at each sample, the one-sided p of a rise and of a fall; 1 where none can be told."""
        places = np.flatnonzero(self.candidates.kind == _STEP)
        rise, fall = np.ones(self.problem[0].samples), np.ones(self.problem[0].samples)
        fit = scan(self.problem, self.chosen, places)
        if fit is not None:
            rise[self.candidates.index[places]] = fit.p_rise
            fall[self.candidates.index[places]] = fit.p_fall
        return rise, fall

    def _place(self, index: int) -> int | None:
        found = np.flatnonzero((self.candidates.kind == _STEP) & (self.candidates.index == index))
        return int(found[0]) if len(found) else None

    def _step(self, one: int) -> Step | None:
        fit = scan(self.problem, [other for other in self.chosen if other != one], np.array([one]))
        if fit is None:
            return None
        index, size = int(self.candidates.index[one]), float(fit.size[0]) * self.scale
        return Step(index, size, float(fit.p_rise[0]), float(fit.p_fall[0]))


def fit_series(series: Series, alpha: float) -> Model | None:
    """Find the disturbances of a series, each significant at ``alpha`` over all positions; None: too few samples."""
    samples = len(series.values)
    if samples < LEAST_SAMPLES:
        return None
    candidates = _candidates(samples)
    scale = max(float(np.ptp(series.values)), series.least_effect)
    values = (series.values - np.median(series.values)) / scale
    least = (series.variances + (series.least_effect * _NOISE_PER_EFFECT) ** 2) / scale**2
    laws, weightings = _laws(series.records), _weightings(series)
    problem = tuple(view(values, laws, candidates.columns, weights, least) for weights in weightings)
    models = []
    nominated = _nominated(values, candidates)
    for start in ([], nominated) if nominated else ([],):
        chosen = _search(problem, start, alpha / samples)
        look_penalty = 2.0 * len(chosen) * float(np.log(samples))
        models.append(Model(problem, candidates, scale, chosen, criterion(problem, chosen) + look_penalty))
    return min(models, key=lambda model: model.criterion)


def _search(problem: Problem, start: list[int], threshold: float) -> list[int]:
    """Add the most significant candidate, then drop what no longer is, until nothing changes."""
    chosen = _pruned(problem, start, threshold)
    most = problem[0].samples // 3
    for _ in range(_MOST_ADDITIONS):
        if len(chosen) >= most:
            break
        fit = scan(problem, chosen)
        if fit is None:
            break
        p = _two_sided(fit)
        winner = int(p.argmin())
        if p[winner] >= threshold or winner in chosen:
            break
        kept = _pruned(problem, [*chosen, winner], threshold)
        if winner not in kept:
            break
        chosen = kept
    return chosen


def _pruned(problem: Problem, chosen: list[int], threshold: float) -> list[int]:
    """Drop the least significant, a third of those at a time, until all are significant."""
    while chosen:
        fit = scan_chosen(problem, chosen)
        if fit is None:
            chosen = chosen[: len(chosen) // 2]
            continue
        p = _two_sided(fit)
        insignificant = int((p >= threshold).sum())
        if not insignificant:
            break
        dropped = np.argsort(-p, kind="stable")[: max(1, insignificant // 3)]
        chosen = [one for at, one in enumerate(chosen) if at not in dropped]
    return chosen


def _two_sided(fit: Fit) -> Array:
    return 2.0 * np.minimum(fit.p_rise, fit.p_fall)


def _candidates(samples: int) -> _Candidates:
    """Give a step and a kink at every inner sample, an outlier at every one, and one of two samples inside."""
    position = np.arange(samples)
    inner, middle, pair = position[2:-1], position[2:-2], position[1:-2]
    since = position[:, None] - position[None, :]
    columns = [(since[:, inner] >= 0), np.maximum(since[:, middle], 0) / samples, since == 0]
    columns.append((since[:, pair] >= 0) & (since[:, pair] <= 1))
    kinds = [_STEP] * len(inner) + [_KINK] * len(middle) + [_OUTLIER] * (samples + len(pair))
    index = np.concatenate([inner, middle, position, pair])
    return _Candidates(np.concatenate(columns, axis=1).astype(np.float64), np.array(kinds), index)


def _laws(records: Array) -> tuple[Array, ...]:
    """Give the growth laws that a series may follow, as columns over the load."""
    constant = np.ones_like(records)
    if np.ptp(records) == 0.0:
        return (constant[:, None],)
    positive = np.maximum(records, 0.5 * max(1.0, float(np.median(np.diff(records)))))
    load = positive / positive.max()
    laws: tuple[list[Array], ...] = (
        [],
        [load],
        [np.log(load)],
        [load * np.log(positive)],
        [load, np.log(load)],
        [load, load**2],
    )
    return tuple(np.stack([constant, *law], axis=1) for law in laws)


def _weightings(series: Series) -> list[Array]:
    """Give the rows' weights under each belief of how noise is spread.

    Evenly; in proportion to the level; for a series with a bound also to the distance from it, since noise dies out
    there. A belief that makes hardly a difference is left out.
    """
    scales = [np.abs(series.values)]
    if series.bound is not None:
        scales.append(series.bound - series.values)
    smooth = [_running_median(scale, max(3, len(scale) // 6)) for scale in scales]
    levels = [np.maximum(level, 0.05 * float(level.max())) for level in smooth if level.max() > 0.0]
    apart = [level for level in levels if level.max() > _LEVELS_APART * level.min()]
    return [np.ones_like(series.values), *(np.exp(np.mean(np.log(level))) / level for level in apart)]


def _running_median(values: Array, reach: int) -> Array:
    return np.array([np.median(values[max(0, at - reach) : at + reach + 1]) for at in range(len(values))])


def _nominated(values: Array, candidates: _Candidates) -> list[int]:
    """Name the steps at which the series jumps most, by robust score: regular drops hide from a search one by one."""
    jumps = np.diff(values)
    deviation = np.abs(jumps - np.median(jumps))
    sigma = max(_MAD_TO_SIGMA * float(np.median(deviation)), 1e-12)
    score = deviation / sigma
    most = len(values) // 3
    order = [int(at) + 1 for at in np.argsort(-score, kind="stable")[:most] if score[at] > _NOMINATED_AT]
    place = {int(at): one for one, at in enumerate(candidates.index) if candidates.kind[one] == _STEP}
    return [place[at] for at in order if at in place]
