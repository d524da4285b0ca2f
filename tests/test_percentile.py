"""A percentile is one of the values: the smallest that so many per cent of them do not exceed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mempress.percentile import percentile

VALUES = st.lists(st.floats(allow_nan=False), min_size=1, max_size=300)


@given(VALUES, st.integers(1, 100))
def test_it_is_the_smallest_value_that_so_many_per_cent_do_not_exceed(values: list[float], q: int) -> None:
    found = percentile(values, q)
    enough = [value for value in values if 100 * sum(other <= value for other in values) >= q * len(values)]
    assert found == min(enough)


@given(VALUES, st.integers(0, 100), st.integers(0, 100))
def test_it_rises_with_q_from_the_least_value_to_the_greatest(values: list[float], p: int, q: int) -> None:
    low, high = percentile(values, min(p, q)), percentile(values, max(p, q))
    assert low is not None
    assert high is not None
    assert min(values) <= low <= high <= max(values) == percentile(values, 100)


@pytest.mark.parametrize(("q", "value"), [(0, 1), (5, 1), (50, 10), (95, 19), (99, 20), (100, 20)])
def test_known_percentiles_of_one_to_twenty_in_any_order(q: float, value: float) -> None:
    assert percentile([*range(20, 0, -2), *range(1, 20, 2)], q) == value


def test_no_values_have_no_percentile() -> None:
    assert percentile([], 50) is None
