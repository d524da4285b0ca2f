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
    """What is drawn as one line, before it has a place; ``known`` is its value at each sample of the system."""

    label: str
    member: Member
    dash: int
    quantity: Quantity
    known: tuple[float | None, ...]
    values: tuple[float, ...]
    """Those that are known."""
    beside: bool = False

    def points(self, along: Along) -> list[list[Point]]:
        """Give the pieces of the line; a sample without the value breaks it."""
        placed = zip(map(along.of_row, self.member.summary.samples), self.known, strict=True)
        return [
            [(at, value) for at, value in group if value is not None]
            for there, group in groupby(placed, key=lambda point: point[1] is not None)
            if there
        ]


def curve(label: str, member: Member, dash: int, quantity: Quantity, *, beside: bool = False) -> Curve:
    """Read a curve from a system's samples; ``beside``: of the quantity's second value."""
    read = quantity.beside if beside and quantity.beside is not None else quantity.read
    known = tuple(map(read, member.summary.samples))
    return Curve(label, member, dash, quantity, known, tuple(value for value in known if value is not None), beside)


@dataclass(frozen=True, slots=True)
class _Stage:
    """What a diagram is made of: its figure, the systems in it, their curves, the axes, and its height."""

    quantity: Quantity
    members: Sequence[Member]
    curves: Sequence[Curve]
    along: Sequence[Along]
    limits: Mapping[int, float]
    """Each system's objective, where it has one."""
    shown_limits: Mapping[int, float]
    """Those that do not lie so far above all values that a line for them would flatten these."""
    height: float = HEIGHT
    tall: bool = False

    @property
    def maintained(self) -> list[Member]:
        """Those that had maintenance."""
        return [member for member in self.members if member.summary.maintenance_events]


def _stage(
    quantity: Quantity,
    systems: Sequence[Member],
    curves: Sequence[Curve],
    *,
    height: float = HEIGHT,
    tall: bool = False,
) -> _Stage:
    found = ((member.at, quantity.objective(member.summary)) for member in systems)
    limits = {at: limit for at, limit in found if limit is not None}
    highest = max((max(of.values) for of in curves if of.values), default=0.0)
    shown = {at: limit for at, limit in limits.items() if limit <= _LIMIT_SHOWN_UP_TO * highest}
    along = axes(member.summary for member in systems)
    return _Stage(quantity, systems, curves, along, limits, shown, height, tall)


def members(systems: Mapping[str, Summary], looks: Mapping[str, Look]) -> list[Member]:
    """Give all systems of a page, in order."""
    return [Member(at, key, summary, looks[key]) for at, (key, summary) in enumerate(systems.items())]


def across(quantity: Quantity, systems: Sequence[Member], height: float = HEIGHT) -> Chart:
    """Give the diagram of one figure for all systems."""
    curves = []
    for member in systems:
        if quantity.beside is not None:
            curves.append(curve(f"{member.label}, {quantity.beside_label}", member, _DOTTED, quantity, beside=True))
        curves.append(curve(member.label, member, member.look.slot, quantity))
    return _chart(_stage(quantity, systems, curves, height=height), quantity.key)


def alone(member: Member, group: Group) -> Chart:
    """Give a diagram of one system: a line for each quantity, with its maintenance as lines from top to bottom."""
    curves = [
        curve(quantity.title, member, dash, quantity) for quantity, dash in zip(group.lines, _DASHES, strict=False)
    ]
    return _chart(_stage(group.lead, [member], curves, tall=True), f"{group.lead.key}-of-{member.at}")


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
        lines=tuple(_line(of, stage.along, scales) for of in stage.curves),
        x_ticks={axis.kind: x_ticks(axis) for axis in stage.along},
        y_ticks={kind: _y_ticks(scale, stage.height) for kind, scale in scales.items()},
        limits=tuple(_limits(stage, scales)),
        saturated=tuple(_saturated(stage)),
        events=tuple(_events(stage)),
        notes=tuple(_notes(stage)),
        lanes=0 if stage.tall else len(stage.maintained),
        tall=stage.tall,
    )


def _scales(stage: _Stage) -> dict[str, Scale]:
    highest = stage.quantity.highest
    values = [value for of in stage.curves for value in of.values] + list(stage.shown_limits.values())
    found = {"lin": value_scale(values, stage.height, TOP, highest)}
    logarithmic = None if highest is not None else log_scale(values, stage.height, TOP)
    return found if logarithmic is None else found | {"log": logarithmic}


def _y_ticks(scale: Scale, height: float) -> tuple[Tick, ...]:
    return tuple(Tick(scale.at(value), tick_words(value)) for value in scale.ticks(5 if height > _SMALL else 2))


def _spans(curves: Sequence[Curve]) -> bool:
    known = [value for of in curves if not of.beside for value in of.values]
    return bool(known) and max(known) > _LOG_FROM * min(known)


def _line(of: Curve, along: Sequence[Along], scales: Mapping[str, Scale]) -> Line:
    layers = tuple(_geometry(of, axis, kind, scale) for axis in along for kind, scale in scales.items())
    return Line(of.member.at, of.label, of.member.look.slot, of.dash, layers, of.beside)


def _geometry(of: Curve, along: Along, kind: str, y: Scale) -> Geometry:
    x = x_scale(along)
    placed = [[(x.at(at), y.at(value)) for at, value in thinned(piece)] for piece in of.points(along)]
    every = [point for piece in placed for point in piece]
    lone = [piece[0] for piece in placed if len(piece) == 1]
    marks = [] if of.beside else [every[at] for at in spread(len(every), _MARKS)] + lone[:_MARKS]
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
    for lane, member in enumerate(stage.maintained):
        for axis in stage.along:
            x = x_scale(axis)
            drawn = (f"M{x.at(at):g} 0v{length:g}" for at in event_places(member.summary.maintenance_events, axis))
            yield Events(member.at, member.look.slot, lane, axis.kind, "".join(drawn))


def _notes(stage: _Stage) -> Iterator[str]:
    """Say what is not to be seen, and what the limits are."""
    unknown = [of.label for of in stage.curves if not of.values]
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
    told = "; ".join(_told(of) for of in stage.curves if not of.beside)
    along = stage.along[0].label
    return f"{stage.quantity.title} against {along[:1].lower()}{along[1:]}: {told}."


def _told(of: Curve) -> str:
    values, unit = of.values, of.quantity.unit
    if not values:
        return f"{of.label} n/a"
    first, last, least, most = (measure(value, unit) for value in (values[0], values[-1], min(values), max(values)))
    return f"{of.label} from {first} to {last}, at least {least}, at most {most}"
