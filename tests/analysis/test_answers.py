"""What was kept, against brute force over every other choice of as many records."""

from __future__ import annotations

from itertools import combinations
from statistics import fmean
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mempress.analysis.answers import Held, answers, importance_retention, read_held, retained, unpack
from mempress.analysis.metrics import regret
from mempress.analysis.ordinals import ordinals_of
from mempress.analysis.trail import read_trail
from mempress.config import RunConfig
from mempress.journal import Asked, Retained
from mempress.runner.retention import bitmap
from tests.samples_kit import opened, sample, sampled, stored

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from mempress.journal import Event


def known(importance: Sequence[float], held: Collection[int] | None) -> Held:
    """Give what is known where all were acknowledged."""
    size = len(importance)
    flags = None if held is None else ordinals_of(held, size)
    return Held(ordinals_of(range(size), size), flags, np.array(importance, dtype=np.float64), None)


@st.composite
def kept(draw: st.DrawFn) -> tuple[Held, list[Asked]]:
    """Give up to seven records of which some are held, and probes of them: one answer suffices, or all are needed."""
    importance = draw(st.lists(st.sampled_from([0.0, 0.25, 0.5, 0.75, 1.0]), min_size=1, max_size=7))
    ordinals = range(len(importance))
    held = draw(st.sets(st.sampled_from(ordinals)))
    asked = []
    for answered in draw(st.lists(st.sets(st.sampled_from(ordinals), min_size=1), min_size=1, max_size=6)):
        need = draw(st.sampled_from([1, len(answered)]))
        asked.append(Asked(1, need, sorted(answered), draw(st.lists(st.sampled_from(ordinals), max_size=3)), None))
    return known(importance, held), asked


def share(asked: list[Asked], held: Collection[int]) -> float:
    """Give the share of the probes whose answer is held, straight from its definition."""
    return fmean(min(1.0, len(set(one.answers) & set(held)) / one.need) for one in asked)


def final_answers(held: Held, asked: list[Asked], **changes: Any) -> Any:
    count = len(held.importance)
    return answers(sample(searches=tuple(asked), offered=count, records=count, **changes), 10, held)


@given(kept())
def test_held_shares_are_those_of_the_choices_that_their_names_tell(case: tuple[Held, list[Asked]]) -> None:
    held, asked = case
    assert held.held is not None
    size, count = len(held.held), len(held.importance)
    found = final_answers(held, asked)
    every = [share(asked, choice) for choice in combinations(range(count), size)]
    newest = range(count - size, count)
    by_importance = sorted(range(count), key=lambda ordinal: (held.importance[ordinal], ordinal))[count - size :]
    assert found.held_share == pytest.approx(share(asked, held.held))
    assert found.held_share_random == pytest.approx(fmean(every))
    assert found.held_share_fifo == pytest.approx(share(asked, newest))
    assert found.held_share_importance == pytest.approx(share(asked, by_importance))


@given(kept())
def test_no_choice_of_as_many_records_beats_the_oracle_so_that_regret_is_never_negative(
    case: tuple[Held, list[Asked]],
) -> None:
    held, asked = case
    assert held.held is not None
    found = final_answers(held, asked)
    best = max(share(asked, choice) for choice in combinations(range(len(held.importance)), len(held.held)))
    assert best <= found.held_share_oracle + 1e-9
    assert found.held_share_oracle <= 1.0
    assert (regret(found) or 0.0) >= -1e-9
    if all(len(one.answers) == one.need for one in asked):
        assert found.held_share_oracle == pytest.approx(best_by_worth(asked, len(held.held)))


def best_by_worth(asked: list[Asked], size: int) -> float:
    """Where all answers are needed the bound is tight: each record adds its part, whatever else is held."""
    ordinals = sorted({ordinal for one in asked for ordinal in one.answers})
    choices = combinations(ordinals, min(size, len(ordinals)))
    return max(share(asked, choice) for choice in choices)


