"""Maintenance that was seen, told and asked for in one interval is one event, by its strongest ground."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from mempress import journal
from mempress.analysis.maintenance import maintenance_events
from mempress.analysis.observed import observed, read_stretches
from mempress.analysis.trail import judge, read_trail
from mempress.config import RunConfig
from mempress.journal import Event, Maintained
from tests.samples_kit import MS, memory, opened, sampled, stored, timed

if TYPE_CHECKING:
    from mempress.model import MaintenanceEvent

BATCHES = 12
STEP_NS = 1_000 * MS


def load(between: dict[int, list[Event]], *, evicting: int | None = None, batches: int = BATCHES) -> list[Event]:
    """Give a load of batches of 100, the events of ``between`` before the sample of that number, from 0 on.

    Before sample ``evicting`` half of the records vanish; the samples show it in their count alone.
    """
    events: list[Event] = [opened("count")]
    held = 0
    for number in range(batches):
        held += 100
        if number == evicting:
            held //= 2
        events += [stored(100 * number, [0.5] * 100), *between.get(number, [])]
        events.append(at(number, sampled(100 * (number + 1), timed(*[1.0] * 10), held=held, memory=memory(50))))
    return events


def at(number: float, event: Any) -> Any:
    """Give an event the time of a sample's number."""
    return type(event)(**{name: getattr(event, name) for name in event.__struct_fields__} | {"t_ns": time_of(number)})


def time_of(number: float) -> int:
    return round((number + 1) * STEP_NS)


def told(number: float, *items: dict[str, Any]) -> journal.Testified:
    return journal.Testified(t_ns=time_of(number), phase="load", records=7, events=list(items))


def asked(number: float, value: Any = None, error: str | None = None) -> Maintained:
    place: dict[str, Any] = {"phase": "load", "records": 7, "emergency": False, "latency_ns": 2 * MS}
    return Maintained(t_ns=time_of(number), **place, value=value, error=error)


def events_of(events: list[Event]) -> list[MaintenanceEvent]:
    config = RunConfig()
    trail = read_trail(events, config)
    judged = judge(trail, config)
    return maintenance_events(trail, judged, observed(read_stretches(trail, judged)))


EVICTION = {"kind": "eviction", "removed": 350}


@pytest.mark.parametrize(
    ("between", "origin", "evidence"),
    [
        ([], "observed", {"observed"}),
        ([told(6.5, EVICTION)], "reported", {"observed", "reported"}),
        ([asked(6.4, {"removed": 350})], "requested", {"observed", "requested"}),
        ([told(6.5, EVICTION), asked(6.4)], "requested", {"observed", "reported", "requested"}),
    ],
)
def test_one_interval_is_one_event_by_the_strongest_ground(
    between: list[Event], origin: str, evidence: set[str]
) -> None:
    (event,) = events_of(load({7: between}, evicting=7))
    assert (event.records, event.phase, event.t_s, event.origin) == (800, "load", 8.0, origin)
    assert event.reasons == ["records_removed"]
    assert event.effects["held"] == {"before": 700, "after": 400}
    assert event.effects["latency_p50_ms"] == {"before": 1.0, "after": 1.0}
    assert event.effects["memory_mb"] == {"before": 50.0, "after": 50.0}
    assert set(event.evidence) == evidence


def test_a_load_without_maintenance_has_no_event() -> None:
    assert events_of(load({})) == []


def test_testimony_is_added_up_by_kind_and_counts_once_an_interval() -> None:
    items = [{"kind": "eviction", "removed": 3}, {"kind": "eviction", "removed": 4}, {"kind": "ageing", "done": True}]
    first, second = events_of(load({2: [told(1.5, *items)], 5: [told(4.5, {"kind": "ageing", "removed": 0})]}))
    assert (first.records, first.origin, first.reasons) == (300, "reported", ["records_removed"])
    assert first.evidence == {"reported": {"eviction": {"events": 2, "removed": 7}, "ageing": {"events": 1}}}
    assert (second.records, second.reasons) == (600, [])


def test_a_request_stands_with_what_it_said_and_what_it_raised() -> None:
    (event,) = events_of(load({3: [asked(2.4, {"removed": 5}), asked(2.5, error="busy")]}))
    said, raised = event.evidence["requested"]
    assert said == {"emergency": False, "duration_ms": 2.0, "said": {"removed": 5}, "error": None}
    assert (raised["said"], raised["error"]) == (None, "busy")
    assert event.reasons == ["records_removed"]


def test_testimony_before_the_first_sample_is_not_lost() -> None:
    (event,) = events_of(load({0: [told(-0.5, EVICTION)]}))
    assert (event.records, event.origin) == (100, "reported")
    assert event.effects["held"] == {"before": None, "after": 100}


def test_testimony_at_the_final_sample_is_not_lost_and_the_final_sample_is_no_load_of_its_own() -> None:
    """The final sample has many more searches, and slower ones; only what was told before it is an event."""
    final = at(BATCHES, sampled(1_200, timed(*[900.0] * 50), held=1_200, mark="final"))
    (event,) = events_of([*load({}), told(BATCHES - 0.5, EVICTION), final])
    assert (event.records, event.origin, set(event.evidence)) == (1_200, "reported", {"reported"})


@pytest.mark.parametrize("last", [told(BATCHES - 0.5, EVICTION), asked(BATCHES - 0.5)])
def test_what_was_told_or_asked_for_before_the_system_died_is_not_lost(last: Event) -> None:
    (event,) = events_of([*load({}), last])
    assert (event.records, event.phase) == (7, "load")
    assert event.effects["held"] == {"before": 1_200, "after": None}


def test_what_was_told_before_a_system_died_in_its_first_sample_is_not_lost() -> None:
    (event,) = events_of([opened(), told(0, EVICTION)])
    assert (event.records, event.origin, event.effects["held"]) == (7, "reported", {"before": None, "after": None})
