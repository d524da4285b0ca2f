"""Regression of one series on smooth growth, steps, kinks and outliers, with autocorrelated noise.

The model is y = growth law + chosen disturbances + AR(1) noise, fitted by generalised least squares. Neither the law
nor the autocorrelation is known, so nothing is staked on one estimate: each p-value is the mean over a grid of both,
weighted by what the data leave possible (AICc weights over the laws: Burnham and Anderson, 2002; restricted
likelihood over the autocorrelation: Harville, 1977).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from mempress.detect.tails import student_tail

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

PHIS = np.array([0.0, 0.15, 0.3, 0.45, 0.6, 0.75])
"""The grid of lag-1 autocorrelations."""

_SINGULAR = 1e-8


@dataclass(frozen=True, slots=True)
class Fit:
    """What regression says of each candidate column, added alone to a model; arrays of one entry a candidate.

    ``p_rise`` and ``p_fall`` are one-sided; ``size`` is the coefficient, ``criterion`` the AICc of the model with it.
    """

    p_rise: Array
    p_fall: Array
    size: Array
    criterion: Array


@dataclass(frozen=True, slots=True)
class Problem:
    """One series, whitened for each autocorrelation of the grid; p phis, n samples, c candidates.

    ``series`` is (p, n), each of ``laws`` (p, n, q), ``candidates`` (p, n, c); ``least_variance`` is the smallest
    variance that noise is believed to have; ``log_scale`` is what the weighting adds to -2 log likelihood.
    """

    series: Array
    laws: tuple[Array, ...]
    candidates: Array
    least_variance: float
    log_scale: float

    @property
    def samples(self) -> int:
        return self.series.shape[1]


def prepare(
    series: Array, laws: tuple[Array, ...], candidates: Array, weights: Array, least_variance: float
) -> Problem:
    """Weight the rows and whiten them: row t minus phi times row t - 1; the first times sqrt(1 - phi^2)."""
    return Problem(
        series=_whitened((series * weights)[:, None])[:, :, 0],
        laws=tuple(_whitened(law * weights[:, None]) for law in laws),
        candidates=_whitened(candidates * weights[:, None]),
        least_variance=least_variance,
        log_scale=float(-2.0 * np.log(weights).sum()),
    )


def _whitened(columns: Array) -> Array:
    phi = PHIS[:, None, None]
    first = np.sqrt(1.0 - phi**2) * columns[None, :1]
    return np.concatenate([first, columns[None, 1:] - phi * columns[None, :-1]], axis=1)


def scan(problem: Problem, chosen: list[int], among: Array) -> Fit | None:
    """Fit the model with the chosen candidates plus each one of ``among`` in turn; None: too few samples.

    A candidate that the model already spans gets p = 1.
    """
    parts = [_scan_law(problem, law, chosen, among) for law in problem.laws]
    known = [part for part in parts if part is not None]
    if not known:
        return None
    criterion = np.stack([part.criterion for part in known])
    best = criterion.min(axis=0)
    weight = np.exp(-0.5 * (criterion - best))
    weight /= weight.sum(axis=0)
    columns = np.arange(len(among))
    leading = criterion.argmin(axis=0)
    return Fit(
        p_rise=(weight * np.stack([part.p_rise for part in known])).sum(axis=0),
        p_fall=(weight * np.stack([part.p_fall for part in known])).sum(axis=0),
        size=np.stack([part.size for part in known])[leading, columns],
        criterion=best,
    )


def criterion(problem: Problem, chosen: list[int]) -> float:
    """Give the AICc of the model with the chosen candidates, under its best law and autocorrelation."""
    best = np.inf
    for law in problem.laws:
        base = _reduce(problem, law, chosen)
        if base is not None:
            least = problem.samples * problem.least_variance * (1.0 - PHIS**2)
            squares = np.maximum((base.residual**2).sum(axis=1), least)
            best = min(best, float(_deviance(problem, squares[:, None])[0] + _penalty(problem, base.columns)))
    return best


@dataclass(frozen=True, slots=True)
class _Base:
    """A model before a candidate enters it: orthonormal basis (p, n, q), log volume (p,), residuals (p, n)."""

    basis: Array
    log_volume: Array
    residual: Array

    @property
    def columns(self) -> int:
        return self.basis.shape[2]


def _reduce(problem: Problem, law: Array, chosen: list[int]) -> _Base | None:
    design = np.concatenate([law, problem.candidates[:, :, chosen]], axis=2)
    if problem.samples - design.shape[2] - 5 < 0:  # AICc with a candidate more needs that many
        return None
    basis, triangle = np.linalg.qr(design)
    scale = np.abs(np.diagonal(triangle, axis1=1, axis2=2))
    if (scale < _SINGULAR * np.abs(design).max()).any():
        return None
    fitted = basis @ (basis.transpose(0, 2, 1) @ problem.series[:, :, None])
    return _Base(basis, np.log(scale).sum(axis=1), problem.series - fitted[:, :, 0])


def _scan_law(problem: Problem, law: Array, chosen: list[int], among: Array) -> Fit | None:
    base = _reduce(problem, law, chosen)
    if base is None:
        return None
    degrees = problem.samples - base.columns - 1
    extra = problem.candidates[:, :, among]
    total = np.einsum("pnc,pnc->pc", extra, extra)
    own = total - ((base.basis.transpose(0, 2, 1) @ extra) ** 2).sum(axis=1)
    usable = (own > _SINGULAR * total).all(axis=0)
    own = np.where(usable, own, 1.0)
    shared = np.where(usable, (base.residual[:, None, :] @ extra)[:, 0, :], 0.0)
    least = degrees * problem.least_variance * (1.0 - PHIS[:, None] ** 2)
    squares = np.maximum((base.residual**2).sum(axis=1)[:, None] - shared**2 / own, least)
    t = shared / np.sqrt(own * squares / degrees)
    weight = _phi_weights(base, own, squares, degrees)
    beyond = student_tail(np.abs(t), degrees)
    rise, fall = np.where(t > 0.0, beyond, 1.0 - beyond), np.where(t > 0.0, 1.0 - beyond, beyond)
    return Fit(
        p_rise=np.where(usable, (weight * rise).sum(axis=0), 1.0),
        p_fall=np.where(usable, (weight * fall).sum(axis=0), 1.0),
        size=(weight * shared / own).sum(axis=0),
        criterion=_deviance(problem, squares) + _penalty(problem, base.columns + 1),
    )


def _phi_weights(base: _Base, own: Array, squares: Array, degrees: int) -> Array:
    """Weigh the autocorrelations by their restricted likelihood, for each candidate; (p, c)."""
    fixed = 0.5 * np.log(1.0 - PHIS**2) - base.log_volume
    restricted = fixed[:, None] - 0.5 * np.log(own) - 0.5 * degrees * np.log(squares)
    weight = np.exp(restricted - restricted.max(axis=0))
    return weight / weight.sum(axis=0)


def _deviance(problem: Problem, squares: Array) -> Array:
    """Give -2 log likelihood under the best autocorrelation, but for a constant; (c,)."""
    whitening = np.log(1.0 - PHIS**2)[:, None]
    deviance: Array = (problem.samples * np.log(squares / problem.samples) - whitening).min(axis=0)
    return deviance + problem.log_scale


def _penalty(problem: Problem, columns: int) -> float:
    parameters = columns + 2  # the variance and the autocorrelation
    return 2.0 * parameters * problem.samples / (problem.samples - parameters - 1)
