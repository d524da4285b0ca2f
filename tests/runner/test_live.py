"""The live set holds what was added and not taken, in bounded memory, and takes the oldest or any at random."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from mempress.runner.live import LiveSet

STEPS = st.lists(st.tuples(st.integers(0, 9), st.integers(0, 12)), max_size=40)


@given(STEPS, st.sampled_from(["oldest", "random"]))
def test_a_live_set_is_what_was_added_less_what_was_taken(steps: list[tuple[int, int]], order: str) -> None:
    live, model, next_ordinal = LiveSet("oldest" if order == "oldest" else "random", 1), set[int](), 0
    for added, wanted in steps:
        live.add(next_ordinal, added)
        model |= set(range(next_ordinal, next_ordinal + added))
        next_ordinal += added
        taken = live.take(wanted)
        assert len(taken) == min(wanted, len(model))
        assert order == "random" or taken == sorted(model)[:wanted]
        assert set(taken) <= model
        model -= set(taken)
        assert (len(live), list(live)) == (len(model), sorted(model))
        assert all(ordinal in live for ordinal in model)
        assert not any(ordinal in live for ordinal in taken)
        assert list(live.deleted)[-len(taken) :] == taken or not taken


def test_random_deletions_take_from_all_ages_alike_and_the_same_seed_takes_the_same() -> None:
    ages = []
    live, again = LiveSet("random", 5), LiveSet("random", 5)
    for first in range(0, 20_000, 10):
        live.add(first, 10)
        again.add(first, 10)
        taken = live.take(max(0, len(live) - 1_000))
        assert taken == again.take(max(0, len(again) - 1_000))
        ages += [first - ordinal for ordinal in taken]
    ages.sort()
    median = ages[len(ages) // 2]
    exponential = 1_000 * 0.693
    assert 0.8 * exponential < median < 1.2 * exponential


def test_only_the_last_thousand_deleted_are_remembered() -> None:
    live = LiveSet("oldest", 1)
    live.add(0, 5_000)
    live.take(4_000)
    assert list(live.deleted) == list(range(3_000, 4_000))
