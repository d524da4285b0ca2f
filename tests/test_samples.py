"""What a sample tells follows from the events before it, as docs/metrics.md defines it."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mempress import journal
from mempress.journal import Asked, Event, Failed, Maintained, PhaseBegan
from mempress.samples import Sample, fold, recall, removed_by
from tests.samples_kit import MS, opened, sampled, stored, timed

IMPORTANCE = st.floats(0, 1)
COARSE = st.sampled_from([0.0, 0.5, 1.0])


def failed(kind: str = "exception", count: int = 1) -> Failed:
    return Failed(t_ns=2, phase="load", records=0, kind=kind, operation="search", message="no", count=count)


def saying(*events: Any) -> journal.Testified:
    return journal.Testified(t_ns=2, phase="load", records=0, events=list(events))


def maintained(value: Any) -> Maintained:
    return Maintained(t_ns=2, phase="load", records=0, emergency=False, latency_ns=MS, value=value, error=None)


def the_only(*events: Event, capacity: int | None = None) -> Sample:
    (sample,) = fold(events, capacity)
    return sample


def test_records_are_counted_in_the_interval_in_which_they_were_acknowledged() -> None:
    first, second = fold(
        [
            stored(0, [0.5] * 3, latency_ns=2 * MS),
            sampled(3, timed(1.0), flush_ns=MS),
            stored(3, [0.5] * 4, latency_ns=MS),
            stored(7, [0.5] * 5, error="full", latency_ns=6 * MS),
            sampled(7, timed(1.0, 2.0)),
        ],
        None,
    )
    assert (first.index, first.records, first.offered, first.stored, first.store_ns) == (0, 3, 3, 3, 3 * MS)
    assert first.store_rate == pytest.approx(1_000)
    assert (second.index, second.records, second.offered, second.stored, second.store_ns) == (1, 7, 12, 4, 7 * MS)
    assert (first.new_operations, second.new_operations) == (1 + 1, 2 + 2)


def test_an_interval_in_which_nothing_was_acknowledged_has_no_store_rate() -> None:
    assert the_only(stored(0, [0.5], error="full"), sampled(0)).store_rate is None


def test_latencies_are_those_of_searches_that_returned_in_their_order() -> None:
    assert the_only(sampled(1, timed(3.0, -100.0, 1.5))).latencies_ms == (3.0, 1.5)


def test_errors_are_exceptions_since_the_sample_before_and_not_violations() -> None:
    first, second = fold([failed(count=3), failed("violation", count=50), failed(), sampled(), sampled()], None)
    assert (first.new_errors, second.new_errors) == (4, 0)


def test_removals_that_a_system_testifies_add_up_over_the_run() -> None:
    events = [saying({"kind": "a", "removed": 5}, {"kind": "b", "removed": ["x", "y"]}), sampled(), sampled()]
    first, second = fold([*events, maintained({"removed": 3}), maintained(None)], None)
    assert (first.removed, second.removed) == (7, 7)
    assert the_only(*events[:1], maintained({"removed": 3}), sampled()).removed == 10


@pytest.mark.parametrize(
    "testimony", [None, 5, "removed", [], {}, {"removed": None}, {"removed": True}, {"removed": -4}, {"removed": "7"}]
)
def test_a_testimony_that_tells_no_number_removes_nothing(testimony: Any) -> None:
    assert removed_by(testimony) == 0


def test_what_was_not_measured_is_none() -> None:
    sample = the_only(PhaseBegan(t_ns=1, phase="load"), sampled(5))
    unknown = (sample.memory, sample.disk, sample.held, sample.reported_health, sample.answers, sample.store_rate)
    assert unknown == (None,) * 6


def test_the_reported_health_is_the_system_s_own() -> None:
    assert the_only(sampled(health={"overall_health": 0.25, "other": 1.0})).reported_health == 0.25


@pytest.mark.parametrize(
    ("asked", "share"),
    [
        (Asked(1, 1, [4], [9, 4], None), 1.0),
        (Asked(1, 1, [4, 5], [5], None), 1.0),
        (Asked(1, 1, [4, 5], [5, 4], None), 1.0),
        (Asked(1, 2, [4, 5], [5], None), 0.5),
        (Asked(1, 2, [4, 5], [5, 5], None), 0.5),
        (Asked(1, 1, [4], [-1, -1], None), 0.0),
        (Asked(1, 1, [4], [], None), 0.0),
        (Asked(1, 1, [4], None, None), 0.0),
        (Asked(1, 1, [4], [-2, -2], [False, True]), 1.0),
        (Asked(1, 1, [4], [-2, -2], [False, False]), 0.0),
    ],
)
def test_recall_is_judged_by_id_and_without_one_by_the_answer_token(asked: Asked, share: float) -> None:
    assert recall(asked) == share


def test_recall_is_the_mean_of_the_searches_that_have_ground_truth() -> None:
    searches = [Asked(1, 1, [0], [0], None), Asked(1, 1, [0], None, None), Asked(1, 0, [], [3], None)]
    answers = the_only(stored(0, [0.5]), sampled(1, searches)).answers
    assert answers is not None
    assert (answers.recall, answers.attainable, answers.n) == (0.5, 1.0, 2)


@given(st.lists(IMPORTANCE, min_size=1, max_size=8), st.integers(1, 9), st.data())
def test_attainable_recall_is_that_of_the_most_important_records_within_the_capacity(
    importance: list[float], capacity: int, data: st.DataObject
) -> None:
    """Against brute force: of equally important records the newest are kept, and never more than there is room for."""
    ordinals = st.lists(st.integers(0, len(importance) - 1), min_size=1, unique=True)
    probes = [
        (answers, data.draw(st.sampled_from([1, len(answers)])))
        for answers in data.draw(st.lists(ordinals, min_size=1))
    ]
    ranked = sorted(range(len(importance)), key=lambda ordinal: (importance[ordinal], ordinal), reverse=True)
    kept = set(ranked[:capacity])
    best = [min(1.0, len(kept & set(answers)) / need) for answers, need in probes]
    searches = [Asked(1, need, answers, [], None) for answers, need in probes]
    half = len(importance) // 2
    stores = [stored(0, importance[:half]), stored(half, importance[half:])]
    found = the_only(opened("bounded"), *stores, sampled(len(importance), searches), capacity=capacity).answers
    assert found is not None
    assert found.attainable == pytest.approx(sum(best) / len(best))


@given(st.lists(COARSE, min_size=3, max_size=8), st.integers(1, 3))
def test_equally_important_records_are_not_all_attainable(importance: list[float], capacity: int) -> None:
    """With one probe for each record, the attainable share is the capacity's share of the records."""
    searches = [Asked(1, 1, [ordinal], [], None) for ordinal in range(len(importance))]
    found = the_only(opened("bounded"), stored(0, importance), sampled(1, searches), capacity=capacity).answers
    assert found is not None
    assert found.attainable == pytest.approx(capacity / len(importance))


@pytest.mark.parametrize(("capabilities", "capacity"), [((), 2), (("bounded",), None), (("bounded",), 10)])
def test_all_is_attainable_without_a_capacity_that_presses(capabilities: tuple[str, ...], capacity: int | None) -> None:
    searches = [Asked(1, 1, [0], [], None)]
    events = [opened(*capabilities), stored(0, [0.0, 0.5, 1.0, 1.0]), sampled(4, searches)]
    answers = the_only(*events, capacity=capacity).answers
    assert answers is not None
    assert answers.attainable == 1.0
