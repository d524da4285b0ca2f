"""Systems in places by a figure: who is best where the difference is real, and a sentence that says so."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from mempress.comparison.ranked import FIGURES, RankedFigure, Standing
from mempress.format import listed, measure, name, times

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mempress.comparison.ranked import Contender


@dataclass(frozen=True, slots=True)
class Mark:
    """One system's figure: as text with its unit, what it rests on, and the word that marks it, if any does."""

    key: str
    value: float
    text: str
    basis: str
    best: str


@dataclass(frozen=True, slots=True)
class Ranking:
    """All known values of a figure at ``records``; ``key`` is its metric's.

    Each place holds the systems that are not told apart from its first, the best place first. ``words`` say what
    follows, as a sentence that something may yet stand before.
    """

    key: str
    label: str
    how: str
    records: int
    places: tuple[tuple[Mark, ...], ...]
    told: bool
    """Whether any is told apart from the best."""
    words: str

    @property
    def marks(self) -> tuple[Mark, ...]:
        """All systems that have the figure, the best first."""
        return tuple(mark for place in self.places for mark in place)

    @property
    def sentence(self) -> str:
        """What follows, as a sentence of its own."""
        return self.words[:1].upper() + self.words[1:]


def rank(contenders: Sequence[Contender]) -> tuple[Ranking, ...]:
    """Rank systems of one load and one workload by each figure that at least two of them have."""
    return tuple(ranking for figure in FIGURES if (ranking := _ranking(figure, contenders)) is not None)


def _ranking(figure: RankedFigure, contenders: Sequence[Contender]) -> Ranking | None:
    known = [Standing(one, *found) for one in contenders if (found := figure.read(one)) is not None]
    if len(known) < 2:
        return None
    known.sort(key=lambda standing: standing.reading.value, reverse=not figure.lower_is_better)
    behind = [standing for standing in known[1:] if figure.apart(known[0], standing)]
    places = _places(figure, known)
    word = "" if not behind else "best" if len(places[0]) == 1 else "among the best"
    first = known[0].contender
    return Ranking(
        key=figure.key,
        label=figure.label,
        how=figure.how[0 if first.row is None else 1],
        records=first.load,
        places=tuple(
            tuple(_mark(figure, standing, "" if at else word) for standing in place) for at, place in enumerate(places)
        ),
        told=bool(behind),
        words=_words(figure, known, behind),
    )


def _places(figure: RankedFigure, known: Sequence[Standing]) -> list[list[Standing]]:
    places: list[list[Standing]] = []
    for standing in known:
        if places and not figure.apart(places[-1][0], standing):
            places[-1].append(standing)
        else:
            places.append([standing])
    return places


def _mark(figure: RankedFigure, standing: Standing, word: str) -> Mark:
    value = standing.reading.value
    return Mark(standing.contender.key, value, measure(value, figure.unit), standing.basis, word)


def _words(figure: RankedFigure, known: Sequence[Standing], behind: Sequence[Standing]) -> str:
    """Say who is best, who is not told apart from it, and who is last of those that are."""
    shown = {standing.contender.key: measure(standing.reading.value, figure.unit) for standing in known}
    if not behind:
        values = listed([f"{name(key)} {text}" for key, text in shown.items()])
        return f"no difference beyond noise in {figure.label.lower()}: {values}."
    best, last = known[0], behind[-1]
    (best_name, best_text), (last_name, last_text) = (
        (standing.contender.side.name, shown[standing.contender.key]) for standing in (best, last)
    )
    small, large = sorted((best.reading.value, last.reading.value))
    many = f", {times(large / small)} {figure.ratio}" if figure.ratio and small > 0.0 else ""
    if len(known) == 2:
        against = f"{last_text} {figure.best.rpartition(' ')[2]} {last_name}"
        return f"{figure.best} {best_name}: {best_text} against {against}{many}."
    level = [f"{name(one.contender.key)} ({shown[one.contender.key]})" for one in known[1:] if one not in behind]
    beside = f" and, not told apart from it, {listed(level)}" if level else ""
    return f"{figure.best} {best_name} ({best_text}){beside}; {figure.worst} {last_name} ({last_text}{many})."
