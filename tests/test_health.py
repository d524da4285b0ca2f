"""Each component of the health score, its limits and its shape, as docs/metrics.md defines them; and the judge."""

from __future__ import annotations

from dataclasses import replace
from statistics import median
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mempress.health import WEIGHTS, Judge, Terms, health, p95_ms
from mempress.samples import Answers, Sample
from tests.samples_kit import MIB, MS, TERMS, memory, sample, timed

if TYPE_CHECKING:
    from mempress.detect.saturation import Saturation

CAPACITY = 500
BOUNDED = replace(TERMS, capacity_records=CAPACITY, bounded=True)


def component(name: str, terms: Terms = TERMS, **changes: Any) -> float | None:
    return health(sample(**changes), terms).components[name]


def test_a_sound_sample_is_wholly_healthy_and_the_weights_make_one() -> None:
    assert health(sample(), TERMS).score == 1.0
    assert set(health(sample(), TERMS).components.values()) == {1.0}
    assert sum(WEIGHTS.values()) == pytest.approx(1.0)


@pytest.mark.parametrize(
    ("p95", "value"), [(0.0, 1.0), (10.0, 1.0), (30.0, 0.5228787), (31.622777, 0.5), (100.0, 0.0), (5_000.0, 0.0)]
)
def test_latency_is_one_to_a_third_of_the_objective_and_nought_at_ten_times_that(p95: float, value: float) -> None:
    assert component("latency", searches=tuple(timed(p95))) == pytest.approx(value, abs=1e-6)


@pytest.mark.parametrize(("errors", "operations", "value"), [(0, 20, 1.0), (1, 20, 0.5), (2, 20, 0.0), (50, 20, 0.0)])
def test_errors_are_nought_from_a_tenth_of_the_operations(errors: int, operations: int, value: float) -> None:
    assert component("errors", new_errors=errors, new_operations=operations) == pytest.approx(value)


@pytest.mark.parametrize(("recall", "attainable", "value"), [(0.8, 0.8, 1.0), (0.2, 0.8, 0.25), (0, 1, 0), (1, 0.5, 1)])
def test_answers_are_the_recall_as_a_share_of_the_attainable(recall: float, attainable: float, value: float) -> None:
    assert component("answers", answers=Answers(recall, attainable, 5)) == pytest.approx(value)


@pytest.mark.parametrize(
    ("held", "value"), [(1_000, 1.0), (900, 0.5), (1_100, 0.5), (800, 0.0), (1_200, 0.0), (0, 0.0), (9_999, 0.0)]
)
def test_reconciliation_is_nought_a_fifth_too_few_or_too_many(held: int, value: float) -> None:
    assert component("reconciliation", held=held) == pytest.approx(value)


@pytest.mark.parametrize(("held", "value"), [(500, 1.0), (400, 1.0), (350, 0.5), (550, 0.5), (600, 0.0), (300, 0.0)])
def test_a_system_that_honours_a_capacity_should_hold_four_fifths_of_it_at_least(held: int, value: float) -> None:
    assert component("reconciliation", BOUNDED, held=held) == pytest.approx(value)


@pytest.mark.parametrize(("rate", "value"), [(5_000, 1.0), (500, 1.0), (250, 0.5), (5, 0.01)])
def test_throughput_is_one_down_to_half_the_reference(rate: int, value: float) -> None:
    assert component("throughput", stored=rate, store_ns=1_000 * MS) == pytest.approx(value)


@pytest.mark.parametrize(("mib", "value"), [(1, 1.0), (50, 1.0), (75, 0.5), (100, 0.0), (400, 0.0)])
def test_headroom_is_one_to_half_the_limit_and_nought_at_it(mib: float, value: float) -> None:
    assert component("headroom", memory=memory(mib)) == pytest.approx(value)


UNMEASURED: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "latency": ({"searches": ()}, {"objective_ms": None}),
    "errors": ({"new_operations": 0}, {}),
    "answers": ({"answers": None}, {}),
    "reconciliation": ({"held": None}, {}),
    "throughput": ({"stored": 0}, {"reference_store_rate": None}),
    "headroom": ({"memory": None}, {"memory_limit_bytes": None}),
}
BAD: dict[str, Any] = {
    "searches": tuple(timed(25.0)),
    "new_errors": 1,
    "answers": Answers(0.2, 0.9, 5),
    "held": 930,
    "stored": 300,
    "memory": memory(80),
}


