"""Two results against each other as a document and as a page: what got better, what worse, what cannot be told."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mempress.comparison.metrics import METRICS
from mempress.format import name, plain
from mempress.report.blocks import Document, Points, Section, Table
from mempress.report.markdown import markdown_document
from mempress.report.pages import render_page
from mempress.runfiles import write_json, write_whole
from mempress.versus.text import figures_of, runs_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from mempress.versus.model import Outcome, Row, SystemVersus, Versus

TITLE = "Comparison of two results"
STEM = "comparison"
STANDINGS = {
    "worse": "Worse",
    "better": "Better",
    "different": "Different, neither better nor worse",
    "no difference": "Not distinguishable",
    "unknown": "Unknown",
}
"""In the order in which they are told, with their headings."""
_WORDS = {"different": "different", "no difference": "not distinguishable", "unknown": "unknown"}
_NAMED = 4
_LABELS = {metric.key: metric.label for metric in METRICS}
_NO_UNIT = frozenset({"", "share", "records", "values", "events", "errors", "probes"})
_COLUMNS = ("Metric", "Base", "Other", "Change", "95% interval")
_WIDTH, _MIDDLE = 160.0, 80.0
_SCALES_PERCENT = (5, 10, 25, 50, 100)


@dataclass(frozen=True, slots=True)
class Bar:
    """The interval of a change on an axis whose middle is no change; what lies beyond its ends is cut off there."""

    low: float
    high: float
    at: float


_Told = tuple[tuple[str, ...], str, Bar | None]
"""A row of the page: its cells, the reason, and the bar of its interval."""


def write_comparison(outcome: Outcome, out: Path) -> list[Path]:
    """Write a comparison as page, Markdown and JSON into a directory; gives their paths."""
    versus = outcome.comparison
    texts = {f"{STEM}.md": versus_markdown(versus), f"{STEM}.html": versus_html(versus)}
    write_json(out / f"{STEM}.json", outcome)
    for file, text in texts.items():
        write_whole(out / file, text.encode())
    return [out / file for file in (*texts, f"{STEM}.json")]


def versus_markdown(versus: Versus) -> str:
    """Give a comparison as Markdown."""
    return markdown_document(versus_document(versus))


def versus_html(versus: Versus) -> str:
    """Give a comparison as one self-contained page."""
    systems = [
        (_title(system), _about(system), scale, list(_groups(system, scale)))
        for system in versus.systems
        for scale in [_scale(system)]
    ]
    return render_page(
        "compare_page.html.j2",
        title=TITLE,
        subtitle=_subtitle(versus),
        short=in_short(versus),
        cautions=_cautions(versus),
        columns=_COLUMNS,
        systems=systems,
        width=_WIDTH,
        middle=_MIDDLE,
    )


def versus_document(versus: Versus) -> Document:
    """Give a comparison as sections: in short, what was not the same, and a section for each system."""
    cautions = _cautions(versus)
    sections = [
        Section("In short", (Points(in_short(versus)),)),
        *([Section("Not the same in both", (Points(cautions),))] if cautions else []),
        *(Section(_title(system), tuple(_blocks(system))) for system in versus.systems),
    ]
    return Document(TITLE, _subtitle(versus), tuple(sections))


def in_short(versus: Versus) -> tuple[str, ...]:
    """Give a sentence for each system: in what it is worse and better, and of how much that cannot be said."""
    return tuple(_sentence(system) for system in versus.systems) or ("No system is in both results.",)


def _sentence(system: SystemVersus) -> str:
    parts = []
    for standing in STANDINGS:
        rows = _of(system, standing)
        if standing in ("worse", "better"):
            parts.append(f"{standing} in {_named(rows)}")
        elif rows:
            parts.append(f"{_WORDS[standing]} in {len(rows)}")
    return f"{_title(system)}: {'; '.join(parts)}."


def _named(rows: Sequence[Row]) -> str:
    if not rows:
        return "nothing"
    named = ", ".join(f"{_LABELS[row.key]} ({figures_of(row)[2]})" for row in rows[:_NAMED])
    return named + (f" and {len(rows) - _NAMED} more" if len(rows) > _NAMED else "")


def _subtitle(versus: Versus) -> str:
    return f"Base: {plain(versus.base)}. Other: {plain(versus.other)}. Changes are in per cent of the base."


def _title(system: SystemVersus) -> str:
    shown = name(system.name)
    return shown if system.other_name == system.name else f"{shown} against {name(system.other_name)}"


def _about(system: SystemVersus) -> tuple[str, ...]:
    return (f"Measured: {runs_of(system)}.", *map(plain, system.notes))


def _cautions(versus: Versus) -> tuple[str, ...]:
    sides = (("BASE", versus.only_base), ("OTHER", versus.only_other))
    alone = (f"In {side} alone: {', '.join(map(name, names))}." for side, names in sides if names)
    return (*map(plain, versus.cautions), *alone)


def _blocks(system: SystemVersus) -> Iterator[Points | Table]:
    yield Points(_about(system))
    for standing, title in STANDINGS.items():
        rows = _of(system, standing)
        if rows and standing == "unknown":
            unknown = tuple((_label(row), *figures_of(row)[:2], plain(row.reason)) for row in rows)
            yield Table(("Metric", "Base", "Other", "Why"), unknown, frozenset({1, 2}), title=title)
        elif rows:
            cells = tuple((_label(row), *figures_of(row)) for row in rows)
            yield Table(_COLUMNS, cells, frozenset({1, 2, 3, 4}), title=title)


def _groups(system: SystemVersus, scale: int) -> Iterator[tuple[str, str, list[_Told]]]:
    """Give for the page each standing, its heading, and its rows: cells, reason and the bar of the interval."""
    for standing, title in STANDINGS.items():
        rows: list[_Told] = [
            ((_label(row), *figures_of(row)), plain(row.reason), _bar(row, scale)) for row in _of(system, standing)
        ]
        if rows:
            yield standing.replace(" ", "-"), title, rows


def _of(system: SystemVersus, standing: str) -> list[Row]:
    """Give the rows of a standing that were measured on a side, the largest change first."""
    rows = [row for row in system.rows if row.standing == standing and (row.base is not None or row.other is not None)]
    return sorted(rows, key=_size, reverse=True)


def _size(row: Row) -> float:
    if row.difference is None:
        return 0.0
    return abs(row.difference / row.base) if row.base else math.inf if row.difference else 0.0


def _label(row: Row) -> str:
    label = _LABELS[row.key]
    return label if row.unit in _NO_UNIT else f"{label} ({row.unit})"


def _bar(row: Row, scale: int) -> Bar | None:
    if row.low is None or row.high is None or row.difference is None or not row.base:
        return None
    low, high, at = (_place(value / abs(row.base), scale) for value in (row.low, row.high, row.difference))
    return Bar(low, high, at)


def _scale(system: SystemVersus) -> int:
    """Give how many per cent the axis of the intervals reaches to each side: so few that all lie on it, or 100."""
    bounds = [
        100.0 * abs(bound / row.base)
        for row in system.rows
        if row.base
        for bound in (row.low, row.high)
        if bound is not None
    ]
    return next((scale for scale in _SCALES_PERCENT if scale >= max(bounds, default=0.0)), _SCALES_PERCENT[-1])


def _place(share: float, scale: int) -> float:
    percent = max(-scale, min(scale, 100.0 * share))
    return round(_MIDDLE + percent / scale * (_WIDTH / 2 - 6), 1)
