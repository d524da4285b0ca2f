from __future__ import annotations

import math

import numpy as np
import pytest

from mempress.detect.agreement import Agreement, agreement
from mempress.detect.tails import beta_binomial_tail, chi_squared_tail, student_tail


@pytest.mark.parametrize("t", [0.0, 0.5, 2.0, 30.0, 5000.0])
def test_student_with_one_degree_is_cauchy_and_with_two_has_a_closed_form(t: float) -> None:
    one, two = (float(student_tail(np.array([t]), degrees)[0]) for degrees in (1, 2))
    assert one == pytest.approx(0.5 - math.atan(t) / math.pi, rel=0.02)
    assert two == pytest.approx(0.5 * (1.0 - t / math.sqrt(2.0 + t * t)), rel=0.02, abs=1e-12)


def test_student_with_many_degrees_is_nearly_normal_and_symmetric() -> None:
    high, low = student_tail(np.array([3.0, -3.0]), 5000)
    assert high == pytest.approx(0.5 * math.erfc(3.0 / math.sqrt(2.0)), rel=0.03)
    assert high + low == pytest.approx(1.0)


@pytest.mark.parametrize("x", [0.1, 1.0, 5.0, 60.0])
def test_chi_squared_with_even_degrees_is_a_poisson_sum(x: float) -> None:
    exact = math.exp(-x / 2) * sum((x / 2) ** k / math.factorial(k) for k in range(4))
    assert chi_squared_tail(x, 8.0) == pytest.approx(exact, rel=1e-9)


def test_beta_binomial_under_a_flat_prior_is_uniform_over_the_counts() -> None:
    assert beta_binomial_tail(5, 10, 1.0, 1.0) == pytest.approx(6 / 11)


def test_each_known_event_is_matched_once_within_a_sample() -> None:
    assert agreement([4, 6, 20], [5, 19, 40]) == Agreement(found=3, known=3, matched=2)
    assert agreement([], [3]).precision is None
    assert agreement([3], []).recall is None
