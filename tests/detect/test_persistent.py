"""Intervals of a coefficient hold the truth as often as they say, though the noise persists."""

from __future__ import annotations

import numpy as np
import pytest

from mempress.detect.persistent import coefficient
from mempress.testing.signals import ar1

N = 20
AT = np.linspace(-1.0, 1.0, N)
DESIGN = np.column_stack([np.ones(N), AT])


@pytest.mark.parametrize("phi", [0.0, 0.3, 0.6])
def test_nineteen_intervals_of_twenty_hold_the_slope(phi: float) -> None:
    held = 0
    for seed in range(300):
        noise = ar1(N, phi, np.random.default_rng((seed, 3)))
        found = coefficient(DESIGN, 5.0 + 2.0 * AT + noise, 1)
        assert found.low < found.estimate < found.high
        held += found.low <= 2.0 <= found.high
    assert held >= 0.92 * 300


def test_without_noise_the_coefficient_is_exact() -> None:
    found = coefficient(DESIGN, 5.0 + 2.0 * AT, 1)
    assert (found.low, found.estimate, found.high) == pytest.approx((2.0, 2.0, 2.0), abs=1e-4)


def test_a_higher_level_gives_a_wider_interval() -> None:
    series = 2.0 * AT + ar1(N, 0.3, np.random.default_rng(4))
    narrow, wide = (coefficient(DESIGN, series, 1, level=level) for level in (0.8, 0.99))
    assert wide.low < narrow.low < narrow.estimate < narrow.high < wide.high
