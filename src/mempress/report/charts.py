"""The curves of a run as figures for an inline SVG: all geometry here, all markup in the template."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mempress.format import figure
from mempress.report.curves import (
    MANY_EVENTS,
    axis_of,
    event_opacity,
    event_places,
    last_place,
    panels,
    place_in_words,
    saturated_place,
    spans,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mempress.model import Summary
    from mempress.report.curves import Curve, Panel, Point

_TICKS = 6


@dataclass(frozen=True, slots=True)
class Frame:
    """The size of a diagram, and where its axes end, in pixels from the upper left corner."""

    width: int = 720
    height: int = 190
    left: int = 62
    right: int = 690
    top: int = 10
    bottom: int = 164


FRAME = Frame()


@dataclass(frozen=True, slots=True)
class Tick:
    """A place on an axis, in pixels, and what stands there."""

    at: float
    text: str


@dataclass(frozen=True, slots=True)
class Line:
    """A curve: the ``points`` attribute of each of its pieces, and its lone samples as dots."""

    label: str
    colour: int
    pieces: tuple[str, ...]
    dots: tuple[tuple[float, float], ...]


@dataclass(frozen=True, slots=True)
class Chart:
    """One diagram in pixels; ``events`` pairs the place of each maintenance event with its words."""

    label: str
    words: str
    lines: tuple[Line, ...]
    x_ticks: tuple[Tick, ...]
    y_ticks: tuple[Tick, ...]
    events: tuple[Tick, ...]
    event_width: float
    event_opacity: float
    spans: tuple[tuple[float, float, str], ...]
    saturated: Tick | None
    limit: float | None
    limit_label: str


@dataclass(frozen=True, slots=True)
class _Scale:
    """Maps [low, high] to pixels from ``start`` to ``end``, by the logarithm where asked."""

    low: float
    high: float
    start: float
    end: float
    logarithmic: bool = False

    def at(self, value: float) -> float:
        low, high = self._axis(self.low), self._axis(self.high)
        share = (self._axis(max(value, self.low)) - low) / (high - low)
        return round(self.start + share * (self.end - self.start), 1)

    def _axis(self, value: float) -> float:
        return math.log10(value) if self.logarithmic else value

    def ticks(self) -> list[float]:
        """Give round values within the range."""
        if self.logarithmic:
            first, last = math.ceil(math.log10(self.low)), math.floor(math.log10(self.high))
            step = max(1, (last - first) // _TICKS)
            return [10.0**power for power in range(first, last + 1, step)] or [self.low, self.high]
        apart = _round_step((self.high - self.low) / _TICKS)
        return [apart * count for count in range(math.ceil(self.low / apart), math.floor(self.high / apart) + 1)]


def charts(summary: Summary) -> list[Chart]:
    """Give the three diagrams of a run; none where nothing was sampled."""
    return [_chart(panel, summary) for panel in panels(summary)] if summary.samples else []


def _chart(panel: Panel, summary: Summary) -> Chart:
    x = _Scale(0.0, last_place(summary) * 1.01, FRAME.left, FRAME.right)
    y = _value_scale(panel)
    events, saturated = event_places(summary), saturated_place(summary)
    unit = axis_of(summary).unit
    return Chart(
        label=panel.label,
        words=_words(panel, unit),
        lines=tuple(_line(curve, x, y) for curve in panel.curves),
        x_ticks=tuple(Tick(x.at(value), place_in_words(value)) for value in x.ticks()),
        y_ticks=tuple(Tick(y.at(value), f"{value:,.6g}") for value in y.ticks()),
        events=tuple(Tick(x.at(at), f"maintenance at {place_in_words(at)} {unit}") for at in events),
        event_width=0.9 if len(events) > MANY_EVENTS else 1.4,
        event_opacity=event_opacity(len(events)),
        spans=tuple((x.at(span.low), x.at(span.high), span.label) for span in spans(summary)),
        saturated=None if saturated is None else Tick(x.at(saturated), f"saturated at {saturated:,.0f} {unit}"),
        limit=None if panel.limit is None else y.at(panel.limit),
        limit_label=panel.limit_label,
    )


def _value_scale(panel: Panel) -> _Scale:
    values = [value for curve in panel.curves for value in curve.values]
    shown = values + ([panel.limit] if panel.limit is not None else [])
    highest = panel.highest or max([*shown, 0.0]) or 1.0
    if panel.logarithmic:
        lowest = min(value for value in shown if value > 0)
        return _Scale(lowest / 1.5, highest * 1.5, FRAME.bottom, FRAME.top, logarithmic=True)
    return _Scale(0.0, highest * 1.05, FRAME.bottom, FRAME.top)


def _line(curve: Curve, x: _Scale, y: _Scale) -> Line:
    placed = [[(x.at(place), y.at(value)) for place, value in piece] for piece in curve.pieces]
    return Line(
        label=curve.label,
        colour=curve.colour,
        pieces=tuple(_points(piece) for piece in placed if len(piece) > 1),
        dots=tuple(piece[0] for piece in placed if len(piece) == 1),
    )


def _points(piece: Sequence[Point]) -> str:
    return " ".join(f"{at:g},{value:g}" for at, value in piece)


def _words(panel: Panel, unit: str) -> str:
    """Say what a curve shows, for those who cannot see it."""
    parts = []
    for curve in panel.curves:
        values = curve.values
        told = f"from {_short(values[0])} to {_short(values[-1])}, at most {_short(max(values))}" if values else "n/a"
        parts.append(f"{curve.label} {told}")
    return f"{panel.label} against {unit}: {'; '.join(parts)}"


def _short(value: float) -> str:
    return figure(value, "ms") if value else "0"


def _round_step(least: float) -> float:
    """Give the smallest of 1, 2, 2.5 or 5 times a power of ten that is not under ``least``."""
    power = 10.0 ** math.floor(math.log10(least))
    return next(factor * power for factor in (1.0, 2.0, 2.5, 5.0, 10.0) if factor * power >= least * (1 - 1e-9))
