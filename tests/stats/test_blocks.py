"""Blocks are as long as the values remember, and a resample is made of blocks."""

from __future__ import annotations

import numpy as np
import pytest

from mempress.stats.blocks import block_length, resample
from mempress.stats.student import student_p, student_quantile


def remembering(phi: float, n: int, generator: np.random.Generator) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    values = np.zeros(n)
    for at in range(1, n):
        values[at] = phi * values[at - 1] + generator.normal()
    return values


def test_blocks_grow_with_the_memory_of_the_values() -> None:
    generator = np.random.default_rng(1)
    lengths = [
        np.median([block_length(remembering(phi, 500, generator)) for _ in range(20)]) for phi in (0.0, 0.5, 0.9)
    ]
    assert lengths[0] <= 4
    assert lengths[0] < lengths[1] < lengths[2]


@pytest.mark.parametrize("values", [[1.0], [1.0, 2.0, 3.0], [2.0] * 50, [1.0, 2.0] * 25])
def test_short_constant_and_alternating_series_have_a_length_too(values: list[float]) -> None:
    array = np.array(values)
    assert 1 <= block_length(array) <= max(1, len(values))
    assert resample(array, 5, np.random.default_rng(0)).shape == (5, len(values))


def test_a_resample_keeps_neighbours_together() -> None:
    """Of a slow wave the blocks are long: nearly all neighbours in the resample are neighbours in the series."""
    wave = np.sin(np.arange(300) / 20.0)
    drawn = resample(wave, 50, np.random.default_rng(0))
    steps = np.abs(np.diff(drawn, axis=1))
    together = np.mean(steps <= np.abs(np.diff(wave)).max() + 1e-12)
    assert set(drawn.ravel()) <= set(wave)
    assert together > 0.9


def test_the_error_of_a_mean_is_that_of_correlated_values() -> None:
    """An AR(1) of 0.6 has a mean whose error is twice that of independent values."""
    generator = np.random.default_rng(4)
    ratios = []
    for _ in range(30):
        values = remembering(0.6, 400, generator)
        ratios.append(resample(values, 200, generator).mean(axis=1).std() / (values.std() / 20.0))
    assert np.mean(ratios) == pytest.approx(2.0, abs=0.25)


@pytest.mark.parametrize(("degrees", "expected"), [(1, 12.706), (2, 4.303), (4, 2.776), (30, 2.042), (1e6, 1.960)])
def test_students_quantiles_are_those_of_the_tables(degrees: float, expected: float) -> None:
    quantile = student_quantile(degrees, 0.05)
    assert quantile == pytest.approx(expected, abs=0.001)
    assert student_p(quantile, degrees) == pytest.approx(0.05, abs=1e-6)
