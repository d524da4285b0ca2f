"""The report in a terminal: what was found, and the table, within 100 columns; colour only where a terminal has it."""

from __future__ import annotations

import io
from dataclasses import replace
from typing import TYPE_CHECKING

from rich import box
from rich.console import Console, Group
from rich.padding import Padding
from rich.table import Table as Grid
from rich.text import Text

from mempress.comparison.findings import ending
from mempress.format import plain
from mempress.report.blocks import Literal, Points, Table
from mempress.report.content import comparison_table
from mempress.report.detectors import detectors_table
from mempress.report.faults import fault_points
from mempress.report.growth import growth_tables
from mempress.report.keeping import records_table
from mempress.report.soak import trends_table
from mempress.report.spent import time_words
from mempress.report.system import errors_table, events_table, metrics_table, recovery_table
from mempress.report.traffic import traffic_overview, traffic_points, traffic_tables
from mempress.report.wellbeing import health_tables

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rich.console import RenderableType

    from mempress.model import Result, Summary
    from mempress.report.blocks import Document

WIDTH = 100
_WIDEST, _GAP = 26, 3
_EVENTS_SHOWN = 12
_ERRORS_SHOWN = 8


def terminal(result: Result, *, colour: bool = False) -> str:
    """Give the comparison table, that of the traffic where there was any, the findings, and where the time went."""
    tables = (*fitting(comparison_table(result.comparison)), traffic_overview(result.systems))
    shown = [part for table in tables if table is not None for part in (_grid(table), Text())]
    findings = [_point(plain(text, 400)) for text in result.comparison.findings]
    foot = [] if result.time is None else [Text(), Text(time_words(result.time), style="dim")]
    return _render(Group(*shown, *findings, *foot), colour=colour)


def terminal_run(summary: Summary, *, colour: bool = False) -> str:
    """Give one run: where it ended, its metrics, events, errors and recovery."""
    return _render(Group(*_run(summary)), colour=colour)


def terminal_document(document: Document, *, colour: bool = False) -> str:
    """Give the points and tables of a document; its pictures are left out."""
    parts: list[RenderableType] = []
    for block in (block for section in document.sections for block in section.blocks):
        match block:
            case Points(texts):
                parts += [_point(text) for text in texts]
            case Table():
                parts += [Text(), _grid(block)]
            case Literal(lines):
                parts += [Text(), *(Text(line) for line in lines)]
    return _render(Group(*parts), colour=colour)


def fitting(table: Table, width: int = WIDTH) -> Iterator[Table]:
    """Give a table as several, where it has more columns than fit; each has the first column, the last one the note."""
    texts = [table.columns, *table.rows]
    widths = [min(_WIDEST, max(map(len, column))) + _GAP for column in zip(*texts, strict=True)]
    groups: list[list[int]] = [[]]
    for at in range(1, len(table.columns)):
        if groups[-1] and widths[0] + sum(widths[one] for one in groups[-1]) + widths[at] > width + _GAP:
            groups.append([])
        groups[-1].append(at)
    for group in groups:
        places = (0, *group)
        yield replace(
            table,
            columns=tuple(table.columns[at] for at in places),
            rows=tuple(tuple(row[at] for at in places) for row in table.rows),
            numeric=frozenset(new for new, old in enumerate(places) if old in table.numeric),
            note=table.note if group is groups[-1] else "",
        )


def _run(summary: Summary) -> Iterator[RenderableType]:
    yield Text(ending(summary.name, summary), style="bold")
    for fact in summary.facts:
        yield _point(plain(fact))
    if summary.traffic is not None:
        yield from (_point(text) for text in traffic_points(summary.traffic).texts)
    for table in _tables(summary):
        yield Text()
        yield _grid(table)
    if summary.faults:
        yield Text()
        yield Text("Faults", style="bold")
        yield from (_point(text) for text in fault_points(summary.faults).texts)


def _tables(summary: Summary) -> Iterator[Table]:
    if summary.soak is not None:
        yield trends_table(summary.soak)
    yield metrics_table(summary)
    yield from health_tables(summary)
    if summary.reconciliation.acknowledged:
        yield records_table(summary.reconciliation, summary.readability)
    yield _without_last_column(events_table(summary.maintenance_events, _EVENTS_SHOWN))
    if summary.detectors is not None:
        yield detectors_table(summary.detectors)
    yield errors_table(summary.errors, _ERRORS_SHOWN)
    if summary.traffic is not None:
        yield from traffic_tables(summary.traffic)
    if summary.growth is not None:
        yield from growth_tables(summary.growth)
    if summary.recovery is not None:
        yield recovery_table(summary.recovery)


def _without_last_column(table: Table) -> Table:
    """Leave out the evidence, for which a terminal is too narrow."""
    return replace(table, columns=table.columns[:-1], rows=tuple(row[:-1] for row in table.rows))


def _point(text: str) -> Grid:
    grid = Grid.grid(padding=(0, 1))
    grid.add_row("-", Text(text))
    return grid


def _grid(table: Table) -> RenderableType:
    """Lay a table out; texts are given as they are, never read as markup."""
    title = Text(table.title, style="bold")
    note = Text(table.note, style="dim")
    if not table.rows:
        return Group(title, Padding(note, (0, 0, 0, 2)))
    grid = Grid(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False)
    for at, column in enumerate(table.columns):
        right = at in table.numeric
        grid.add_column(Text(column), justify="right" if right else "left", overflow="fold", no_wrap=False)
    for row in table.rows:
        grid.add_row(*(Text(cell) for cell in row))
    parts: list[RenderableType] = [title] if table.title else []
    return Group(*parts, grid, *([note] if table.note else []))


def _render(content: RenderableType, *, colour: bool) -> str:
    console = Console(
        file=io.StringIO(),
        width=WIDTH,
        force_terminal=colour,
        no_color=not colour,
        color_system="standard" if colour else None,
        highlight=False,
        emoji=False,
        markup=False,
        legacy_windows=False,
        _environ={},
    )
    with console.capture() as captured:
        console.print(content)
    return "\n".join(line.rstrip() for line in captured.get().splitlines()) + "\n"
