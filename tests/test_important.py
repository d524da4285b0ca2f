"""The most important records, against sorting all of them."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from mempress.important import MostImportant

IMPORTANCES = st.lists(st.lists(st.sampled_from([0.0, 0.25, 0.5, 1.0]) | st.floats(0, 1), max_size=40), max_size=20)


@given(IMPORTANCES, st.integers(1, 60))
def test_the_least_of_the_best_is_that_of_a_sorted_list(batches: list[list[float]], size: int) -> None:
    best, offered = MostImportant(size), list[tuple[float, int]]()
    for batch in batches:
        best.add(len(offered), batch)
        offered += [(value, len(offered) + at) for at, value in enumerate(batch)]
        if len(offered) > size:
            assert best.least() == sorted(offered)[-size]


def test_it_is_right_over_many_rankings() -> None:
    """10,000 records of few distinct values, asked for seldom: fresh ones are ranked in between."""
    best, offered = MostImportant(2_000), list[tuple[float, int]]()
    for number in range(100):
        batch = [(value * 7_919 % 101) / 100 for value in range(number, number + 100)]
        best.add(len(offered), batch)
        offered += [(value, len(offered) + at) for at, value in enumerate(batch)]
        if number % 30 == 29:
            assert best.least() == sorted(offered)[-2_000]
