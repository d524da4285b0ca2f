"""The page's curves as figures for inline SVG: all geometry here, all markup in the templates.

A diagram holds a layer for each axis (records, time) and each scale (linear, logarithmic); the page shows one of
each, without a program. Along the axis all places are shares of 1000, so that a diagram fits any width.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING

from mempress.format import measure, name
from mempress.report.along import Along, axes, event_places, spread, thinned
from mempress.report.scales import Scale, log_scale, tick_words, value_scale

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from mempress.model import SampleRow, Summary
    from mempress.report.along import Point
    from mempress.report.palette import Look
    from mempress.report.quantities import Group, Quantity

WIDTH = 1000.0
_HEIGHT = 170.0
_SMALL = 100.0
_TOP = 6.0
_DASHES = (0, 7, 2)
"""Of the lines in a diagram of one system: whole, dashed, dotted."""
_MARKS = 14
_LOG_FROM = 50.0
_LIMIT_SHOWN_UP_TO = 3.0


@dataclass(frozen=True, slots=True)
class Tick:
    """A place on an axis, and what stands there."""

    at: float
    text: str


@dataclass(frozen=True, slots=True)
class Geometry:
    """A curve on one axis and one scale: the ``points`` of each of its pieces, and where its markers stand."""

    along: str
    scale: str
    pieces: tuple[str, ...]
    marks: tuple[tuple[float, float], ...]


@dataclass(frozen=True, slots=True)
class Line:
    """A curve of one system: its place among the systems, its colour, dash and marker, and all its layers."""

    system: int
    label: str
    slot: int
    dash: int
    layers: tuple[Geometry, ...]
    thin: bool = False


@dataclass(frozen=True, slots=True)
class Place:
    """What stands at one value of one axis, for one system."""

    system: int
    slot: int
    layer: str
    at: float
    text: str = ""


@dataclass(frozen=True, slots=True)
class Events:
    """The maintenance of one system on one axis, as one path."""

    system: int
    slot: int
    along: str
    path: str


@dataclass(frozen=True, slots=True)
class Chart:
    """One diagram; ``fits`` is the scale that shows its values best, ``both`` whether there are two."""

    key: str
    title: str
    unit: str
    how: str
    words: str
    height: float
    fits: str
    both: bool
    lines: tuple[Line, ...]
    x_ticks: Mapping[str, tuple[Tick, ...]]
    y_ticks: Mapping[str, tuple[Tick, ...]]
    limits: tuple[Place, ...]
    saturated: tuple[Place, ...]
    events: tuple[Events, ...]
    notes: tuple[str, ...]
    tall: bool = False
    """Whether events stand as lines through the whole diagram, as there is one system."""

    @property
    def drawn(self) -> bool:
        """Whether any line has two values or more."""
        layers = [layer for line in self.lines if not line.thin for layer in line.layers]
        return any(layer.pieces or len(layer.marks) > 1 for layer in layers)


@dataclass(frozen=True, slots=True)
class Curve:
    """What is drawn as one line, before it has a place: ``dash`` is a number in the style sheet."""

    system: int
    label: str
    look: Look
    dash: int
    rows: Sequence[SampleRow]
    quantity: Quantity
    beside: bool = False

    def points(self, along: Along) -> list[list[Point]]:
        """Give the pieces of the line; a sample without the value breaks it."""
        read = self.quantity.beside if self.beside and self.quantity.beside is not None else self.quantity.read
        known = ((along.of_row(row), read(row)) for row in self.rows)
        return [
            [(at, value) for at, value in group if value is not None]
            for there, group in groupby(known, key=lambda point: point[1] is not None)
            if there
        ]

    @property
    def values(self) -> list[float]:
        """All values of the line."""
        read = self.quantity.beside if self.beside and self.quantity.beside is not None else self.quantity.read
        return [value for row in self.rows if (value := read(row)) is not None]


def across(
    quantity: Quantity, systems: Mapping[str, Summary], looks: Mapping[str, Look], *, height: float = _HEIGHT
) -> Chart:
    """Give the diagram of one figure for all systems."""
    curves = []
    for at, (key, summary) in enumerate(systems.items()):
        look, shown = looks[key], name(key)
        if quantity.beside is not None:
            curves.append(Curve(at, f"{shown}, {quantity.beside_label}", look, 2, summary.samples, quantity, True))
        curves.append(Curve(at, shown, look, look.slot, summary.samples, quantity))
    return _chart(quantity, curves, systems, looks, height)


def alone(key: str, at: int, summary: Summary, look: Look, group: Group) -> Chart:
    """Give a diagram of one system: a line for each quantity, with its maintenance as lines from top to bottom."""
    curves = [
        Curve(at, quantity.title, look, dash, summary.samples, quantity)
        for quantity, dash in zip(group.lines, _DASHES, strict=False)
    ]
    return _chart(group.lead, curves, {key: summary}, {key: look}, _HEIGHT, number=at, tall=True)


def _chart(
    quantity: Quantity,
    curves: Sequence[Curve],
    systems: Mapping[str, Summary],
    looks: Mapping[str, Look],
    height: float,
    *,
    number: int | None = None,
    tall: bool = False,
) -> Chart:
    along = axes(systems.values())
    limits = _limits(quantity, curves, systems)
    scales = _scales(curves, quantity.highest, [limit for limit in limits.values() if limit is not None], height)
    fits = "log" if "log" in scales and _spans(curves) else "lin"
    places = {key: at if number is None else number for at, key in enumerate(systems)}
    return Chart(
        key=quantity.key if number is None else f"{quantity.key}-of-{number}",
        title=quantity.title,
        unit=quantity.unit if quantity.unit != "share" else "",
        how=quantity.how,
        words=_words(quantity, curves, along[0]),
        height=height,
        fits=fits,
        both=len(scales) > 1,
        lines=tuple(_line(curve, along, scales) for curve in curves),
        x_ticks={axis.kind: _x_ticks(axis) for axis in along},
        y_ticks={
            kind: tuple(Tick(scale.at(v), tick_words(v)) for v in scale.ticks(5 if height > _SMALL else 2))
            for kind, scale in scales.items()
        },
        limits=tuple(
            Place(places[key], looks[key].slot, kind, scale.at(limit), f"objective of {name(key)}")
            for key, limit in limits.items()
            if limit is not None
            for kind, scale in scales.items()
        ),
        saturated=tuple(_saturated(systems, looks, places, along)),
        events=tuple(_events(systems, looks, places, along, height if tall else 0.0)),
        notes=tuple(_notes(quantity, curves, systems, limits)),
        tall=tall,
    )


def x_scale(along: Along) -> Scale:
    """Give where a place on an axis stands in a diagram; a little room is left beside the last."""
    return Scale(0.0, along.high * 1.01, 0.0, WIDTH)


def _x_ticks(along: Along) -> tuple[Tick, ...]:
    scale = x_scale(along)
    return tuple(Tick(round(scale.at(value) / 10.0, 2), tick_words(value)) for value in scale.ticks())


def _scales(curves: Sequence[Curve], highest: float | None, limits: list[float], height: float) -> dict[str, Scale]:
    values = [value for curve in curves for value in curve.values] + limits
    found = {"lin": value_scale(values, height, _TOP, highest)}
    logarithmic = None if highest is not None else log_scale(values, height, _TOP)
    return found if logarithmic is None else found | {"log": logarithmic}


def _spans(curves: Sequence[Curve]) -> bool:
    known = [value for curve in curves for value in curve.values if not curve.beside]
    return bool(known) and max(known) > _LOG_FROM * min(known)


def _limits(quantity: Quantity, curves: Sequence[Curve], systems: Mapping[str, Summary]) -> dict[str, float | None]:
    """Give each system's objective; None where it lies far above all values, which a line for it would flatten."""
    highest = max([value for curve in curves for value in curve.values], default=0.0)
    known = {key: limit for key, of in systems.items() if (limit := quantity.objective(of)) is not None}
    return {key: limit if limit <= _LIMIT_SHOWN_UP_TO * highest else None for key, limit in known.items()}


