"""Counted latencies read back as what they were, within the width of a bucket."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mempress.histogram import Histogram, bucket_of, merged, middle_of
from mempress.percentile import percentile

VALUES = st.lists(st.integers(0, 1 << 62), min_size=1, max_size=60)


@given(st.integers(0, 1 << 62))
def test_a_value_is_read_back_within_the_width_of_its_bucket(value: int) -> None:
    assert middle_of(bucket_of(value)) == pytest.approx(value, rel=0.016)
    assert value > 63 or middle_of(bucket_of(value)) == value


@given(st.integers(0, 1 << 62))
def test_buckets_are_in_the_order_of_their_values_and_none_is_left_out(value: int) -> None:
    assert bucket_of(value + 1) - bucket_of(value) in {0, 1}


@given(VALUES, st.sampled_from([1.0, 50.0, 95.0, 99.0, 100.0]))
def test_percentiles_are_those_of_the_values(values: list[int], q: float) -> None:
    histogram = Histogram()
    for value in values:
        histogram.add(value)
    assert histogram.n == len(values)
    assert histogram.percentile(q) == pytest.approx(percentile(values, q), rel=0.016)
    assert histogram.mean() == pytest.approx(sum(values) / len(values), rel=0.016)


@given(VALUES, VALUES)
def test_merging_counts_all_values_together(first: list[int], second: list[int]) -> None:
    histograms = [Histogram(), Histogram(), Histogram()]
    for value in first:
        histograms[0].add(value)
        histograms[2].add(value)
    for value in second:
        histograms[1].add(value)
        histograms[2].add(value)
    assert merged(histograms[:2]).counts == histograms[2].counts


def test_without_values_nothing_is_known() -> None:
    assert (Histogram().n, Histogram().mean(), Histogram().percentile(50)) == (0, None, None)
