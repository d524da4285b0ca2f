"""Regression of one series on smooth growth, steps, kinks and outliers, with autocorrelated noise.

The model is y = growth law + chosen disturbances + AR(1) noise, fitted by generalised least squares. Neither the law,
nor how the noise is spread, nor its autocorrelation is known, so nothing is staked on one estimate: each p-value is
the mean over all of them, weighted by what the data leave possible (AICc weights over laws and spreads: Burnham and
Anderson, 2002; restricted likelihood over the autocorrelation: Harville, 1977).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from mempress.detect.tails import student_tail

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]
    Places = NDArray[np.intp]

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
class View:
    """One series under one belief of how its noise is spread, whitened for each autocorrelation of the grid.

    For p autocorrelations, n samples, c candidates: ``series`` is (p, n), each of ``laws`` (p, n, q), ``candidates``
    (p, n, c), ``sizes`` (p, c) the sums of their squares. ``least_variance`` is the smallest that noise is believed to
    have; ``log_scale`` is what the weighting adds to -2 log likelihood.
    """

    series: Array
    laws: tuple[Array, ...]
    candidates: Array
    sizes: Array
    least_variance: float
    log_scale: float

    @property
    def samples(self) -> int:
        """The number of samples n."""
        return int(self.series.shape[1])


Problem = tuple[View, ...]
"""One series under every belief of how its noise is spread."""


def view(series: Array, laws: tuple[Array, ...], candidates: Array, weights: Array, least_variance: Array) -> View:
    """Weight the rows and whiten them: row t minus phi times row t - 1; the first times sqrt(1 - phi^2)."""
    whitened = _whitened(candidates * weights[:, None])
    return View(
        series=_whitened((series * weights)[:, None])[:, :, 0],
        laws=tuple(_whitened(law * weights[:, None]) for law in laws),
        candidates=whitened,
        sizes=np.einsum("pnc,pnc->pc", whitened, whitened),
        least_variance=float(np.mean(least_variance * weights**2)),
        log_scale=float(-2.0 * np.log(weights).sum()),
    )


def _whitened(columns: Array) -> Array:
    phi = PHIS[:, None, None]
    first = np.sqrt(1.0 - phi**2) * columns[None, :1]
    return np.concatenate([first, columns[None, 1:] - phi * columns[None, :-1]], axis=1)


def scan(problem: Problem, chosen: list[int], among: Places | None = None) -> Fit | None:
    """Fit the model with the chosen candidates plus each one of ``among`` (None: all) in turn; None: too few samples.

    A candidate that the model already spans gets p = 1.
    """
    parts = [_scan_law(one, law, chosen, among) for one in problem for law in one.laws]
    return _averaged([part for part in parts if part is not None])


def scan_chosen(problem: Problem, chosen: list[int]) -> Fit | None:
    """Fit the model with the chosen candidates and judge each of them within it; None: too few samples."""
    parts = [_judge_law(one, law, chosen) for one in problem for law in one.laws]
    return _averaged([part for part in parts if part is not None])


def _averaged(known: list[Fit]) -> Fit | None:
    """Average the p-values by AICc weight; the size is the likeliest law's."""
    if not known:
        return None
    criterion = np.stack([part.criterion for part in known])
    best = criterion.min(axis=0)
    weight = np.exp(-0.5 * (criterion - best))
    weight /= weight.sum(axis=0)
    columns = np.arange(criterion.shape[1])
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
    for one in problem:
        for law in one.laws:
            base = _reduce(one, law, chosen, entering=0)
            if base is not None:
                squares = np.maximum(base.squares(), one.samples * one.least_variance * (1.0 - PHIS**2))
                best = min(best, float(_deviance(one, squares[:, None])[0] + _penalty(one, base.columns)))
    return best


@dataclass(frozen=True, slots=True)
class _Base:
    """A design reduced: orthonormal basis (p, n, q), triangle (p, q, q), log volume (p,), residuals (p, n)."""

    basis: Array
    triangle: Array
    log_volume: Array
    residual: Array

    @property
    def columns(self) -> int:
        return int(self.basis.shape[2])

    def squares(self) -> Array:
        """Give the residual sum of squares, (p,)."""
        squares: Array = np.einsum("pn,pn->p", self.residual, self.residual)
        return squares


