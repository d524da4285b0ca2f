from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mempress.detect.growth import Crossing, crossing_in_words, fit_growth
from mempress.testing.signals import ar1

if TYPE_CHECKING:
    from collections.abc import Callable

TRUTHS: dict[str, Callable[[float], float]] = {
    "constant": lambda n: 5.0,
    "log": lambda n: 1.0 + 2.0 * math.log(n),
    "linear": lambda n: 0.5 + 0.001 * n,
    "n log n": lambda n: 0.5 + 0.001 * n * math.log(n),
    "quadratic": lambda n: 0.5 + 1e-7 * n * n,
}
LOADS = [1000.0 * (step + 1) for step in range(20)]


def noisy(law: str, loads: list[float], share: float, seed: int) -> list[float | None]:
    noise = ar1(len(loads), 0.3, np.random.default_rng(seed))
    return [TRUTHS[law](load) * (1.0 + share * float(one)) for load, one in zip(loads, noise, strict=True)]


@pytest.mark.parametrize("law", TRUTHS)
def test_an_exact_law_is_named_and_its_values_predicted(law: str) -> None:
    fit = fit_growth(LOADS, [TRUTHS[law](load) for load in LOADS])
    assert fit is not None
    assert fit.law == law
    assert fit.predict(60_000.0) == pytest.approx(TRUTHS[law](60_000.0), rel=1e-6)


@pytest.mark.parametrize("law", ["constant", "log", "linear", "quadratic"])
def test_a_law_under_one_percent_of_noise_is_named_in_nearly_every_run(law: str) -> None:
    named = [getattr(fit_growth(LOADS, noisy(law, LOADS, 0.01, seed)), "law", None) for seed in range(25)]
    assert named.count(law) >= 23


@pytest.mark.parametrize("law", ["log", "linear", "quadratic"])
def test_the_first_third_of_a_run_predicts_the_crossing_within_15_percent(law: str) -> None:
    loads = [250.0 * (step + 1) for step in range(80)]
    objective = TRUTHS[law](loads[-1])
    third = loads[: len(loads) // 3]
    near = 0
    for seed in range(25):
        fit = fit_growth(third, noisy(law, third, 0.005, seed))
        crossing = None if fit is None else fit.crossing(objective)
        near += crossing is not None and abs(crossing.records / loads[-1] - 1.0) <= 0.15
    assert near >= 23


def test_the_interval_of_a_crossing_holds_the_truth_at_about_its_rate() -> None:
    held = 0
    for seed in range(40):
        fit = fit_growth(LOADS, noisy("linear", LOADS, 0.02, seed))
        crossing = None if fit is None else fit.crossing(TRUTHS["linear"](40_000.0))
        assert crossing is not None
        held += crossing.low <= 40_000.0 <= (crossing.high or math.inf)
    assert held >= 32


def test_outliers_do_not_bend_the_line() -> None:
    values: list[float | None] = [TRUTHS["linear"](load) for load in LOADS]
    values[4], values[13] = 500.0, 900.0
    fit = fit_growth(LOADS, values)
    assert fit is not None
    assert fit.law == "linear"
    assert fit.coefficients[1] == pytest.approx(0.001, rel=1e-3)


def test_under_five_known_samples_are_insufficient() -> None:
    assert fit_growth(LOADS[:6], [1.0, None, 2.0, None, 3.0, 4.0]) is None


@pytest.mark.parametrize("law", ["constant", "log"])
def test_what_does_not_grow_so_far_never_crosses(law: str) -> None:
    sinking = -1.0 if law == "log" else 1.0
    fit = fit_growth(LOADS, [sinking * TRUTHS[law](load) for load in LOADS])
    assert fit is not None
    assert fit.crossing(100.0) is None


@given(st.lists(st.floats(0.0, 1e9), min_size=5, max_size=30))
def test_any_values_are_fitted_the_same_way_twice(values: list[float]) -> None:
    loads = [float(step) for step in range(len(values))]
    fit = fit_growth(loads, values)
    assert fit is not None
    assert all(map(math.isfinite, fit.coefficients))
    assert fit == fit_growth(loads, values)


@pytest.mark.parametrize(
    ("crossing", "words"),
    [
        (Crossing(7412.0, 6890.0, 8003.0), "search passes 200 ms at about 7,400 records (6,900 to 8,000)"),
        (Crossing(7.0, 6.0, None), "search passes 200 ms at about 7 records (6 to perhaps never)"),
        (None, "search does not pass 200 ms at any load, as far as its growth so far shows"),
    ],
)
def test_a_crossing_in_words(crossing: Crossing | None, words: str) -> None:
    assert crossing_in_words("search", 200.0, "ms", crossing) == words
