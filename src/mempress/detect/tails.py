"""Tail probabilities of the Student, chi-squared and binomial distributions, with numpy alone."""

from __future__ import annotations

from functools import lru_cache
from math import exp, lgamma, log, log1p
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

_LEAST_P = 1e-300
_TABLE_SIZE = 200
_LARGEST_T = 1e5
_CONVERGED = 1e-12
_TINY = 1e-300


def student_tail(t: NDArray[np.float64], degrees: int) -> NDArray[np.float64]:
    """Give P(T > t) of Student's distribution for each t, to about 1% of itself; never under 1e-300."""
    grid, log_tail = _student_table(degrees)
    size = np.minimum(np.abs(t), _LARGEST_T)
    tail = np.exp(np.interp(np.log1p(size), grid, log_tail))
    return np.where(t >= 0.0, tail, 1.0 - tail)


@lru_cache(maxsize=512)
def _student_table(degrees: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Tabulate log P(T > t) on a grid of log(1 + t), for interpolation."""
    grid = np.linspace(0.0, log1p(_LARGEST_T), _TABLE_SIZE)
    tails = [0.5 * incomplete_beta(degrees / (degrees + t * t), degrees / 2, 0.5) for t in np.expm1(grid)]
    return grid, np.log(np.maximum(tails, _LEAST_P))


def incomplete_beta(x: float, a: float, b: float) -> float:
    """Give the regularised incomplete beta function I_x(a, b), by its continued fraction (DLMF 8.17.22)."""
    if x <= 0.0:
        return 0.0
    if x >= 1.0:
        return 1.0
    if x > (a + 1.0) / (a + b + 2.0):
        return 1.0 - incomplete_beta(1.0 - x, b, a)
    front = exp(lgamma(a + b) - lgamma(a) - lgamma(b) + a * log(x) + b * log1p(-x)) / a
    return front / _beta_fraction(x, a, b)


def _beta_fraction(x: float, a: float, b: float) -> float:
    """Evaluate 1 + d1 / (1 + d2 / (1 + ...)) by Lentz's method."""
    value, c, d = 1.0, 1.0, 0.0
    for step in range(1, 10_000):
        m = step // 2
        if step % 2:
            term = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
        else:
            term = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
        d = 1.0 / (1.0 + term * d or _TINY)
        c = 1.0 + term / c or _TINY
        value *= c * d
        if abs(c * d - 1.0) < _CONVERGED:
            break
    return value


def chi_squared_tail(x: float, degrees: float) -> float:
    """Give P(X > x) of the chi-squared distribution; degrees need not be whole (DLMF 8.7.1, 8.9.2)."""
    a, z = degrees / 2, x / 2
    if z <= 0.0:
        return 1.0
    front = exp(a * log(z) - z - lgamma(a))
    return 1.0 - front * _gamma_series(a, z) if z < a + 1.0 else front * _gamma_fraction(a, z)


def _gamma_series(a: float, z: float) -> float:
    term = total = 1.0 / a
    for step in range(1, 10_000):
        term *= z / (a + step)
        total += term
        if term < _CONVERGED * total:
            break
    return total


def _gamma_fraction(a: float, z: float) -> float:
    b = z + 1.0 - a
    c, d = 1.0 / _TINY, 1.0 / b
    value = d
    for step in range(1, 10_000):
        term = -step * (step - a)
        b += 2.0
        d = 1.0 / (term * d + b or _TINY)
        c = b + term / c or _TINY
        value *= c * d
        if abs(c * d - 1.0) < _CONVERGED:
            break
    return value


def beta_binomial_tail(successes: int, trials: int, a: float, b: float) -> float:
    """Give P(X >= successes) where X is binomial over ``trials`` with a share drawn from Beta(a, b)."""
    logs = [
        lgamma(trials + 1) - lgamma(k + 1) - lgamma(trials - k + 1)
        + lgamma(k + a) + lgamma(trials - k + b) - lgamma(trials + a + b)
        + lgamma(a + b) - lgamma(a) - lgamma(b)
        for k in range(successes, trials + 1)
    ]  # fmt: skip
    return min(1.0, sum(map(exp, logs)))
