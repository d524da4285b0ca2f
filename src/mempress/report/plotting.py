"""Draws samples as diagrams: of one figure for all systems, or of one system alone."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING

from mempress.format import measure, name
from mempress.report.along import axes, event_places, spread, thinned
from mempress.report.charts import (
    HEIGHT,
    TOP,
    Chart,
    Events,
    Geometry,
    Line,
    Place,
    Tick,
    x_scale,
    x_share,
    x_ticks,
)
from mempress.report.scales import Scale, log_scale, tick_words, value_scale

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from mempress.model import SampleRow, Summary
    from mempress.report.along import Along, Point
    from mempress.report.palette import Look
    from mempress.report.quantities import Group, Quantity

_SMALL = 100.0
"""A lower diagram has room for fewer values beside its axis."""
_MARKS = 14
_LOG_FROM = 50.0
_LIMIT_SHOWN_UP_TO = 3.0
_DASHES = (0, 7, 2)
"""Of the lines in a diagram of one system: whole, dashed, dotted."""
_DOTTED = 2
_RUG = 5.0


@dataclass(frozen=True, slots=True)
class Member:
    """A system as a diagram knows it: its place among all systems, and its look."""

    at: int
    key: str
    summary: Summary
    look: Look

    @property
    def label(self) -> str:
        """Its shown name."""
        return name(self.key)


@dataclass(frozen=True, slots=True)
class Curve:
    """What is drawn as one line, before it has a place; ``beside``: the quantity's second value."""

    label: str
    member: Member
    dash: int
    quantity: Quantity
    beside: bool = False

    def read(self, row: SampleRow) -> float | None:
        """Give the value of a sample."""
        if self.beside and self.quantity.beside is not None:
            return self.quantity.beside(row)
        return self.quantity.read(row)

    def points(self, along: Along) -> list[list[Point]]:
        """Give the pieces of the line; a sample without the value breaks it."""
        known = ((along.of_row(row), self.read(row)) for row in self.member.summary.samples)
        return [
            [(at, value) for at, value in group if value is not None]
            for there, group in groupby(known, key=lambda point: point[1] is not None)
            if there
        ]

    @property
    def values(self) -> list[float]:
        """All values of the line."""
        return [value for row in self.member.summary.samples if (value := self.read(row)) is not None]


@dataclass(frozen=True, slots=True)
class _Stage:
    """What a diagram is made of: its figure, the systems in it, their curves, the axes, and its height."""

    quantity: Quantity
    members: Sequence[Member]
    curves: Sequence[Curve]
    along: Sequence[Along]
    height: float
    tall: bool

    @property
    def limits(self) -> dict[int, float]:
        """Each system's objective, if it has one."""
        found = ((member.at, self.quantity.objective(member.summary)) for member in self.members)
        return {at: limit for at, limit in found if limit is not None}

    @property
    def shown_limits(self) -> dict[int, float]:
        """Those that do not lie so far above all values that a line for them would flatten these."""
        highest = max([value for curve in self.curves for value in curve.values], default=0.0)
        return {at: limit for at, limit in self.limits.items() if limit <= _LIMIT_SHOWN_UP_TO * highest}


def members(systems: Mapping[str, Summary], looks: Mapping[str, Look]) -> list[Member]:
    """Give all systems of a page, in order."""
    return [Member(at, key, summary, looks[key]) for at, (key, summary) in enumerate(systems.items())]


def across(quantity: Quantity, systems: Sequence[Member], height: float = HEIGHT) -> Chart:
    """Give the diagram of one figure for all systems."""
    curves = []
    for member in systems:
        if quantity.beside is not None:
            curves.append(Curve(f"{member.label}, {quantity.beside_label}", member, _DOTTED, quantity, True))
        curves.append(Curve(member.label, member, member.look.slot, quantity))
    along = axes(member.summary for member in systems)
    return _chart(_Stage(quantity, systems, curves, along, height, tall=False), quantity.key)


def alone(member: Member, group: Group) -> Chart:
    """Give a diagram of one system: a line for each quantity, with its maintenance as lines from top to bottom."""
    curves = [
        Curve(quantity.title, member, dash, quantity) for quantity, dash in zip(group.lines, _DASHES, strict=False)
    ]
    stage = _Stage(group.lead, [member], curves, axes([member.summary]), HEIGHT, tall=True)
    return _chart(stage, f"{group.lead.key}-of-{member.at}")


def saturation_row(summary: Summary) -> SampleRow | None:
    """Give the sample at which a system saturated; a soak does not look for that."""
    at = summary.metrics.saturated_at_records
    if at is None or summary.soak is not None:
        return None
    return next((row for row in summary.samples if row.records >= at), None)