def _reduce(one: View, law: Array, chosen: list[int], entering: int) -> _Base | None:
    design = np.concatenate([law, one.candidates[:, :, chosen]], axis=2)
    if one.samples - design.shape[2] - entering - 3 < 0:  # AICc needs that many
        return None
    basis, triangle = np.linalg.qr(design)
    scale = np.abs(np.diagonal(triangle, axis1=1, axis2=2))
    if (scale < _SINGULAR * np.abs(design).max()).any():
        return None
    fitted = basis @ (basis.transpose(0, 2, 1) @ one.series[:, :, None])
    return _Base(basis, triangle, np.log(scale).sum(axis=1), one.series - fitted[:, :, 0])


def _scan_law(one: View, law: Array, chosen: list[int], among: Places | None) -> Fit | None:
    base = _reduce(one, law, chosen, entering=1)
    if base is None:
        return None
    degrees = one.samples - base.columns - 1
    extra = one.candidates if among is None else one.candidates[:, :, among]
    total = one.sizes if among is None else one.sizes[:, among]
    own = total - ((base.basis.transpose(0, 2, 1) @ extra) ** 2).sum(axis=1)
    usable = (own > _SINGULAR * total).all(axis=0)
    own = np.where(usable, own, 1.0)
    shared = np.where(usable, (base.residual[:, None, :] @ extra)[:, 0, :], 0.0)
    least = degrees * one.least_variance * (1.0 - PHIS[:, None] ** 2)
    squares = np.maximum(base.squares()[:, None] - shared**2 / own, least)
    t = shared / np.sqrt(own * squares / degrees)
    weight = _phi_weights(base.log_volume[:, None] + 0.5 * np.log(own), squares, degrees)
    rise, fall = _tails(t, degrees)
    return Fit(
        p_rise=np.where(usable, (weight * rise).sum(axis=0), 1.0),
        p_fall=np.where(usable, (weight * fall).sum(axis=0), 1.0),
        size=(weight * shared / own).sum(axis=0),
        criterion=_deviance(one, squares) + _penalty(one, base.columns + 1),
    )


def _judge_law(one: View, law: Array, chosen: list[int]) -> Fit | None:
    base = _reduce(one, law, chosen, entering=0)
    if base is None:
        return None
    degrees = one.samples - base.columns
    inverse = np.linalg.inv(base.triangle)[:, law.shape[2] :, :]
    size = (inverse @ (base.basis.transpose(0, 2, 1) @ one.series[:, :, None]))[:, :, 0]
    squares = np.maximum(base.squares(), degrees * one.least_variance * (1.0 - PHIS**2))[:, None]
    t = size / np.sqrt((inverse**2).sum(axis=2) * squares / degrees)
    weight = _phi_weights(base.log_volume[:, None], squares, degrees)
    rise, fall = _tails(t, degrees)
    criterion = _deviance(one, squares) + _penalty(one, base.columns)
    return Fit(
        p_rise=(weight * rise).sum(axis=0),
        p_fall=(weight * fall).sum(axis=0),
        size=(weight * size).sum(axis=0),
        criterion=np.repeat(criterion, len(chosen)),
    )


def _tails(t: Array, degrees: int) -> tuple[Array, Array]:
    """Give the one-sided p of a rise and of a fall."""
    beyond = student_tail(np.abs(t), degrees)
    return np.where(t > 0.0, beyond, 1.0 - beyond), np.where(t > 0.0, 1.0 - beyond, beyond)


def _phi_weights(log_volume: Array, squares: Array, degrees: int) -> Array:
    """Weigh the autocorrelations by their restricted likelihood, for each candidate; (p, c)."""
    restricted = 0.5 * np.log(1.0 - PHIS**2)[:, None] - log_volume - 0.5 * degrees * np.log(squares)
    weight: Array = np.exp(restricted - restricted.max(axis=0))
    weight /= weight.sum(axis=0)
    return weight


def _deviance(one: View, squares: Array) -> Array:
    """Give -2 log likelihood under the best autocorrelation, but for a constant; (c,)."""
    whitening = np.log(1.0 - PHIS**2)[:, None]
    deviance: Array = (one.samples * np.log(squares / one.samples) - whitening).min(axis=0)
    return deviance + one.log_scale


def _penalty(one: View, columns: int) -> float:
    parameters = columns + 1  # the variance
    return 2.0 * parameters * one.samples / (one.samples - parameters - 1)
