"""Differences against known truths: systems that are the same, and systems that differ by a known amount."""

from __future__ import annotations

import math
from collections import Counter
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mempress.stats import Statistic, difference
from mempress.stats.bootstrap import NOISE_FLOOR, cliffs_delta

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    Processes = list[list[float]]
    Noise = Callable[[np.random.Generator, int], NDArray[np.float64]]

VALUES = 100
finite = st.floats(min_value=0.01, max_value=1_000.0)
processes = st.lists(st.lists(finite, min_size=1, max_size=12), min_size=1, max_size=4)


def autoregressive(phi: float) -> Noise:
    """Give noise of unit variance whose neighbours correlate."""

    def noise(generator: np.random.Generator, n: int) -> NDArray[np.float64]:
        steps = generator.normal(size=n) * math.sqrt(1.0 - phi**2)
        values = [generator.normal()]
        for step in steps[1:]:
            values.append(phi * values[-1] + step)
        return np.array(values)

    return noise


def heavy(generator: np.random.Generator, n: int) -> NDArray[np.float64]:
    """Give noise with a tail so heavy that its variance does not exist."""
    return np.asarray(generator.pareto(1.5, size=n))


NOISES: dict[str, Noise] = {
    "independent": autoregressive(0.0),
    "correlated": autoregressive(0.6),
    "heavy tails": heavy,
}


def runs(generator: np.random.Generator, noise: Noise, shift: float, level: float = 1.0, n: int = 3) -> Processes:
    """Give the values of ``n`` processes around ``level``; each is shifted as a whole by a share drawn once."""
    levels = level * np.exp(generator.normal(0.0, shift, size=n))
    return [list(own * (1.0 + 0.1 * noise(generator, VALUES))) for own in levels]


@pytest.mark.parametrize("noise", NOISES.values(), ids=NOISES.keys())
@pytest.mark.parametrize("shift", [0.0, 0.02, 0.3], ids=["no shifts", "small shifts", "large shifts"])
def test_a_system_differs_from_itself_in_at_most_five_of_a_hundred_comparisons(noise: Noise, shift: float) -> None:
    generator = np.random.default_rng(7)
    told = Counter(
        difference(runs(generator, noise, shift), runs(generator, noise, shift), statistic).verdict
        for _ in range(60)
        for statistic in ("median", "p95")
    )
    assert told["different"] <= 6
    assert told["unknown"] == 0


def test_processes_that_are_now_fast_and_now_slow_do_not_make_a_system_differ_from_itself() -> None:
    """Whole processes fall into one of two states, as where another program shares the core: the hardest case."""
    generator = np.random.default_rng(3)

    def bimodal(n: int) -> Processes:
        states = generator.choice([1.0, 1.8], size=n)
        return [list(state * (1.0 + 0.02 * generator.normal(size=VALUES))) for state in states]

    told = Counter(difference(bimodal(4), bimodal(4), "median").verdict for _ in range(100))
    assert told["different"] <= 5


def test_a_machine_that_drifts_for_a_few_runs_does_not_make_a_system_differ_from_itself() -> None:
    """Levels of neighbouring processes correlate by a half; sixteen in a row are compared with the next sixteen."""
    generator = np.random.default_rng(9)
    drift = autoregressive(0.5)
    told: Counter[str] = Counter()
    for _ in range(100):
        levels = 1.0 + 0.1 * drift(generator, 32)
        drawn = [list(level * (1.0 + 0.01 * generator.normal(size=20))) for level in levels]
        told[difference(drawn[:16], drawn[16:], "median").verdict] += 1
    assert told["different"] <= 5


@pytest.mark.parametrize("noise", NOISES.values(), ids=NOISES.keys())
def test_a_true_shift_of_a_fifth_is_found_and_lies_in_the_interval(noise: Noise) -> None:
    """Three processes each, which differ by 2% among themselves; the noise within them is a tenth of the level.

    At least nine of ten are found, and nineteen of twenty intervals hold the truth.
    """
    generator = np.random.default_rng(11)
    found = [
        difference(runs(generator, noise, 0.02), runs(generator, noise, 0.02, level=1.2), "median") for _ in range(100)
    ]
    assert sum(each.verdict == "different" for each in found) >= 90
    truth = 0.2 * float(np.median(1.0 + 0.1 * noise(generator, 100_000)))
    covered = sum(each.low is not None and each.high is not None and each.low <= truth <= each.high for each in found)
    assert covered >= 95


def test_the_difference_the_ratio_and_the_counts_are_those_of_the_values() -> None:
    found = difference([[1.0, 2.0, 3.0], [2.0, 2.0, 2.0]], [[4.0, 4.0, 4.0], [4.0, 5.0, 6.0]], "mean")
    assert (found.base, found.other, found.estimate, found.ratio) == (2.0, 4.5, 2.5, 2.25)
    assert found.effect_size == 1.0
    assert "2 and 2 runs" in found.reason


