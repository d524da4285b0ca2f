"""The schedule: seeded, without drift, exponential where it should be; the mix is kept to within one."""

from __future__ import annotations

from collections import Counter
from itertools import islice, pairwise
from statistics import fmean

from hypothesis import given
from hypothesis import strategies as st

from mempress.traffic import KINDS
from mempress.workload.arrival import due_times, operations

SECOND = 1_000_000_000


@given(st.floats(0.01, 1e6))
def test_constant_arrivals_never_drift(rate: float) -> None:
    due = list(islice(due_times("constant", rate, 1), 1_000))
    assert all(abs(moment - number * SECOND / rate) <= 0.5 + number * 1e-6 for number, moment in enumerate(due))


def test_poisson_gaps_have_the_mean_and_the_spread_of_the_exponential_law() -> None:
    """Of 20,000 gaps: the mean to 3%, the share beyond twice the mean e^-2 to 0.01, neighbours uncorrelated to 0.03."""
    due = list(islice(due_times("poisson", 100.0, 7, "load"), 20_001))
    gaps = [(later - earlier) / SECOND * 100.0 for earlier, later in pairwise(due)]
    assert abs(fmean(gaps) - 1.0) < 0.03
    assert abs(sum(gap > 2.0 for gap in gaps) / len(gaps) - 0.1353) < 0.01
    assert abs(fmean((a - 1.0) * (b - 1.0) for a, b in pairwise(gaps))) < 0.03


def test_the_same_names_give_the_same_schedule_and_others_another() -> None:
    first, again, other = (
        list(islice(due_times("poisson", 5.0, *names), 50)) for names in ((1, "a"), (1, "a"), (2, "a"))
    )
    assert first == again != other


@given(
    st.dictionaries(st.sampled_from(["search", "update", "delete"]), st.floats(0.0, 20.0)),
    st.lists(st.integers(1, 60), min_size=1, max_size=8),
)
def test_over_all_batches_each_kind_is_as_frequent_as_the_mix_says_to_within_one(
    others: dict[str, float], batches: list[int]
) -> None:
    mix = {"store": 1.0, **others}
    first, seen = 0, Counter[str]()
    for stores in batches:
        kinds = operations(mix, first, stores, 42)
        assert kinds.count("s") == stores
        seen.update(kinds)
        first += stores
        for letter, kind in KINDS.items():
            assert abs(seen[letter] - first * mix.get(kind, 0.0)) <= 0.5


def test_operations_are_mixed_not_in_blocks_and_the_same_for_the_same_seed() -> None:
    mix = {"store": 50.0, "search": 50.0}
    kinds = operations(mix, 0, 1_000, 42)
    assert kinds == operations(mix, 0, 1_000, 42) != operations(mix, 0, 1_000, 43)
    assert 900 < sum(a != b for a, b in pairwise(kinds)) < 1_100
