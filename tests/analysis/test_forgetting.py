"""What was dropped, against every choice of as many that could have been kept."""

from __future__ import annotations

from itertools import combinations
from statistics import fmean
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings

from mempress.analysis.forgetting import forgetting
from mempress.journal import Asked
from tests.analysis.test_answers import kept, known, share

if TYPE_CHECKING:
    from mempress.analysis.answers import Held


def best_choices(count: int, size: int, worth: dict[frozenset[int], float]) -> list[frozenset[int]]:
    best = max(worth.values())
    return [choice for choice, value in worth.items() if value > best - 1e-9]


@settings(deadline=None)
@given(kept())
def test_by_importance_it_is_the_kindest_of_the_best_choices(case: tuple[Held, list[Asked]]) -> None:
    held, asked = case
    assert held.held is not None
    count, size = len(held.importance), len(held.held)
    found = forgetting(held, asked)
    assert found is not None
    assert found.dropped == count - size
    if not found.dropped:
        assert found.by_importance is None
        return
    worth = {frozenset(c): sum(held.importance[one] for one in c) for c in combinations(range(count), size)}
    best = best_choices(count, size, worth)
    assert found.by_importance == pytest.approx(max(1 - len(one - set(held.held)) / found.dropped for one in best))
    assert found.by_importance_of_random == pytest.approx(1 - size / count)


@settings(deadline=None)
@given(kept())
def test_by_use_what_nobody_asks_for_always_deserved_it_and_a_full_answer_is_never_missed(
    case: tuple[Held, list[Asked]],
) -> None:
    held, asked = case
    assert held.held is not None
    found = forgetting(held, asked)
    assert found is not None
    if found.by_use is None:
        return
    asked_for = {ordinal for one in asked for ordinal in one.answers}
    dropped = set(range(len(held.importance))) - set(held.held)
    assert 1 - len(dropped & asked_for) / len(dropped) <= found.by_use + 1e-9
    alone = sum(len(one.answers) for one in asked) == len(asked_for)
    if alone and share(asked, held.held) == 1.0:  # where a record answers two probes the choice is greedy
        assert found.by_use == 1.0


def test_of_two_records_that_tell_the_same_one_is_enough() -> None:
    """Of ten records four are held; a fact told in 4 and 5 is gone, one in 0 and 9 is not: one record too few."""
    asked = [Asked(1, 1, [5, 4], [], None), Asked(1, 1, [9, 0], [0], None)]
    found = forgetting(known([0.5] * 10, range(4)), asked)
    assert found is not None
    assert found.by_use == pytest.approx(1 - 1 / 6)
    assert found.by_use_of_random == pytest.approx(1 - 2 / 10)


def test_dropping_the_least_important_is_always_right_and_the_most_important_always_wrong() -> None:
    importance = [number / 10 for number in range(10)]

    def precision(kept: frozenset[int]) -> float | None:
        found = forgetting(known(importance, kept), [])
        assert found is not None
        assert found.by_use is None
        return found.by_importance

    assert precision(frozenset(range(5, 10))) == 1.0
    assert precision(frozenset(range(5))) == 0.0
    everyone = [precision(frozenset(choice)) or 0.0 for choice in combinations(range(10), 5)]
    assert fmean(everyone) == pytest.approx(0.5)


def test_what_is_held_being_unknown_nothing_is_said() -> None:
    assert forgetting(known([0.5] * 3, None), []) is None
