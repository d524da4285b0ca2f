"""The curves of a run as every picture shows them: memory, latency and health against records, or a soak's time."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING

from mempress.detect.saturation import HEALTH_FLOOR
from mempress.format import measure
from mempress.report.along import apart, thinned

if TYPE_CHECKING:
    from collections.abc import Callable

    from mempress.model import MaintenanceEvent, SampleRow, Summary

Point = tuple[float, float]
MANY_EVENTS = 12
"""More events than this are drawn with thinner lines."""
_LOG_FROM = 50.0
_MOST_EVENTS = 1_200
_LIMIT_SHOWN_UP_TO = 3.0


@dataclass(frozen=True, slots=True)
class Curve:
    """One line: its label, its place among those of a run, and its pieces; a sample without the value breaks it."""

    label: str
    colour: int
    pieces: tuple[tuple[Point, ...], ...]

    @property
    def values(self) -> list[float]:
        """All values of the line."""
        return [value for piece in self.pieces for _, value in piece]


@dataclass(frozen=True, slots=True)
class Panel:
    """One diagram: its axis, its curves, and a limit to be seen in it."""

    label: str
    curves: tuple[Curve, ...]
    limit: float | None = None
    """Drawn as a line; None where there is none, or where it lies far above all values and ``limit_label`` says so."""
    limit_label: str = ""
    highest: float | None = None
    """The top of the axis, where it is known beforehand."""
    logarithmic: bool = False


@dataclass(frozen=True, slots=True)
class Axis:
    """What the curves run along: where a sample and an event stand on it, and how a place is told."""

    label: str
    unit: str
    of_row: Callable[[SampleRow], float]
    of_event: Callable[[MaintenanceEvent], float]


_RECORDS = Axis("Records acknowledged", "records", lambda row: row.records, lambda event: event.records)
_MINUTES = Axis("Minutes since the run began", "minutes", lambda row: row.t_s / 60.0, lambda event: event.t_s / 60.0)


def axis_of(summary: Summary) -> Axis:
    """Give the axis: a soak runs along time, all else along records."""
    return _RECORDS if summary.soak is None else _MINUTES


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of the records axis in which a phase other than the load ran."""

    low: float
    high: float
    label: str


def panels(summary: Summary) -> tuple[Panel, Panel, Panel]:
    """Give the three diagrams, from top to bottom."""
    latencies = (
        _curve("p50", 0, summary, lambda row: row.latency_ms.p50),
        _curve("p95", 1, summary, lambda row: row.latency_ms.p95),
    )
    known = [value for curve in latencies for value in curve.values if value > 0]
    highest = max(known, default=0.0)
    limit = summary.objective_ms
    label = "" if limit is None else f"p95 objective {measure(limit, 'ms')}"
    if limit is not None and limit > _LIMIT_SHOWN_UP_TO * highest:
        limit, label = None, f"{label}, above this scale"
    return (
        Panel("Memory (MiB)", (_curve("PSS", 0, summary, lambda row: row.memory_mb),)),
        Panel("Search (ms)", latencies, limit, label, logarithmic=highest > _LOG_FROM * min(known, default=1.0)),
        Panel(
            "Health",
            (_curve("health", 0, summary, lambda row: row.health),),
            HEALTH_FLOOR,
            f"objective {HEALTH_FLOOR:g}",
            highest=1.0,
        ),
    )


def held_curve(summary: Summary) -> Curve:
    """Give the records held."""
    return _curve("held", 2, summary, lambda row: row.held)


def event_places(summary: Summary) -> list[float]:
    """Give where on the axis maintenance events fell, each once; of thousands those that a picture can tell apart."""
    axis = axis_of(summary)
    return apart(sorted({axis.of_event(event) for event in summary.maintenance_events}), _MOST_EVENTS)


def place_in_words(place: float) -> str:
    """Write a place on the axis: records whole, minutes as they are."""
    return f"{place:,.6g}" if place < 1_000 else f"{place:,.0f}"


def saturated_place(summary: Summary) -> float | None:
    """Give where the system saturated; a soak does not look for that."""
    return summary.metrics.saturated_at_records if summary.soak is None else None


def event_opacity(count: int) -> float:
    """Give how opaque an event's line is: many lines fade, so that the curves behind them stay to be seen."""
    return 0.8 if count <= MANY_EVENTS else min(0.45, max(0.08, 20.0 / count))


def last_place(summary: Summary) -> float:
    """Give the end of the axis."""
    axis = axis_of(summary)
    places = [*(axis.of_row(row) for row in summary.samples), *event_places(summary)]
    return max([1.0, *places]) if summary.soak is None else max(places, default=1.0)


def spans(summary: Summary) -> tuple[Span, ...]:
    """Give the stretches after the load: where recovery began, and load again until the end."""
    found = []
    for phase, rows in groupby(summary.samples, key=lambda row: row.phase):
        loads = [row.records for row in rows]
        if phase == "post_recovery":
            start = max((row.records for row in summary.samples if row.phase != "post_recovery"), default=loads[0])
            found.append(Span(start, loads[-1], "load after recovery"))
    return tuple(found)


def _curve(label: str, colour: int, summary: Summary, read: Callable[[SampleRow], float | None]) -> Curve:
    place = axis_of(summary).of_row
    pieces: list[tuple[Point, ...]] = []
    points = ((place(row), read(row)) for row in summary.samples)
    for known, group in groupby(points, key=lambda point: point[1] is not None):
        if known:
            pieces.append(tuple(thinned([(float(at), value) for at, value in group if value is not None])))
    return Curve(label, colour, tuple(pieces))
