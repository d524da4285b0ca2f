"""A figure from result to result as a small diagram."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence


@dataclass(frozen=True, slots=True)
class Frame:
    """The size of a diagram, and how far from its edges it draws."""

    width: int
    height: int
    edge: int


@dataclass(frozen=True, slots=True)
class Dot:
    """A result's figure: its place, and what is said of it."""

    x: float
    y: float
    words: str


@dataclass(frozen=True, slots=True)
class Trend:
    """A figure over results, evenly apart; where it was not measured the line breaks."""

    label: str
    words: str
    pieces: tuple[str, ...]
    dots: tuple[Dot, ...]


FRAME = Frame(240, 64, 8)


def trend_of(
    label: str, values: Sequence[float | None], words: Sequence[str], shown: Callable[[float], str]
) -> Trend | None:
    """Give the diagram of values, one at least; from the smallest to the largest fills its height.

    None where none was measured. ``words`` are those of each value.
    """
    known = [value for value in values if value is not None]
    if not known:
        return None
    low, high = min(known), max(known)
    places = [None if value is None else _place(at, value, len(values), low, high) for at, value in enumerate(values)]
    dots = tuple(Dot(*place, text) for place, text in zip(places, words, strict=True) if place is not None)
    said = f"first {shown(known[0])}, last {shown(known[-1])}; from {shown(low)} to {shown(high)}"
    return Trend(label, said, tuple(_pieces(places)), dots)


def _place(at: int, value: float, count: int, low: float, high: float) -> tuple[float, float]:
    width, height = FRAME.width - 2 * FRAME.edge, FRAME.height - 2 * FRAME.edge
    x = FRAME.edge + (width * at / (count - 1) if count > 1 else width / 2)
    share = (value - low) / (high - low) if high > low else 0.5
    return round(x, 1), round(FRAME.edge + height * (1.0 - share), 1)


def _pieces(places: Sequence[tuple[float, float] | None]) -> Iterator[str]:
    piece: list[str] = []
    for place in (*places, None):
        if place is not None:
            piece.append(f"{place[0]},{place[1]}")
        elif piece:
            yield " ".join(piece)
            piece = []