@given(st.sets(st.sampled_from(sorted(WEIGHTS))))
def test_what_was_not_measured_is_left_out_and_the_rest_is_weighed_anew(missing: set[str]) -> None:
    changes = {key: value for name in missing for key, value in UNMEASURED[name][0].items()}
    found = health(sample(**(BAD | changes)), TERMS)
    whole = health(sample(**BAD), TERMS).components
    assert {name for name, value in found.components.items() if value is None} == missing
    left = {name: whole[name] or 0.0 for name in WEIGHTS if name not in missing}
    weight = sum(WEIGHTS[name] for name in left)
    expected = sum(WEIGHTS[name] * value for name, value in left.items()) / weight if left else None
    assert found.score == (None if expected is None else pytest.approx(expected))


@pytest.mark.parametrize("name", [name for name, (_, terms) in UNMEASURED.items() if terms])
def test_a_component_without_its_term_is_left_out(name: str) -> None:
    assert component(name, replace(TERMS, **UNMEASURED[name][1])) is None


def test_before_any_record_and_where_nothing_is_attainable_nothing_is_judged() -> None:
    assert component("reconciliation", records=0, held=0) is None
    assert component("answers", answers=Answers(0.0, 0.0, 5)) is None


# --- what testimony can and cannot do for a system


def test_a_system_that_says_what_it_removed_is_not_blamed_for_it_here() -> None:
    assert component("reconciliation", held=600, removed=400) == 1.0
    assert component("reconciliation", held=600, removed=0) == 0.0


@given(st.integers(0, 2_000), st.integers(0, 5_000), st.booleans())
def test_testimony_never_makes_up_for_a_count_that_does_not_bear_it_out(held: int, said: int, bounded: bool) -> None:
    """Only who removed as many as it says gains: beyond that, the same count looks like too many."""
    terms = BOUNDED if bounded else TERMS
    gained = component("reconciliation", terms, held=held, removed=said) or 0.0
    most = min(1_000, CAPACITY) if bounded else 1_000
    if held > max(0, min(most, 1_000 - said)) * 1.2 + 1:
        assert gained == 0.0
    if gained == 1.0 and not bounded:
        assert held == max(0, 1_000 - said)


def test_an_unbounded_system_that_empties_itself_and_says_so_shows_the_loss_in_its_answers() -> None:
    """Reconciliation asks whether the books agree; what was lost stands in recall, whose attainable share stays 1."""
    emptied = sample(held=0, removed=1_000, answers=Answers(recall=0.0, attainable=1.0, n=20))
    found = health(emptied, TERMS)
    assert (found.components["reconciliation"], found.components["answers"]) == (1.0, 0.0)
    assert found.score == pytest.approx(0.8)


# --- shape

LATENCIES = st.lists(st.floats(0, 1e6), min_size=1, max_size=40)
SAMPLES = st.builds(
    sample,
    searches=st.lists(st.floats(-50, 500), max_size=6).map(lambda found: tuple(timed(*found))),
    memory=st.none() | st.floats(0, 300).map(memory),
    held=st.none() | st.integers(0, 2_000),
    removed=st.integers(0, 2_000),
    records=st.integers(0, 1_000),
    answers=st.none() | st.builds(Answers, recall=st.floats(0, 1), attainable=st.floats(0, 1), n=st.just(3)),
    stored=st.integers(0, 1_000),
    store_ns=st.integers(0, 10**10),
    new_errors=st.sampled_from([0, 0, 0, 1, 30]),
    new_operations=st.integers(0, 50),
)
TERM_SETS = st.sampled_from(
    [TERMS, BOUNDED, replace(TERMS, objective_ms=None), replace(TERMS, memory_limit_bytes=None)]
)


@given(SAMPLES, TERM_SETS)
def test_the_score_and_its_components_lie_between_nought_and_one(one: Sample, terms: Terms) -> None:
    found = health(one, terms)
    assert list(found.components) == list(WEIGHTS)
    assert all(value is None or 0.0 <= value <= 1.0 for value in found.components.values())
    assert (found.score is None) is all(value is None for value in found.components.values())
    assert found.score is None or 0.0 <= found.score <= 1.0


@given(SAMPLES, LATENCIES, st.lists(st.floats(0, 1e6), min_size=40, max_size=40))
def test_health_never_rises_where_only_searches_grow_slower(one: Sample, fast: list[float], more: list[float]) -> None:
    slow = [ms + extra for ms, extra in zip(fast, more, strict=False)]
    before, after = (replace(one, searches=tuple(timed(*latencies))) for latencies in (fast, slow))
    assert (health(after, TERMS).score or 0.0) <= (health(before, TERMS).score or 0.0)


@given(SAMPLES, st.integers(0, 50), st.integers(0, 50))
def test_health_never_rises_where_only_errors_grow_more(one: Sample, errors: int, more: int) -> None:
    few, many = (health(replace(one, new_errors=count), TERMS).score or 0.0 for count in (errors, errors + more))
    assert many <= few


