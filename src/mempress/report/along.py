"""What curves run along: records or time, and the places on it where something happened to a system."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from mempress.model import MaintenanceEvent, SampleRow, Summary

    Point = tuple[float, float]

Kind = Literal["records", "time"]
MOST_POINTS = 240
"""A curve of more points is drawn by the first, the lowest, the highest and the last of each stretch."""
MOST_EVENTS = 200
"""More events than this are drawn where they fall among as many places."""
_SECONDS_UP_TO = 300.0


@dataclass(frozen=True, slots=True)
class Along:
    """An axis of all systems of a page: ``high`` is its end."""

    kind: Kind
    label: str
    high: float
    of_row: Callable[[SampleRow], float]
    of_event: Callable[[MaintenanceEvent], float]


def axes(systems: Iterable[Summary]) -> tuple[Along, ...]:
    """Give the axes: records, and time in seconds or minutes; of a soak time alone, for it goes nowhere in records."""
    found = list(systems)
    rows = [row for summary in found for row in summary.samples]
    events = [event for summary in found for event in summary.maintenance_events]
    last_s = max([row.t_s for row in rows] + [event.t_s for event in events], default=0.0)
    unit, unit_s = ("s", 1.0) if last_s <= _SECONDS_UP_TO else ("min", 60.0)
    time = Along(
        "time",
        f"Time since the run began ({unit})",
        (last_s / unit_s) or 1.0,
        lambda row: row.t_s / unit_s,
        lambda event: event.t_s / unit_s,
    )
    if any(summary.soak is not None for summary in found):
        return (time,)
    most = max([row.records for row in rows] + [event.records for event in events], default=0)
    records = Along(
        "records",
        "Records acknowledged",
        float(most) or 1.0,
        lambda row: float(row.records),
        lambda event: float(event.records),
    )
    return (records, time)


def thinned(points: Sequence[Point], most: int = MOST_POINTS) -> Sequence[Point]:
    """Leave out points so that no extreme is lost."""
    if len(points) <= most:
        return points
    size = -(-4 * len(points) // most)
    kept: list[int] = []
    for start in range(0, len(points), size):
        stretch = range(start, min(start + size, len(points)))
        lowest = min(stretch, key=lambda at: points[at][1])
        highest = max(stretch, key=lambda at: points[at][1])
        kept += sorted({stretch[0], lowest, highest, stretch[-1]})
    return [points[at] for at in kept]


def spread(count: int, most: int) -> list[int]:
    """Give at most ``most`` places out of ``count``, evenly, the first and the last among them."""
    if count <= most:
        return list(range(count))
    return sorted({round(step * (count - 1) / (most - 1)) for step in range(most)})


def event_places(events: Iterable[MaintenanceEvent], along: Along) -> list[float]:
    """Give where events fell, each place once; of very many those that can be told apart in a picture."""
    return apart(sorted({along.of_event(event) for event in events}), MOST_EVENTS)


def apart(places: list[float], most: int) -> list[float]:
    """Give sorted places as they are; of more than ``most`` the first in each of as many cells."""
    if len(places) <= most:
        return places
    cell = places[-1] / most
    return list({int(place / cell): place for place in reversed(places)}.values())[::-1]