@given(kept())
def test_importance_retention_is_held_over_the_best_choice_of_as_many(case: tuple[Held, list[Asked]]) -> None:
    held, _ = case
    assert held.held is not None
    best = max(sum(choice) for choice in combinations(held.importance, len(held.held)))
    expected = sum(held.importance[ordinal] for ordinal in held.held) / best if best else None
    found = importance_retention(held)
    assert found == (None if expected is None else pytest.approx(expected))
    assert found is None or 0.0 <= found <= 1.0 + 1e-9


def test_what_is_held_being_unknown_so_is_all_that_follows_from_it() -> None:
    held = known([0.5] * 3, None)
    found = final_answers(held, [Asked(1, 1, [0], [0], None)])
    assert importance_retention(held) is None
    assert {found.held_share, found.held_share_oracle, found.held_share_random, regret(found)} == {None}
    assert found.n == 1


def test_recall_by_importance_and_by_age_falls_into_classes_of_the_answer() -> None:
    """Ten records, one probe each; those of importance 0.95 and 1.0 share the last class, the newest the first."""
    importance = [0.05, 0.15, 0.95, 1.0, *[0.5] * 6]
    asked = [Asked(1, 1, [ordinal], [ordinal] if ordinal < 3 else [], None) for ordinal in range(10)]
    found = final_answers(known(importance, range(10)), asked)
    by_importance = [(round(row.low, 1), row.recall, row.n) for row in found.by_importance]
    assert by_importance == [(0.0, 1.0, 1), (0.1, 1.0, 1), (0.5, 0.0, 6), (0.9, 0.5, 2)]
    by_age = [(row.low, row.high, row.recall, row.n) for row in found.by_age_records]
    assert by_age == [(0, 2, 0, 2), (2, 4, 0, 2), (4, 6, 0, 2), (6, 8, 0.5, 2), (8, 10, 1, 2)]


def test_a_run_without_a_sample_answered_nothing() -> None:
    found = answers(None, 10, known((), None))
    assert (found.n, found.recall, found.by_importance, found.by_age_records) == (0, None, [], [])


@given(st.lists(st.booleans(), max_size=40))
def test_a_bitmap_comes_back_as_it_was(flags: list[bool]) -> None:
    assert unpack(bitmap(flags), len(flags)) == flags


# --- how it is known


def told(*events: Event) -> tuple[int | None, str | None, frozenset[int] | None]:
    trail = read_trail([opened(), *events], RunConfig())
    held = read_held(trail)
    known = retained(trail, held)
    return (known.records, known.by, None if held.held is None else frozenset(held.held))


def found_by(method: str, flags: list[bool], asked: list[int] | None = None) -> Retained:
    return Retained(t_ns=9, records=4, method=method, asked=asked, held=bitmap(flags), altered=None)


STORES = (stored(0, [0.5] * 2), stored(2, [0.5] * 2, error="full"), stored(4, [0.5] * 2))


def test_by_get_on_all_acknowledged_ids_the_refused_between_them_left_out() -> None:
    by_get = found_by("get", [True, False, True, True])
    assert told(*STORES, sampled(4, held=9), by_get) == (3, "get on all ids", frozenset({0, 4, 5}))


def test_by_count_where_there_is_no_get_and_of_each_record_only_where_all_are_held() -> None:
    assert told(*STORES, sampled(4, held=3)) == (3, "count", None)
    assert told(*STORES, sampled(4, held=4)) == (4, "count", frozenset({0, 1, 4, 5}))


def test_by_an_estimate_from_sampled_ids_where_there_is_neither() -> None:
    assert told(*STORES, sampled(4), found_by("search", [True, False], [1, 4])) == (
        2,
        "estimate from 2 sampled ids",
        None,
    )


def test_by_nothing_where_nothing_was_asked() -> None:
    assert told(*STORES, sampled(4)) == (None, None, None)


def test_the_load_s_end_counts_and_not_what_was_stored_after_recovery() -> None:
    later = stored(6, [0.5] * 2)
    again = type(later)(t_ns=9, phase="post_recovery", first=6, importance=[0.5] * 2, latency_ns=1, error=None)
    events = [*STORES, sampled(4, held=4, mark="final"), again, sampled(6, held=6, phase="post_recovery")]
    assert told(*events) == (4, "count", frozenset({0, 1, 4, 5}))
