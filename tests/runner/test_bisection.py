"""The search for an edge finds it, whatever the first guess, in few questions."""

from __future__ import annotations

import math

from hypothesis import given
from hypothesis import strategies as st

from mempress.runner.bisection import Bisection

NUMBERS = st.integers(1, 10**9)
RESOLUTIONS = st.sampled_from([0.001, 0.01, 0.1])


def solve(search: Bisection, edge: int, *, rising: bool) -> int:
    """Answer by an edge: rising, all from it on hold; else all below it do. Gives the number of questions."""
    for count in range(1_000):
        if (question := search.question) is None:
            return count
        search.answer(question, holds=question >= edge if rising else question < edge)
    raise AssertionError("no end")


@given(guess=NUMBERS, edge=st.integers(2, 10**9), resolution=RESOLUTIONS, rising=st.booleans())
def test_the_edge_lies_between_what_holds_and_what_fails_and_they_are_near(
    guess: int, edge: int, resolution: float, rising: bool
) -> None:
    search = Bisection(guess, rising=rising, resolution=resolution, low=1, high=10**9)
    questions = solve(search, edge, rising=rising)
    assert search.holds is not None
    assert search.fails is not None
    low, high = (search.fails, search.holds) if rising else (search.holds, search.fails)
    assert low < edge <= high
    assert high - low <= max(1, search.holds * resolution)
    apart = abs(math.log2(guess / edge)) + math.log2(1 / resolution)
    assert questions <= 8 + 3 * apart + math.log2(guess)


@given(edge=st.integers(1_000, 10**9), off=st.floats(0.0, 0.009), resolution=st.sampled_from([0.01, 0.03]))
def test_from_a_failure_within_the_resolution_of_the_edge_three_questions_suffice(
    edge: int, off: float, resolution: float
) -> None:
    """As after a run to the system's death: what it took then is nearly what it takes."""
    fails_at = math.floor(edge * (1 + off))
    search = Bisection(fails_at, rising=False, resolution=resolution, low=1, high=fails_at)
    search.answer(fails_at, holds=False)
    assert solve(search, edge, rising=False) <= 3


@given(guess=NUMBERS, high=NUMBERS, rising=st.booleans())
def test_where_there_is_no_edge_within_the_range_one_side_stays_unknown(guess: int, high: int, rising: bool) -> None:
    always = Bisection(guess, rising=rising, resolution=0.01, low=1, high=high)
    solve(always, 0 if rising else high + 1, rising=rising)
    assert (always.fails, always.holds) == (None, 1 if rising else high)
    never = Bisection(guess, rising=rising, resolution=0.01, low=1, high=high)
    solve(never, high + 1 if rising else 0, rising=rising)
    assert (never.holds, never.fails) == (None, high if rising else 1)
