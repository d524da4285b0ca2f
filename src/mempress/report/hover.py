"""What the page shows beside a pointer or a cursor, as JSON that no text in it can end or leave."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from mempress.format import figure, measure, name, plain
from mempress.report.along import MOST_EVENTS, axes, spread
from mempress.report.charts import x_scale
from mempress.report.course import event_words

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from mempress.model import MaintenanceEvent, SampleRow, Summary
    from mempress.report.along import Along
    from mempress.report.quantities import Group, Quantity

MOST_ROWS = 200
_PHASES = {"load": "", "recovery": ", in recovery", "post_recovery": ", load after recovery"}
_MARKS = {
    "final": ", final samples",
    "after_emergency": ", after emergency maintenance",
    "after_restart": ", after restart",
    "before_maintenance": ", before maintenance",
    "after_maintenance": ", after maintenance",
}


def hover_json(
    systems: Mapping[str, Summary],
    quantities: Sequence[Quantity],
    own: Mapping[str, Sequence[Group]],
    others: Mapping[str, Any],
) -> str:
    """Give the texts of all diagrams: of each figure of each system at (up to MOST_ROWS of) its samples.

    ``own`` are the diagrams of single systems, ``others`` those that run along something else. What could end the
    script that holds it is escaped.
    """
    along = axes(systems.values())
    rows = [_chosen(summary.samples) for summary in systems.values()]
    charts: dict[str, Any] = {
        quantity.key: [
            {"system": at, "texts": [quantity.words(row) for row in chosen]} for at, chosen in enumerate(rows)
        ]
        for quantity in quantities
    }
    for at, key in enumerate(systems):
        for group in own.get(key, ()):
            charts[f"{group.lead.key}-of-{at}"] = [
                {"system": at, "label": quantity.title, "texts": [quantity.words(row) for row in rows[at]]}
                for quantity in group.lines
            ]
    charts |= others
    value = {
        "systems": [
            _system(key, summary, chosen, along) for (key, summary), chosen in zip(systems.items(), rows, strict=True)
        ],
        "charts": charts,
    }
    return embedded(value)


def embedded(value: Any) -> str:
    """Write a value as JSON that stands safely inside a script element."""
    text = msgspec.json.encode(value).decode()
    for char in "<>&\u2028\u2029":
        text = text.replace(char, f"\\u{ord(char):04x}")
    return text


def _chosen(rows: Sequence[SampleRow]) -> list[SampleRow]:
    return [rows[at] for at in spread(len(rows), MOST_ROWS)]


def _system(key: str, summary: Summary, rows: Sequence[SampleRow], along: Sequence[Along]) -> dict[str, Any]:
    events = [summary.maintenance_events[at] for at in spread(len(summary.maintenance_events), MOST_EVENTS)]
    return {
        "name": name(key),
        "rows": {axis.kind: [_share(axis, axis.of_row(row)) for row in rows] for axis in along},
        "at": [_at(row) for row in rows],
        "events": {axis.kind: [_share(axis, axis.of_event(event)) for event in events] for axis in along},
        "told": [f"{_where(event)}: {event_words(event)}" for event in events],
        "saturated": summary.metrics.saturated_at_records if summary.soak is None else None,
    }


def _share(along: Along, place: float) -> float:
    return x_scale(along).at(place)


def _at(row: SampleRow) -> str:
    phase = _PHASES.get(row.phase, f", {plain(row.phase, 20)}")
    return f"{row.records:,} records, {measure(row.t_s, 's')}{phase}{_MARKS.get(row.mark, '')}"


def _where(event: MaintenanceEvent) -> str:
    return f"{figure(event.records, 'records')} records, {measure(event.t_s, 's')}"
