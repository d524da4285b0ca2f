"""Where a curve passes its objective, and what the first third of it foretold."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import pytest

from mempress.analysis.curves import Curve, read_curves
from mempress.analysis.foresight import foresight
from mempress.analysis.trail import judge, read_trail
from mempress.config import RunConfig
from mempress.journal import Ended
from tests.samples_kit import MIB, memory, opened, sampled, stored, timed

if TYPE_CHECKING:
    from collections.abc import Callable

    from mempress.journal import Event

LOADS = [float(load) for load in range(100, 3_100, 100)]


def curve(value: Callable[[float], float | None], objective: float | None = None, **changes: float) -> Curve:
    return Curve("search p95", "ms", LOADS, [value(load) for load in LOADS], objective, **changes)


def test_a_crossing_lies_between_two_samples() -> None:
    assert curve(lambda load: load / 100, 10.5).crossed_at() == pytest.approx(1_050)
    assert curve(lambda load: load / 100, 10.5).passed_at() == 1_100


def test_one_outlier_passes_nothing_for_good_and_the_last_samples_may() -> None:
    """3,000 is the last load: two samples over the objective at the end are all that there can be."""
    assert curve(lambda load: 50 if load == 700 else 1, 10).crossed_at() is None
    assert curve(lambda load: 50 if load == 700 else 1, 10).passed_at() == 700
    assert curve(lambda load: 50 if load >= 2_900 else 1, 10).crossed_at() == pytest.approx(2_800 + 100 * 9 / 49)


def test_a_crossing_may_be_known_though_no_sample_shows_it_and_lie_at_the_first() -> None:
    assert curve(lambda load: 1, 10, broke_at=3_050).crossed_at() == 3_050
    assert curve(lambda load: 11, 10).crossed_at() == 100
    assert curve(lambda load: 11).crossed_at() is None


@pytest.mark.parametrize(
    ("law", "value", "objective"),
    [
        ("linear", lambda load: 1 + load / 500, 5.5),
        ("log", math.log, math.log(2_500)),
        ("quadratic", lambda load: 0.1 + (load / 1_000) ** 2, 6.0),
    ],
)
def test_a_clean_law_is_foreseen_to_the_end(law: str, value: Callable[[float], float], objective: float) -> None:
    found = foresight(curve(value, objective))
    assert found is not None
    assert (found.law, found.from_records, found.n, found.at_records) == (law, 1_000, 10, 3_000)
    assert found.error == pytest.approx(0.0, abs=0.02)
    assert found.crossing_error == pytest.approx(0.0, abs=0.02)
    assert found.words.endswith(("off by +0%", "off by -0%", "off by +1%", "off by -1%"))


def test_what_bends_after_the_first_third_was_not_foreseen_and_says_so() -> None:
    found = foresight(curve(lambda load: 1.0 if load <= 1_000 else load / 100, 12.0))
    assert found is not None
    assert found.law == "constant"
    assert (found.crossing_foreseen, found.crossing_error) == (None, None)
    assert found.words == "that search p95 passes 12 ms at no load was foreseen, but it did at 1,200"
    assert found.error == pytest.approx(-28 / 29)


def test_what_was_foreseen_and_did_not_come_says_so() -> None:
    flat = foresight(curve(lambda load: min(load, 1_000) / 100, 20.0))
    assert flat is not None
    assert flat.words == "that search p95 passes 20 ms was foreseen at about 2,000 records; up to 3,000 it did not"
    beyond = foresight(curve(lambda load: load / 100, 50.0))
    assert beyond is not None
    assert beyond.words.endswith("at about 5,000 records; up to 3,000 it did not, as foreseen")
    never = foresight(curve(lambda load: 1.0, 50.0))
    assert never is not None
    assert never.words.endswith("at no load was foreseen, and it did not")


def test_too_few_samples_in_the_first_third_foretell_nothing() -> None:
    short = Curve("memory", "MiB", LOADS[:12], LOADS[:12])
    assert foresight(short) is None
    assert foresight(Curve("memory", "MiB", LOADS, [None] * len(LOADS))) is None


def test_one_killed_at_its_limit_passed_it_where_it_ended() -> None:
    config = RunConfig(memory_limit_bytes=100 * MIB)
    ended = Ended(t_ns=99, status="killed_at_limit", reason="", phase="load", records=1_550)
    events: list[Event] = [opened()]
    for load in range(100, 1_600, 100):
        events += [stored(load - 100, [0.5] * 100), sampled(load, timed(1.0), memory=memory(load / 20))]
    trail = read_trail([*events, ended], config)
    curves = read_curves(trail, judge(trail, config), config)
    assert curves["memory_mb"].crossed_at() == 1_550
    found = foresight(curves["memory_mb"])
    assert found is not None
    assert found.crossing_foreseen == pytest.approx(2_000)
    assert found.crossing_error == pytest.approx(2_000 / 1_550 - 1)
    assert curves["disk_mb"].known() == []
