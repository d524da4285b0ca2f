"""A leak is found in a course of memory, and neither a warm-up, a step nor garbage that comes and goes is one."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mempress.detect.trend import LEAST_VALUES, Trend, find_trend
from mempress.testing.soaksignals import KINDS, TIMES, course

FLOOR = 0.2
SEEDS = range(40)
STILL_KINDS = [kind for kind in KINDS if kind != "settling"]


def judged(kind: str, seed: int, leak: float) -> Trend:
    found = find_trend(TIMES.tolist(), course(kind, seed, leak), floor=FLOOR, envelope="lowest")
    assert found is not None
    return found


def test_of_ten_minutes_without_a_leak_at_most_one_in_a_hundred_is_called_one() -> None:
    """All kinds of noise, a growth that slows down for ever among them."""
    found = Counter(judged(kind, seed, 0.0).judgement for kind in KINDS for seed in SEEDS)
    assert found["rises"] <= 0.01 * found.total()
    assert found["flat"] >= 0.4 * found.total()


def test_a_leak_of_one_mib_a_minute_is_found_in_ten_minutes_and_never_called_flat() -> None:
    found = {kind: Counter(judged(kind, seed, 1.0).judgement for seed in SEEDS) for kind in STILL_KINDS}
    assert sum(counts["flat"] for counts in found.values()) == 0
    assert sum(found[kind]["rises"] for kind in ("quiet", "mixed", "wandering")) >= 0.95 * 3 * len(SEEDS)
    assert sum(counts["rises"] for counts in found.values()) >= 0.85 * len(STILL_KINDS) * len(SEEDS)


def test_intervals_hold_the_leak_as_often_as_they_say_where_noise_has_a_size_of_its_own() -> None:
    kinds = ("quiet", "drifting", "sawtooth", "slow sawtooth", "mixed")
    trends = [judged(kind, seed, 1.0) for kind in kinds for seed in SEEDS]
    assert sum(trend.low <= 1.0 <= trend.high for trend in trends) >= 0.93 * len(trends)


def test_a_warm_up_is_found_and_left_out() -> None:
    """30 MiB within the first two minutes are not growth."""
    noise = 0.1 * np.random.default_rng(3).standard_normal(len(TIMES))
    values = 60.0 + 30.0 * np.minimum(TIMES / 2.0, 1.0) + noise
    found = find_trend(TIMES.tolist(), values.tolist(), floor=FLOOR, envelope="lowest")
    assert found is not None
    assert found.judgement == "flat"
    assert found.steady_from is not None
    assert 1.9 <= found.steady_from <= 3.1


@pytest.mark.parametrize(
    ("values", "words"),
    [
        (60.0 + 8.0 * (TIMES > 5.0), "one step"),
        (60.0 + 4.0 * np.log1p(TIMES / 0.2), "slows down"),
        (60.0 + 3.0 * TIMES * (TIMES < 4.0) + 12.0 * (TIMES >= 4.0) + 4.0 * (TIMES > 9.0), "step|quarter"),
    ],
    ids=["a step", "a logarithm", "a rise that ended, and a step"],
)
def test_a_rise_that_is_not_steady_is_undecided_and_says_why(values: np.ndarray, words: str) -> None:
    noisy = values + 0.05 * np.random.default_rng(1).standard_normal(len(TIMES))
    found = find_trend(TIMES.tolist(), noisy.tolist(), floor=FLOOR, envelope="lowest")
    assert found is not None
    assert found.judgement != "rises"
    if found.judgement == "undecided":
        assert any(word in found.reason for word in words.split("|"))


def test_what_stands_still_or_falls_is_flat() -> None:
    for values in (np.full(len(TIMES), 60.0), 60.0 - TIMES):
        found = find_trend(TIMES.tolist(), values.tolist(), floor=FLOOR, envelope="lowest")
        assert found is not None
        assert found.judgement == "flat"
        assert found.steady_from == 0.0


@settings(deadline=None, max_examples=25)
@given(st.integers(0, 20), st.sampled_from([1e-3, 1.0, 600.0]), st.sampled_from([0.01, 1.0, 1e3]), st.floats(-1e3, 1e3))
def test_units_of_time_and_size_and_the_time_of_day_make_no_difference(
    seed: int, time_scale: float, size_scale: float, start: float
) -> None:
    plain = judged("mixed", seed, 0.6)
    scaled = find_trend(
        (start * time_scale + TIMES * time_scale).tolist(),
        [value * size_scale for value in course("mixed", seed, 0.6)],
        floor=FLOOR * size_scale / time_scale,
        envelope="lowest",
    )
    assert scaled is not None
    assert (scaled.judgement, scaled.reason) == (plain.judgement, plain.reason)
    assert scaled.slope * time_scale / size_scale == pytest.approx(plain.slope, rel=1e-3, abs=1e-4)


def test_what_was_not_measured_is_left_out_and_too_little_says_nothing() -> None:
    values: list[float | None] = list(course("quiet", 1, 1.0))
    holes = [None if index % 3 else value for index, value in enumerate(values)]
    found = find_trend(TIMES.tolist(), holes, floor=FLOOR, envelope="lowest")
    assert found is not None
    assert found.judgement == "rises"
    few = LEAST_VALUES - 1
    assert find_trend(TIMES[:few].tolist(), values[:few], floor=FLOOR, envelope="lowest") is None
    assert find_trend(TIMES.tolist(), [None] * len(TIMES), floor=FLOOR, envelope="lowest") is None
    assert find_trend([1.0] * 100, [5.0] * 100, floor=FLOOR, envelope="lowest") is None


def test_the_middle_of_each_stretch_ignores_outliers_that_the_lowest_would_take() -> None:
    values = np.full(len(TIMES), 10.0)
    values[::100] = 1.0
    values[900:] = np.where(values[900:] == 1.0, 0.1, values[900:])
    found = find_trend(TIMES.tolist(), values.tolist(), floor=FLOOR, envelope="middle")
    assert found is not None
    assert found.slope == pytest.approx(0.0, abs=1e-9)
    assert found.judgement == "flat"