def _line(curve: Curve, along: Sequence[Along], scales: Mapping[str, Scale]) -> Line:
    layers = tuple(_geometry(curve, axis, kind, scale) for axis in along for kind, scale in scales.items())
    return Line(curve.system, curve.label, curve.look.slot, curve.dash, layers, curve.beside)


def _geometry(curve: Curve, along: Along, kind: str, y: Scale) -> Geometry:
    x = x_scale(along)
    placed = [[(x.at(at), y.at(value)) for at, value in thinned(piece)] for piece in curve.points(along)]
    every = [point for piece in placed for point in piece]
    lone = [piece[0] for piece in placed if len(piece) == 1]
    marks = [] if curve.beside else [every[at] for at in spread(len(every), _MARKS)] + lone
    return Geometry(
        along.kind,
        kind,
        tuple(" ".join(f"{at:g},{value:g}" for at, value in piece) for piece in placed if len(piece) > 1),
        tuple(dict.fromkeys((round(at / 10.0, 2), value) for at, value in marks)),
    )


def _saturated(
    systems: Mapping[str, Summary], looks: Mapping[str, Look], places: Mapping[str, int], along: Sequence[Along]
) -> Iterator[Place]:
    for key, summary in systems.items():
        row = saturation_row(summary)
        for axis in along if row is not None else ():
            assert row is not None
            at = round(x_scale(axis).at(axis.of_row(row)) / 10.0, 2)
            yield Place(
                places[key], looks[key].slot, axis.kind, at, f"{name(key)} saturated at {row.records:,} records"
            )


