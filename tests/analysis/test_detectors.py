"""The detectors' own precision and recall on a run, against testimony and scripts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mempress.analysis.detectors import detectors_on_run
from mempress.analysis.observed import observed, read_stretches
from mempress.analysis.trail import judge, read_trail
from mempress.config import RunConfig
from mempress.journal import Opened, Scripted
from tests.analysis.test_maintenance import asked, load, time_of, told
from tests.samples_kit import opened

if TYPE_CHECKING:
    from mempress.journal import Event
    from mempress.model import DetectorOnRun

EVICTION = {"kind": "eviction", "removed": 350}
SCORE = tuple[int, int, int]


def scored(events: list[Event], *capabilities: str) -> DetectorOnRun | None:
    """Score a load whose system has these capabilities."""
    rest = [event for event in events if not isinstance(event, Opened)]
    trail = read_trail([opened("count", *capabilities), *rest], RunConfig())
    stretches = read_stretches(trail, judge(trail, RunConfig()))
    return detectors_on_run(trail, stretches, observed(stretches))


def counts(found: DetectorOnRun | None) -> SCORE:
    assert found is not None
    return found.statistical.found, found.statistical.known, found.statistical.matched


def test_without_testimony_or_script_nothing_is_said() -> None:
    assert scored(load({}, evicting=7)) is None


def test_a_system_that_testifies_to_its_one_eviction_confirms_the_detector() -> None:
    found = scored(load({7: [told(6.5, EVICTION)]}, evicting=7), "events")
    assert counts(found) == (1, 1, 1)
    assert found is not None
    assert (found.statistical.precision, found.statistical.recall, found.truth) == (1.0, 1.0, "testimony")
    assert (found.threshold.found, found.threshold.precision, found.threshold.recall) == (0, None, 0.0)
    assert found.testified_samples == 1


def test_what_is_found_without_testimony_is_false_and_what_is_testified_and_not_found_is_missed() -> None:
    assert counts(scored(load({}, evicting=7), "events")) == (1, 0, 0)
    found = scored(load({3: [told(2.5, EVICTION)]}), "events")
    assert counts(found) == (0, 1, 0)
    assert found is not None
    assert (found.statistical.precision, found.statistical.recall) == (None, 0.0)


def test_quiet_on_both_sides_there_is_neither_precision_nor_recall() -> None:
    found = scored(load({}), "events")
    assert counts(found) == (0, 0, 0)
    assert found is not None
    assert (found.statistical.precision, found.statistical.recall) == (None, None)


def test_testimony_batch_upon_batch_is_one_event_where_it_begins() -> None:
    between: dict[int, list[Event]] = {number: [told(number - 0.5, EVICTION)] for number in range(7, 12)}
    found = scored(load(between, evicting=7), "events")
    assert counts(found) == (1, 1, 1)
    assert found is not None
    assert found.testified_samples == 5


def test_another_kind_within_a_row_and_a_row_that_begins_again_are_events_of_their_own() -> None:
    compaction = {"kind": "compaction", "moved": 5}
    between: dict[int, list[Event]] = {
        3: [told(2.5, EVICTION)],
        4: [told(3.5, EVICTION, compaction)],
        8: [told(7.5, EVICTION)],
    }
    assert counts(scored(load(between), "events")) == (0, 3, 0)


def test_testimony_that_it_did_nothing_is_none_and_a_bare_kind_is_some() -> None:
    nothing = {"kind": "cleanup", "removed": 0, "records": 500}
    assert counts(scored(load({3: [told(2.5, nothing)]}), "events")) == (0, 0, 0)
    assert counts(scored(load({3: [told(2.5, {"kind": "cleanup"})]}), "events")) == (0, 1, 0)


def test_requested_maintenance_that_says_what_it_did_is_known_and_a_silent_one_is_judged_by_nobody() -> None:
    assert counts(scored(load({7: [asked(6.5, {"removed": 350})]}, evicting=7), "events")) == (1, 1, 1)
    assert counts(scored(load({7: [asked(6.5)]}, evicting=7), "events")) == (0, 0, 0)


def test_what_touches_under_a_hundredth_of_what_is_held_is_neither_right_nor_wrong() -> None:
    """Of 700 records held: 6 are too few to be seen, 7 are not; told in parts they count together."""
    for few in (asked(6.5, {"removed": 0, "consolidated": 6}), told(6.5, {"kind": "merge", "moved": 6})):
        found = scored(load({7: [few]}), "events")
        assert counts(found) == (0, 0, 0)
        assert found is not None
        assert found.too_small == 1
        assert counts(scored(load({7: [few]}, evicting=7), "events")) == (0, 0, 0)
    for enough in (asked(6.5, {"removed": 7}), told(6.5, *[{"kind": "merge", "moved": 4}] * 2)):
        found = scored(load({7: [enough]}), "events")
        assert counts(found) == (0, 1, 0)
        assert found is not None
        assert found.too_small == 0


def test_a_script_is_believed_whatever_the_system_says() -> None:
    """The 701st record is offered with the eighth batch."""
    script: list[Event] = [Scripted(t_ns=time_of(20), offered=[701])]
    assert counts(scored([*load({}, evicting=7), *script])) == (1, 1, 1)
    assert counts(scored([*load({}, evicting=3), *script])) == (1, 1, 0)
    nothing: list[Event] = [Scripted(t_ns=time_of(20), offered=[])]
    assert counts(scored([*load({}, evicting=3), *nothing])) == (1, 0, 0)
