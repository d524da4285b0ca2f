"""A diagram of the page as figures for inline SVG: all geometry, no markup.

A diagram holds a layer for each axis (records, time) and each scale (linear, logarithmic); the page shows one of
each, without a program. Along the axis all places are shares of 1000, so that a diagram fits any width.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from mempress.report.scales import Scale, tick_words

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mempress.report.along import Along

WIDTH = 1000.0
HEIGHT = 170.0
TOP = 6.0


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


@dataclass(frozen=True, slots=True)
class Events:
    """The maintenance of one system on one axis, as one path; ``lane`` is its row under the diagram."""

    system: int
    slot: int
    lane: int
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
    lanes: int = 0
    """Rows of ticks under the axis: one for each system that had maintenance."""
    tall: bool = False
    """Whether events stand as lines through the whole diagram, as there is one system."""

    @property
    def drawn(self) -> bool:
        """Whether any line has two values or more."""
        layers = [layer for line in self.lines if not line.thin for layer in line.layers]
        return any(layer.pieces or len(layer.marks) > 1 for layer in layers)


def x_scale(along: Along) -> Scale:
    """Give where a place on an axis stands in a diagram; a little room is left beside the last."""
    return Scale(0.0, along.high * 1.01, 0.0, WIDTH)


def x_share(along: Along, place: float) -> float:
    """Give the same in hundredths of the diagram."""
    return round(x_scale(along).at(place) / 10.0, 2)


def x_ticks(along: Along) -> tuple[Tick, ...]:
    """Give the round places on an axis."""
    return tuple(Tick(x_share(along, value), tick_words(value)) for value in x_scale(along).ticks())