@given(SAMPLES, st.floats(0, 300), st.floats(0, 300))
def test_health_never_rises_where_only_memory_grows(one: Sample, mib: float, more: float) -> None:
    small, large = (health(replace(one, memory=memory(size)), TERMS).score or 0.0 for size in (mib, mib + more))
    assert large <= small


# --- the judge


def judge(samples: list[Sample], *, k: int = 3, given_ms: float | None = None) -> tuple[Judge, list[Saturation | None]]:
    judge = Judge(capacity_records=None, memory_limit_bytes=100 * MIB, given_objective_ms=given_ms, k=k)
    return judge, [judge.add(one, bounded=False) for one in numbered(samples)]


def numbered(samples: list[Sample]) -> list[Sample]:
    return [replace(one, index=index, records=100 * (index + 1), held=None) for index, one in enumerate(samples)]


def slow(ms: float, **changes: Any) -> Sample:
    return sample(searches=tuple(timed(ms)), **changes)


@given(st.lists(SAMPLES, max_size=12), st.integers(1, 4))
def test_the_reference_is_the_median_of_the_first_k_samples_that_timed_a_search(samples: list[Sample], k: int) -> None:
    judging, _ = judge(samples, k=k)
    known = [p95 for one in samples if (p95 := p95_ms(one)) is not None][:k]
    rates = [one.store_rate for one in numbered(samples) if one.store_rate is not None][:k]
    if len(samples) < k:
        assert judging.terms is None
        return
    assert judging.terms is not None
    assert judging.reference_ms == (median(known) if len(known) == k else None)
    assert judging.terms.reference_store_rate == (median(rates) if len(rates) == k else None)
    assert (judging.terms.objective_ms is None) is (judging.reference_ms is None)


def test_the_objective_is_three_times_the_reference_and_at_least_twenty_milliseconds_unless_given() -> None:
    for p95, given_ms, objective in ((1.0, None, 20.0), (10.0, None, 30.0), (10.0, 5.0, 5.0)):
        judging, _ = judge([slow(p95)] * 3, given_ms=given_ms)
        assert judging.terms is not None
        assert judging.terms.objective_ms == objective


def test_a_search_that_raised_at_first_does_not_leave_a_load_without_a_reference() -> None:
    """The first sample timed nothing; the reference waits for a third that did, and latency is judged from then on."""
    judging, found = judge([sample(searches=()), slow(10.0), slow(12.0), slow(11.0), *[slow(40.0)] * 3])
    assert judging.reference_ms == 11.0
    assert [one is not None for one in found] == [False] * 6 + [True]
    assert judging.saturation is not None
    assert judging.saturation.records == 500


def test_errors_are_judged_where_no_search_ever_returns() -> None:
    judging, found = judge([sample(searches=tuple(timed(-1.0)), new_errors=5)] * 3)
    assert judging.reference_ms is None
    assert found[2] is not None
    assert found[2].records == 100


@given(st.lists(SAMPLES, max_size=15), st.integers(1, 4), st.sampled_from([None, 30.0]))
def test_a_judgement_online_is_the_judgement_afterwards(samples: list[Sample], k: int, given_ms: float | None) -> None:
    """Confirmed once, at the k-th bad sample in a row, whatever comes later; ``settle`` never takes it back."""
    judging, found = judge(samples, k=k, given_ms=given_ms)
    confirmed = [index for index, one in enumerate(found) if one is not None]
    assert len(confirmed) <= 1
    assert judging.saturation == (found[confirmed[0]] if confirmed else None)
    for length in range(len(samples) + 1):
        early, _ = judge(samples[:length], k=k, given_ms=given_ms)
        reached = bool(confirmed) and length > confirmed[0]
        assert early.saturation == (judging.saturation if reached else None)
    reference = judging.reference_ms
    judging.settle(bounded=False)
    assert reference in {None, judging.reference_ms}
    if judging.saturation is not None:
        assert judging.saturation.records == 100 * (judging.saturation.index + 1)
        assert judging.saturation.confirmed_index - judging.saturation.index == k - 1


def test_a_load_that_ends_early_is_judged_by_what_there_is() -> None:
    judging, found = judge([slow(10.0), slow(14.0)])
    assert found == [None, None]
    assert judging.terms is None
    assert judging.settle(bounded=True).objective_ms == 36.0
    assert judging.reference_ms == 12.0


def test_a_load_without_a_sample_has_no_terms_to_judge_by() -> None:
    judging, _ = judge([])
    terms = judging.settle(bounded=False)
    assert (terms.objective_ms, terms.reference_store_rate, judging.saturation) == (None, None, None)