@pytest.mark.parametrize(("statistic", "expected"), [("mean", 50.5), ("median", 50.0), ("p95", 95.0), ("p99", 99.0)])
def test_percentiles_are_by_nearest_rank(statistic: Statistic, expected: float) -> None:
    values = [float(value) for value in range(100, 0, -1)]
    assert difference([values], [values], statistic).base == expected


def test_one_run_each_is_never_called_different_however_far_apart_they_are() -> None:
    generator = np.random.default_rng(5)
    slow, fast = (list(level + 0.01 * generator.normal(size=VALUES)) for level in (10.0, 1.0))
    found = difference([slow], [fast], "median")
    assert found.verdict == "unknown"
    assert (found.low, found.high, found.p) == (None, None, None)
    assert "--repeats 3" in found.reason
    assert difference([[10.0]], [[1.0]], "mean").verdict == "unknown"
    assert difference([slow], [fast, fast, fast], "median").verdict == "unknown"


def test_one_run_each_within_the_noise_of_their_values_shows_no_difference() -> None:
    generator = np.random.default_rng(6)
    one, two = (list(1.0 + 0.5 * generator.normal(size=VALUES)) for _ in range(2))
    found = difference([one], [two], "mean")
    assert found.verdict == "no difference"
    assert found.p is None


@pytest.mark.parametrize(("n", "m", "verdict"), [(1, 1, "unknown"), (2, 2, "unknown"), (3, 3, "different")])
def test_figures_alike_within_each_side_differ_only_where_runs_suffice(n: int, m: int, verdict: str) -> None:
    """Two outcomes that are equally likely split two and two runs so by chance once in eight times."""
    found = difference([[5.0]] * n, [[6.0]] * m, "mean")
    assert found.verdict == verdict
    if n > 1:
        assert found.p == pytest.approx(2.0 * 0.5 ** (n + m))


def test_a_sure_difference_under_the_floor_is_not_claimed() -> None:
    base = [[100.0 + 0.01 * at] for at in range(5)]
    other = [[100.9 + 0.01 * at] for at in range(5)]
    found = difference(base, other, "mean")
    assert found.p is not None
    assert found.p < 0.001
    assert found.verdict == "no difference"
    assert f"{NOISE_FLOOR:.0%}" in found.reason


def test_what_was_not_measured_is_unknown_and_says_where() -> None:
    found = difference([[], []], [[1.0]], "mean")
    assert (found.verdict, found.base, found.other, found.estimate) == ("unknown", None, 1.0, None)
    assert found.reason == "not measured in base"


@pytest.mark.parametrize("bad", [math.nan, math.inf])
def test_a_value_that_is_no_number_is_refused(bad: float) -> None:
    with pytest.raises(ValueError, match="not a number"):
        difference([[1.0, bad]], [[1.0]], "mean")


@settings(deadline=None, max_examples=60)
@given(base=processes, other=processes)
def test_interval_p_and_verdict_agree_and_the_same_values_give_the_same_answer(
    base: Processes, other: Processes
) -> None:
    found = difference(base, other, "median")
    assert found == difference(base, other, "median")
    assert found.effect_size is not None
    assert -1.0 <= found.effect_size <= 1.0
    if found.low is not None and found.high is not None and found.estimate is not None and found.p is not None:
        assert found.low <= found.estimate <= found.high
        leaves_out = found.low > 0.0 or found.high < 0.0
        assert leaves_out == (found.p < 0.05)
        assert leaves_out or found.verdict == "no difference"
    if found.verdict == "different":
        assert min(len(base), len(other)) >= 2


@settings(deadline=None, max_examples=40)
@given(side=processes)
def test_a_side_never_differs_from_its_own_values(side: Processes) -> None:
    found = difference(side, side, "p95")
    assert (found.estimate, found.effect_size, found.verdict) == (0.0, 0.0, "no difference")


@settings(deadline=None, max_examples=40)
@given(base=processes, other=processes, power=st.integers(min_value=-8, max_value=8))
def test_another_unit_changes_the_figures_and_no_verdict(base: Processes, other: Processes, power: int) -> None:
    factor = 2.0**power
    plain = difference(base, other, "median")
    larger_base, larger_other = ([[factor * value for value in values] for values in side] for side in (base, other))
    scaled = difference(larger_base, larger_other, "median")
    assert scaled.verdict == plain.verdict
    assert scaled.estimate == pytest.approx(factor * (plain.estimate or 0.0))
    assert scaled.effect_size == plain.effect_size


@given(base=st.lists(finite, min_size=1, max_size=9), other=st.lists(finite, min_size=1, max_size=9))
def test_cliffs_delta_counts_pairs(base: list[float], other: list[float]) -> None:
    signs = [(right > left) - (right < left) for left in base for right in other]
    assert cliffs_delta(np.array(base), np.array(other)) == pytest.approx(sum(signs) / len(signs))
