"""What a health score is made of, and what pulled it down."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mempress.analysis.trail import judge, read_trail
from mempress.analysis.wellbeing import health_terms, lowest_health
from mempress.config import RunConfig
from mempress.health import WEIGHTS, Health, contributions, health
from tests.samples_kit import TERMS, opened, sample, sampled, stored, timed

if TYPE_CHECKING:
    from mempress.journal import Event

COMPONENTS = st.fixed_dictionaries({name: st.none() | st.floats(0, 1) for name in WEIGHTS})


@given(COMPONENTS)
def test_contributions_add_up_to_the_score_and_shares_of_the_weight_to_one(values: dict[str, float | None]) -> None:
    known = {name: value for name, value in values.items() if value is not None}
    parts = contributions(Health(None, values))
    measured = [part for part in parts.values() if part is not None]
    assert len(measured) == len(known)
    if known:
        score = sum(WEIGHTS[name] * value for name, value in known.items()) / sum(WEIGHTS[name] for name in known)
        assert math.fsum(part for _, part in measured) == pytest.approx(score)
        assert math.fsum(share for share, _ in measured) == pytest.approx(1.0)


def test_every_component_has_a_formula_with_the_run_s_own_figures() -> None:
    terms = {term.component: term for term in health_terms(TERMS)}
    assert {name: term.weight for name, term in terms.items()} == WEIGHTS
    assert "objective 30.0 ms" in terms["latency"].formula
    assert "reference 1,000 records/s" in terms["throughput"].formula
    assert "limit 100 MiB" in terms["headroom"].formula


def test_the_formulas_in_words_are_those_that_are_computed() -> None:
    """A sample that no component leaves at 1, each held against what its words say."""
    one = sample(searches=tuple(timed(*[20.0] * 20)), new_errors=1, new_operations=20, held=950, store_ns=4_000_000_000)
    found = health(one, TERMS).components
    assert found["latency"] == pytest.approx(1 - math.log10(3 * 20 / 30))
    assert found["errors"] == pytest.approx(1 - 10 * 1 / 20)
    assert found["reconciliation"] == pytest.approx(1 - 5 * 50 / 1_000)
    assert found["throughput"] == pytest.approx((1_000 / 4) / (1_000 / 2))
    assert found["headroom"] == pytest.approx(2 * (1 - 50 / 100))


def test_the_lowest_sample_says_what_took_how_much() -> None:
    """Of four samples the third loses half of its records: reconciliation is 0, nothing else is touched."""
    events: list[Event] = [opened("count")]
    held = {300: 150}
    for load in range(100, 500, 100):
        events += [stored(load - 100, [0.5] * 100), sampled(load, timed(*[1.0] * 20), held=held.get(load, load))]
    trail = read_trail(events, RunConfig())
    judged = judge(trail, RunConfig())
    lowest = lowest_health(trail, judged)
    assert lowest is not None
    assert lowest.records == 300
    assert list(lowest.lost) == ["reconciliation"]
    assert lowest.lost["reconciliation"] == pytest.approx(1 - lowest.score)
    assert lowest.words == f"Lowest at 300 records, {lowest.score:.3f}: reconciliation took {1 - lowest.score:.3f}."


def test_a_load_in_perfect_health_says_so_and_one_without_samples_nothing() -> None:
    events = [opened("count"), stored(0, [0.5] * 100), sampled(100, timed(*[1.0] * 20), held=100)]
    trail = read_trail(events, RunConfig())
    lowest = lowest_health(trail, judge(trail, RunConfig()))
    assert lowest is not None
    assert lowest.words.endswith("every component that was measured was at 1.")
    empty = read_trail([opened()], RunConfig())
    assert lowest_health(empty, judge(empty, RunConfig())) is None