def saturation_row(summary: Summary) -> SampleRow | None:
    """Give the sample at which a system saturated; a soak does not look for that."""
    at = summary.metrics.saturated_at_records
    if at is None or summary.soak is not None:
        return None
    return next((row for row in summary.samples if row.records >= at), None)


def _events(
    systems: Mapping[str, Summary],
    looks: Mapping[str, Look],
    places: Mapping[str, int],
    along: Sequence[Along],
    length: float,
) -> Iterator[Events]:
    for key, summary in systems.items():
        for axis in along if summary.maintenance_events else ():
            x = x_scale(axis)
            drawn = (f"M{x.at(at):g} 0v{length or 5:g}" for at in event_places(summary.maintenance_events, axis))
            yield Events(places[key], looks[key].slot, axis.kind, "".join(drawn))


def _notes(
    quantity: Quantity,
    curves: Sequence[Curve],
    systems: Mapping[str, Summary],
    limits: Mapping[str, float | None],
) -> Iterator[str]:
    """Say what is not to be seen, and why."""
    unknown = [curve.label for curve in curves if not curve.values]
    if len(unknown) == len(curves):
        yield "n/a: not measured at any sample."
    elif unknown:
        yield f"n/a for {', '.join(unknown)}."
    objectives = [(key, quantity.objective(summary)) for key, summary in systems.items()]
    known = [(key, value) for key, value in objectives if value is not None]
    if known:
        told = "; ".join(
            f"{name(key)} {measure(value, quantity.unit)}{'' if limits[key] is not None else ' (above this scale)'}"
            for key, value in known
        )
        yield f"Objective: {told}."


def _words(quantity: Quantity, curves: Sequence[Curve], along: Along) -> str:
    """Say what the curves show, for those who cannot see them."""
    parts = []
    for curve in curves:
        values, unit = curve.values, quantity.unit
        if curve.beside:
            continue
        told = f"from {measure(values[0], unit)} to {measure(values[-1], unit)}" if values else "n/a"
        most = f", at least {measure(min(values), unit)}, at most {measure(max(values), unit)}" if values else ""
        parts.append(f"{curve.label} {told}{most}")
    return f"{quantity.title} against {along.label[:1].lower()}{along.label[1:]}: {'; '.join(parts)}."
