"""Whether the final searches had settled, on courses whose truth is known."""

from __future__ import annotations

import math
from collections import Counter
from typing import TYPE_CHECKING

import msgspec
import numpy as np
import pytest

from mempress.analysis.settling import LEAST_SEARCHES, settling, settling_in_words
from mempress.comparison.compare import compare
from tests.report.handmade import completed

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mempress.model import Settling

N = 1_000
SEEDS = range(40)
PLACES = np.arange(N) / N


def noise(seed: int, spread: float, phi: float = 0.0) -> NDArray[np.float64]:
    steps = np.random.default_rng(seed).standard_normal(N) * math.sqrt(1.0 - phi * phi)
    values = np.empty(N)
    last = 0.0
    for at, step in enumerate(steps):
        values[at] = last = phi * last + step
    return np.exp(spread * values)


def judged(values: NDArray[np.float64]) -> Settling:
    found = settling(values.tolist())
    assert found is not None
    return found


@pytest.mark.parametrize(("spread", "phi"), [(0.05, 0.0), (0.3, 0.0), (1.0, 0.0), (0.2, 0.9)])
def test_noise_alone_is_hardly_ever_called_moving(spread: float, phi: float) -> None:
    found = Counter(judged(noise(seed, spread, phi)).judgement for seed in SEEDS)
    assert found["moving"] <= 0.05 * len(SEEDS)
    assert spread > 0.05 or found["settled"] >= 0.9 * len(SEEDS)


@pytest.mark.parametrize("course", [1.0 + 0.4 * PLACES, 2.0 - PLACES])
def test_searches_that_become_slower_or_faster_all_the_time_had_not_settled(course: NDArray[np.float64]) -> None:
    found = [judged(course * noise(seed, 0.1)) for seed in SEEDS]
    assert sum(one.judgement == "moving" for one in found) >= 0.95 * len(SEEDS)
    truth = course[-1] / course[0] - 1.0
    assert np.median([one.change for one in found]) == pytest.approx(truth, abs=0.1)


def test_a_warm_up_that_ends_is_cut_off() -> None:
    found = [judged((1.0 + 2.0 * (PLACES < 0.1)) * noise(seed, 0.05)) for seed in SEEDS]
    assert sum(one.judgement == "settled" for one in found) >= 0.9 * len(SEEDS)
    assert all(one.warm_up is not None and one.warm_up >= 0.1 * N for one in found)


def test_too_few_searches_or_one_without_a_time_tell_nothing() -> None:
    assert settling([1.0] * (LEAST_SEARCHES - 1)) is None
    assert settling([0.0, *[1.0] * LEAST_SEARCHES]) is None
    assert judged(np.ones(N)).judgement == "settled"


def test_a_run_that_had_not_settled_says_so() -> None:
    moving, still = judged(1.0 + PLACES), judged(np.ones(N))
    assert settling_in_words(moving).startswith("it had not settled: the median search moved by +")
    told = "x: it had not settled"
    for found, says in ((moving, True), (still, False), (None, False)):
        summary = msgspec.structs.replace(completed(), settling=found)
        assert (told in "\n".join(compare({"x": summary}).findings)) is says
