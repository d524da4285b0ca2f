"""The offline oracle against every schedule there is."""

from __future__ import annotations

from itertools import combinations
from statistics import fmean

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mempress.analysis.oracle import Operation, fifo_served, most_served, random_served

OPERATIONS = st.tuples(st.integers(0, 4), st.booleans()).map(lambda pair: Operation(*pair))
TRACES = st.lists(OPERATIONS, max_size=11)
CAPACITIES = st.integers(0, 4)


def store(item: int) -> Operation:
    return Operation(item, use=False)


def use(item: int) -> Operation:
    return Operation(item, use=True)


def best_of_all(trace: list[Operation], capacity: int, *, comes_back: bool) -> int:
    """Try every choice after every operation: any of what is held, and the item of the operation.

    ``comes_back``: a use of an item that is not held offers it again; else only a store does.
    """
    best = {frozenset[int](): 0}
    for item, used, _ in trace:
        after: dict[frozenset[int], int] = {}
        for held, served in best.items():
            now = served + (used and item in held)
            offered = held | {item} if comes_back or not used else held
            for size in range(min(capacity, len(offered)) + 1):
                for kept in combinations(sorted(offered), size):
                    after[frozenset(kept)] = max(now, after.get(frozenset(kept), 0))
        best = after
    return max(best.values())


@settings(max_examples=150, deadline=None)
@given(TRACES, CAPACITIES)
def test_no_schedule_serves_more_and_one_serves_as_many(trace: list[Operation], capacity: int) -> None:
    assert most_served(trace, capacity) == best_of_all(trace, capacity, comes_back=True)


@settings(max_examples=80, deadline=None)
@given(TRACES, CAPACITIES)
def test_it_bounds_what_can_be_served_where_what_was_dropped_stays_gone(trace: list[Operation], capacity: int) -> None:
    assert most_served(trace, capacity) >= best_of_all(trace, capacity, comes_back=False)


@given(st.lists(st.integers(0, 9), unique=True), st.lists(st.integers(0, 9), unique=True), CAPACITIES)
def test_where_each_item_is_used_once_after_all_stores_it_serves_the_capacity(
    stored: list[int], used: list[int], capacity: int
) -> None:
    trace = [*map(store, stored), *map(use, used)]
    assert most_served(trace, capacity) == min(capacity, len(set(stored) & set(used)))


@given(TRACES, CAPACITIES)
def test_first_in_first_out_and_random_never_serve_more(trace: list[Operation], capacity: int) -> None:
    most = most_served(trace, capacity)
    assert fifo_served(trace, capacity) <= most
    assert random_served(trace, capacity) <= most + 1e-9


def test_first_in_first_out_holds_the_newest_and_a_second_store_makes_an_item_new() -> None:
    assert fifo_served([store(1), store(2), store(3), use(1), use(2), use(3)], 2) == 2
    assert fifo_served([store(1), store(2), store(1), store(3), use(1), use(2), use(3)], 2) == 2
    assert fifo_served([store(1), use(2), use(1)], 0) == 0


def test_a_random_choice_serves_each_use_with_the_share_that_it_holds() -> None:
    trace = [*map(store, range(4)), use(0), store(4), use(1), use(9)]
    chosen = [fmean(0 in choice for choice in combinations(range(4), 2))]
    chosen.append(fmean(1 in choice for choice in combinations(range(5), 2)))
    assert random_served(trace, 2) == pytest.approx(sum(chosen))


def test_what_is_used_soonest_is_held_and_what_is_never_used_is_not_taken() -> None:
    """Three in turn, six times: two places serve two of them each time, for as long as the third is never taken."""
    turns = [store(1), store(2), store(3), *[use(item) for _ in range(6) for item in (1, 2, 3)]]
    assert most_served(turns, 2) == 12
    assert most_served([store(1), *[store(item) for item in range(2, 100)], use(1)], 1) == 1


@given(
    st.lists(
        st.tuples(st.builds(Operation, st.integers(0, 4), st.booleans(), st.just(0)), st.integers(0, 3)), max_size=12
    ),
    CAPACITIES,
)
def test_items_that_are_never_used_may_be_counted_in_place_of_named(
    found: list[tuple[Operation, int]], capacity: int
) -> None:
    counted = [operation._replace(others=others) for operation, others in found]
    named: list[Operation] = []
    for operation, others in found:
        named += [store(100 + len(named) + number) for number in range(others)] + [operation]
    assert most_served(counted, capacity) == most_served(named, capacity)
    assert fifo_served(counted, capacity) == fifo_served(named, capacity)
    assert random_served(counted, capacity) == pytest.approx(random_served(named, capacity))
