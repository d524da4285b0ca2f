from __future__ import annotations

from dataclasses import replace

import pytest

from mempress.detect import Objectives, StateOfHealth, States, verdict

OBJECTIVES = Objectives(p95_ms=20.0, memory_bytes=1000.0)
SATURATED = StateOfHealth(p95_ms=100.0, health=0.3, errors=0, memory_bytes=900.0, retained=5000, recall=0.8)
GOOD = StateOfHealth(p95_ms=10.0, health=0.9, errors=0, memory_bytes=500.0, retained=4000, recall=0.8)
BETTER = StateOfHealth(p95_ms=60.0, health=0.45, errors=0, memory_bytes=900.0, retained=5000, recall=0.8)


def test_recovered_is_within_the_objectives_after_the_step_and_after_load() -> None:
    found = verdict(States(SATURATED, after_maintenance=GOOD, after_load=GOOD, reference=GOOD), OBJECTIVES)
    assert found.outcome == "recovered"
    assert "search p95 10, 100, 10 ms; health 0.90, 0.30, 0.90" in found.reason


@pytest.mark.parametrize("load", [SATURATED, BETTER, None, StateOfHealth()])
def test_within_but_not_known_to_hold_under_load_is_partly(load: StateOfHealth | None) -> None:
    assert verdict(States(SATURATED, after_restart=GOOD, after_load=load), OBJECTIVES).outcome == "partly"


def test_better_by_a_margin_but_not_within_is_partly() -> None:
    found = verdict(States(SATURATED, after_maintenance=BETTER, after_load=GOOD), OBJECTIVES)
    assert found.outcome == "partly"
    assert "search p95 60 ms over 20 ms" in found.reason
    assert "faster and healthier" in found.reason


def test_memory_alone_is_a_betterment_only_where_it_has_an_objective() -> None:
    smaller = replace(SATURATED, memory_bytes=500.0)
    states = States(SATURATED, after_restart=smaller, after_load=smaller)
    assert verdict(states, OBJECTIVES).outcome == "partly"
    assert verdict(states, Objectives(p95_ms=20.0)).outcome == "not"


@pytest.mark.parametrize(
    "after",
    [
        SATURATED,
        StateOfHealth(p95_ms=85.0, health=0.35, errors=0),
        StateOfHealth(p95_ms=50.0, health=0.1, errors=0),
    ],
)
def test_no_better_than_a_margin_or_better_and_worse_is_not(after: StateOfHealth) -> None:
    assert verdict(States(SATURATED, after_maintenance=after, after_load=GOOD), OBJECTIVES).outcome == "not"


@pytest.mark.parametrize(
    "after",
    [
        StateOfHealth(p95_ms=1.0, health=1.0, errors=3),
        StateOfHealth(p95_ms=1.0, health=1.0, memory_bytes=1001.0),
        StateOfHealth(p95_ms=1.0, health=1.0, recall=0.3),
        StateOfHealth(p95_ms=1.0, health=1.0, retained=0),
    ],
)
def test_fast_but_failing_too_big_or_empty_is_never_recovered(after: StateOfHealth) -> None:
    assert verdict(States(SATURATED, after_restart=after, after_load=GOOD), OBJECTIVES).outcome != "recovered"


def test_the_restart_decides_where_both_steps_were_taken() -> None:
    assert verdict(States(SATURATED, SATURATED, GOOD, GOOD), OBJECTIVES).outcome == "recovered"
    assert verdict(States(SATURATED, GOOD, SATURATED, GOOD), OBJECTIVES).outcome == "not"


def test_what_was_not_measured_is_unknown() -> None:
    assert verdict(States(None, after_restart=GOOD), OBJECTIVES).outcome == "unknown"
    assert verdict(States(SATURATED), OBJECTIVES).outcome == "unknown"
    assert verdict(States(SATURATED, after_restart=StateOfHealth(retained=3)), OBJECTIVES).outcome == "unknown"
    assert verdict(States(StateOfHealth(retained=4), after_restart=GOOD), OBJECTIVES).outcome == "unknown"
