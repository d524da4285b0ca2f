"""The course of each run as a lane: its phases, where it saturated, and every maintenance event by its origin."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING

from mempress.format import figure, name, plain
from mempress.report.along import axes, event_places
from mempress.report.charts import Tick, x_share, x_ticks
from mempress.report.plotting import saturation_row

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from mempress.model import MaintenanceEvent, SampleRow, Summary
    from mempress.report.along import Along, Kind
    from mempress.report.palette import Look

ORIGINS = ("reported", "requested", "observed")
_PHASES = {"load": "load", "recovery": "recovery", "post_recovery": "load after recovery"}
_EFFECTS = {"memory_mb": ("memory", "MiB"), "disk_mb": ("disk", "MiB"), "latency_p50_ms": ("search p50", "ms")}


@dataclass(frozen=True, slots=True)
class Stretch:
    """A phase on an axis, from ``at`` for ``width``, both in hundredths of the diagram."""

    phase: str
    at: float
    width: float
    words: str


@dataclass(frozen=True, slots=True)
class Marked:
    """Events of one origin: where each stands, in hundredths of the diagram."""

    origin: str
    places: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Course:
    """One run on one axis."""

    along: str
    stretches: tuple[Stretch, ...]
    events: tuple[Marked, ...]
    saturated: float | None


@dataclass(frozen=True, slots=True)
class Lane:
    """One system: its courses on all axes, and all of it in words."""

    system: int
    slot: int
    label: str
    courses: tuple[Course, ...]
    words: str


@dataclass(frozen=True, slots=True)
class Courses:
    """All lanes over one axis."""

    lanes: tuple[Lane, ...]
    x_ticks: Mapping[Kind, tuple[Tick, ...]]
    origins: tuple[str, ...]
    """Those that any event has."""
    words: str


def courses(systems: Mapping[str, Summary], looks: Mapping[str, Look]) -> Courses:
    """Give the lanes of all systems."""
    along = axes(systems.values())
    lanes = tuple(
        Lane(at, looks[key].slot, name(key), tuple(_course(summary, axis) for axis in along), _words(key, summary))
        for at, (key, summary) in enumerate(systems.items())
    )
    seen = {event.origin for summary in systems.values() for event in summary.maintenance_events}
    ticks = {axis.kind: x_ticks(axis) for axis in along}
    origins = tuple(origin for origin in ORIGINS if origin in seen)
    return Courses(lanes, ticks, origins, " ".join(lane.words for lane in lanes))


def event_words(event: MaintenanceEvent) -> str:
    """Explain an event: where it comes from, what it did, and before and after."""
    reasons = ", ".join(plain(reason, 30).replace("_", " ") for reason in event.reasons) or "no reason seen"
    return "; ".join([f"maintenance, {event.origin}: {reasons}", *_changes(event)])


def _changes(event: MaintenanceEvent) -> Iterator[str]:
    for key, change in event.effects.items():
        label, unit = _EFFECTS.get(key, (plain(key, 30), "records" if key == "held" else "share"))
        before, after = figure(change.get("before"), unit), figure(change.get("after"), unit)
        if before != after:
            yield f"{label} {before} to {after}{f' {unit}' if unit in ('MiB', 'ms') else ''}"


def _course(summary: Summary, along: Along) -> Course:
    by_origin = {
        origin: [event for event in summary.maintenance_events if event.origin == origin] for origin in ORIGINS
    }
    row = saturation_row(summary)
    return Course(
        along.kind,
        tuple(_stretches(summary.samples, along)),
        tuple(
            Marked(origin, tuple(x_share(along, place) for place in event_places(events, along)))
            for origin, events in by_origin.items()
            if events
        ),
        None if row is None else x_share(along, along.of_row(row)),
    )


def _stretches(rows: Sequence[SampleRow], along: Along) -> Iterator[Stretch]:
    start = 0.0
    for phase, group in groupby(rows, key=lambda row: row.phase):
        places = [along.of_row(row) for row in group]
        low, high = x_share(along, start), x_share(along, max(places))
        words = _PHASES.get(phase, plain(phase, 20))
        if high > low:
            yield Stretch(phase if phase in _PHASES else "load", low, round(high - low, 2), words)
        start = max(places)


def _words(key: str, summary: Summary) -> str:
    counts = [
        f"{count:,} {origin}"
        for origin in ORIGINS
        if (count := sum(event.origin == origin for event in summary.maintenance_events))
    ]
    events = f"maintenance events: {', '.join(counts)}" if counts else "no maintenance event"
    at = summary.metrics.saturated_at_records if summary.soak is None else None
    saturated = "" if at is None else f", saturated at {at:,} records"
    return f"{name(key)}: {summary.status.replace('_', ' ')}{saturated}, {events}."
