"""The interval of a drift against series whose drift is known."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from mempress.stats.drift import drift

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    Series = NDArray[np.float64]

_LENGTH = 1_000
_ROUNDS = 500


def _scatter(rng: np.random.Generator) -> Series:
    return rng.standard_normal(_LENGTH)


def _slow(rng: np.random.Generator) -> Series:
    """An autoregression that remembers about a hundred values."""
    shocks, level, found = rng.standard_normal(_LENGTH), 0.0, np.empty(_LENGTH)
    for at, shock in enumerate(shocks):
        level = 0.99 * level + shock
        found[at] = level
    return found


def _walk(rng: np.random.Generator) -> Series:
    return np.cumsum(rng.standard_normal(_LENGTH))


def _steps(rng: np.random.Generator) -> Series:
    """Twenty steps up or down at random moments, as an allocator makes them, under a little scatter."""
    found = 0.1 * rng.standard_normal(_LENGTH)
    for _ in range(20):
        found[rng.integers(_LENGTH) :] += rng.uniform(-1.0, 1.0)
    return found


@pytest.mark.parametrize("make", [_scatter, _slow, _walk, _steps])
@pytest.mark.parametrize("true", [0.0, 0.003])
def test_the_interval_covers_the_true_drift(make: Callable[[np.random.Generator], Series], true: float) -> None:
    """94% is meant for walks; 91% is asked for, three standard errors of 500 rounds less."""
    rng = np.random.default_rng(5)
    covered = 0
    for _ in range(_ROUNDS):
        low, high = drift((make(rng) + true * np.arange(_LENGTH)).tolist())
        covered += low <= true <= high
    assert covered >= 0.91 * _ROUNDS


def test_a_slow_leak_is_found() -> None:
    """0.05 MB in 100 batches of 66 MB that scatter by 0.01 MB and step by up to 0.05."""
    rng = np.random.default_rng(6)
    found = 0
    for _ in range(100):
        steps = np.zeros(2_900)
        for _ in range(20):
            steps[rng.integers(2_900) :] += rng.uniform(-0.05, 0.05)
        leaking = 66.0 + steps + 0.01 * rng.standard_normal(2_900) + 0.0005 * np.arange(2_900)
        low, _ = drift(leaking.tolist())
        found += low > 0
    assert found >= 99


def test_a_constant_does_not_drift() -> None:
    assert drift([3.0] * 40) == (0.0, 0.0)


def test_too_few_values_are_refused() -> None:
    with pytest.raises(ValueError, match="at least 40"):
        drift([1.0] * 39)
