"""Intervals of sampled shares."""

from __future__ import annotations

from math import comb

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mempress.stats.shares import wilson


@given(st.integers(1, 200).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n), st.integers(0, 500))))
def test_the_interval_holds_the_share_and_shrinks_as_the_sample_nears_all(case: tuple[int, int, int]) -> None:
    hits, n, more = case
    low, high = wilson(hits, n)
    near_low, near_high = wilson(hits, n, n + more)
    assert 0.0 <= low <= near_low <= hits / n <= near_high <= high <= 1.0
    assert wilson(hits, n, n) == (hits / n, hits / n)


def test_it_is_wilson_s() -> None:
    """Of 10 out of 20, and of none out of 10: published values."""
    assert wilson(10, 20) == pytest.approx((0.2993, 0.7007), abs=5e-5)
    assert wilson(0, 10) == pytest.approx((0.0, 0.2775), abs=5e-5)


@pytest.mark.parametrize("present", [5, 30, 200, 700, 970])
def test_of_all_samples_of_fifty_from_a_thousand_about_95_in_100_hold_the_truth(present: int) -> None:
    def chance(hits: int) -> float:
        return comb(present, hits) * comb(1_000 - present, 50 - hits) / comb(1_000, 50)

    def holds(hits: int) -> bool:
        low, high = wilson(hits, 50, 1_000)
        return low <= present / 1_000 <= high

    assert sum(chance(hits) for hits in range(min(present, 50) + 1) if holds(hits)) > 0.92


@pytest.mark.parametrize(("n", "population"), [(0, None), (0, 10), (11, 10)])
def test_no_sample_has_no_interval(n: int, population: int | None) -> None:
    with pytest.raises(ValueError, match=f"n={n}"):
        wilson(0, n, population)
