"""Quantiles and their intervals: right as often as they say, of independent values and of waits in a queue."""

from __future__ import annotations

from math import log

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mempress.percentile import percentile
from mempress.stats.quantiles import least_values, quantile, quantile_interval


@pytest.mark.parametrize(("share", "least"), [(0.5, 20), (0.95, 200), (0.99, 1_000), (0.999, 10_000)])
def test_a_quantile_is_given_from_ten_values_beyond_it_on(share: float, least: int) -> None:
    assert least_values(share) == least
    assert quantile(np.arange(least - 1.0), share) is None
    assert quantile_interval(np.arange(least - 1.0), share) is None
    assert quantile(np.arange(float(least)), share) == least - 11


@given(st.lists(st.floats(-1e6, 1e6), min_size=200, max_size=300), st.sampled_from([0.5, 0.95]))
def test_it_is_the_nearest_rank_and_lies_within_its_interval(values: list[float], share: float) -> None:
    found, interval = quantile(np.array(values), share), quantile_interval(np.array(values), share)
    assert found == percentile(values, 100 * share)
    assert interval is not None
    assert interval[0] <= (found or 0.0) <= interval[1]


@pytest.mark.parametrize(("share", "n"), [(0.5, 60), (0.95, 300), (0.99, 1_500)])
def test_of_independent_values_the_interval_holds_the_truth_in_19_of_20_cases(share: float, n: int) -> None:
    """Of 300 samples of the exponential law; fewer than 270 would come by chance once in ten thousand."""
    generator = np.random.default_rng(5)
    truth = -log(1.0 - share)
    intervals = [quantile_interval(generator.exponential(size=n), share) for _ in range(300)]
    assert sum(low <= truth <= high for low, high in filter(None, intervals)) >= 270


def waits(generator: np.random.Generator, n: int, busy: float) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """Give how long each waits in a queue, Poisson arrivals and exponential service, after Lindley (1952)."""
    steps = generator.exponential(busy, n - 1) - generator.exponential(1.0, n - 1)
    walk = np.concatenate([[0.0], np.cumsum(steps)])
    return np.asarray(walk - np.minimum.accumulate(walk))


@pytest.mark.parametrize("share", [0.5, 0.95])
def test_of_a_queue_whose_waits_remember_each_other_the_interval_is_wide_enough(share: float) -> None:
    """30 runs of 5,000 at 70% busy: it holds the truth in 24 at least, where independence would say under 20."""
    generator = np.random.default_rng(6)
    truth = log(0.7 / (1.0 - share)) / (1.0 / 0.7 - 1.0)
    runs = [waits(generator, 6_000, 0.7)[1_000:] for _ in range(30)]
    mixed = [generator.permutation(run) for run in runs]
    hits, hits_mixed = (
        sum(low <= truth <= high for low, high in filter(None, (quantile_interval(run, share) for run in of)))
        for of in (runs, mixed)
    )
    assert hits >= 24
    assert hits_mixed < 20


def test_the_same_values_give_the_same_interval() -> None:
    run = waits(np.random.default_rng(7), 3_000, 0.8)
    assert quantile_interval(run, 0.99) == quantile_interval(run.copy(), 0.99)


@pytest.mark.parametrize("share", [0.5, 0.95, 0.99])
def test_of_very_many_values_the_interval_holds_the_truth_and_is_as_wide_as_that_of_drawn_blocks(share: float) -> None:
    """12 runs of 130,000 waits each, and of one the first 100,000, of which blocks are drawn."""
    generator = np.random.default_rng(8)
    truth = log(0.7 / (1.0 - share)) / (1.0 / 0.7 - 1.0)
    runs = [waits(generator, 131_000, 0.7)[1_000:] for _ in range(12)]
    found = [quantile_interval(run, share) for run in runs]
    assert sum(low <= truth <= high for low, high in filter(None, found)) >= 10
    drawn, batched = quantile_interval(runs[0][:100_000], share), found[0]
    assert drawn is not None
    assert batched is not None
    assert 0.5 < (batched[1] - batched[0]) / (drawn[1] - drawn[0]) < 1.6


def test_values_that_are_sorted_already_give_the_same() -> None:
    run = waits(np.random.default_rng(9), 120_000, 0.7)
    assert quantile_interval(run, 0.95) == quantile_interval(run, 0.95, ordered=np.sort(run))
    assert quantile(run, 0.95) == quantile(run, 0.95, ordered=np.sort(run))