def _chart(stage: _Stage, key: str) -> Chart:
    quantity, scales = stage.quantity, _scales(stage)
    return Chart(
        key=key,
        title=quantity.title,
        unit=quantity.unit if quantity.unit != "share" else "",
        how=quantity.how,
        words=_words(stage),
        height=stage.height,
        fits="log" if "log" in scales and _spans(stage.curves) else "lin",
        both=len(scales) > 1,
        lines=tuple(_line(curve, stage.along, scales) for curve in stage.curves),
        x_ticks={axis.kind: x_ticks(axis) for axis in stage.along},
        y_ticks={kind: _y_ticks(scale, stage.height) for kind, scale in scales.items()},
        limits=tuple(_limits(stage, scales)),
        saturated=tuple(_saturated(stage)),
        events=tuple(_events(stage)),
        notes=tuple(_notes(stage)),
        tall=stage.tall,
    )


def _scales(stage: _Stage) -> dict[str, Scale]:
    highest = stage.quantity.highest
    values = [value for curve in stage.curves for value in curve.values] + list(stage.shown_limits.values())
    found = {"lin": value_scale(values, stage.height, TOP, highest)}
    logarithmic = None if highest is not None else log_scale(values, stage.height, TOP)
    return found if logarithmic is None else found | {"log": logarithmic}


def _y_ticks(scale: Scale, height: float) -> tuple[Tick, ...]:
    return tuple(Tick(scale.at(value), tick_words(value)) for value in scale.ticks(5 if height > _SMALL else 2))


def _spans(curves: Sequence[Curve]) -> bool:
    known = [value for curve in curves for value in curve.values if not curve.beside]
    return bool(known) and max(known) > _LOG_FROM * min(known)


def _line(curve: Curve, along: Sequence[Along], scales: Mapping[str, Scale]) -> Line:
    layers = tuple(_geometry(curve, axis, kind, scale) for axis in along for kind, scale in scales.items())
    return Line(curve.member.at, curve.label, curve.member.look.slot, curve.dash, layers, curve.beside)


def _geometry(curve: Curve, along: Along, kind: str, y: Scale) -> Geometry:
    x = x_scale(along)
    placed = [[(x.at(at), y.at(value)) for at, value in thinned(piece)] for piece in curve.points(along)]
    every = [point for piece in placed for point in piece]
    lone = [piece[0] for piece in placed if len(piece) == 1]
    marks = [] if curve.beside else [every[at] for at in spread(len(every), _MARKS)] + lone[:_MARKS]
    return Geometry(
        along.kind,
        kind,
        tuple(" ".join(f"{at:g},{value:g}" for at, value in piece) for piece in placed if len(piece) > 1),
        tuple(dict.fromkeys((round(at / 10.0, 2), value) for at, value in marks)),
    )


def _limits(stage: _Stage, scales: Mapping[str, Scale]) -> Iterator[Place]:
    for member in stage.members:
        limit = stage.shown_limits.get(member.at)
        if limit is not None:
            yield from (Place(member.at, member.look.slot, kind, scale.at(limit)) for kind, scale in scales.items())


def _saturated(stage: _Stage) -> Iterator[Place]:
    for member in stage.members:
        row = saturation_row(member.summary)
        if row is not None:
            for axis in stage.along:
                yield Place(member.at, member.look.slot, axis.kind, x_share(axis, axis.of_row(row)))


def _events(stage: _Stage) -> Iterator[Events]:
    length = stage.height if stage.tall else _RUG
    for member in stage.members:
        for axis in stage.along if member.summary.maintenance_events else ():
            x = x_scale(axis)
            drawn = (f"M{x.at(at):g} 0v{length:g}" for at in event_places(member.summary.maintenance_events, axis))
            yield Events(member.at, member.look.slot, axis.kind, "".join(drawn))


def _notes(stage: _Stage) -> Iterator[str]:
    """Say what is not to be seen, and what the limits are."""
    unknown = [curve.label for curve in stage.curves if not curve.values]
    if len(unknown) == len(stage.curves):
        yield "n/a: not measured at any sample."
    elif unknown:
        yield f"n/a for {', '.join(unknown)}."
    told = [
        f"{member.label} {measure(stage.limits[member.at], stage.quantity.unit)}"
        f"{'' if member.at in stage.shown_limits else ' (above this scale)'}"
        for member in stage.members
        if member.at in stage.limits
    ]
    if told:
        yield f"Objective: {'; '.join(told)}."


def _words(stage: _Stage) -> str:
    """Say what the curves show, for those who cannot see them."""
    told = "; ".join(_told(curve) for curve in stage.curves if not curve.beside)
    along = stage.along[0].label
    return f"{stage.quantity.title} against {along[:1].lower()}{along[1:]}: {told}."


def _told(curve: Curve) -> str:
    values, unit = curve.values, curve.quantity.unit
    if not values:
        return f"{curve.label} n/a"
    first, last, least, most = (measure(value, unit) for value in (values[0], values[-1], min(values), max(values)))
    return f"{curve.label} from {first} to {last}, at least {least}, at most {most}"
