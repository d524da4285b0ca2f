"""A comparison as a table of at most 100 columns."""

from __future__ import annotations

from textwrap import wrap
from typing import TYPE_CHECKING

from mempress.format import UNMEASURED, figure, name, plain

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from mempress.versus.model import Row, SystemVersus, Versus

WIDTH = 100
_COLUMNS = ("metric", "base", "other", "change", "95% interval", "")
_WIDEST_FIGURE = 9
_WIDEST_PERCENT = 8


def render(versus: Versus) -> str:
    """Give what differs in the conditions, then a table for each system, then what the runs leave unknown."""
    return "\n".join(_lines(versus)) + "\n"


def _lines(versus: Versus) -> Iterator[str]:
    yield from _wrapped(f"BASE   {plain(versus.base)}")
    yield from _wrapped(f"OTHER  {plain(versus.other)}")
    for caution in versus.cautions:
        yield from _wrapped(f"! {caution}")
    for side, names in (("BASE", versus.only_base), ("OTHER", versus.only_other)):
        if names:
            yield from _wrapped(f"! In {side} alone: {', '.join(map(name, names))}.")
    for system in versus.systems:
        yield ""
        yield from _system(system)


def _system(system: SystemVersus) -> Iterator[str]:
    shown = name(system.name)
    if system.other_name != system.name:
        shown = f"{shown} against {name(system.other_name)}"
    yield f"{shown}: {runs_of(system)}"
    for note in system.notes:
        yield from _wrapped(f"- {note}")
    measured = [row for row in system.rows if row.base is not None or row.other is not None]
    yield from _table([_COLUMNS, *map(_cells, measured)])
    missing = [row.key for row in system.rows if row not in measured]
    if missing:
        yield from _wrapped(f"Measured in neither: {', '.join(missing)}.")
    yield from _unsettled(measured)


def runs_of(system: SystemVersus) -> str:
    """Give the number of runs, which ``max_records`` has in all of them."""
    counts = system.rows[0].base_runs, system.rows[0].other_runs
    return "one run each" if counts == (1, 1) else f"{counts[0]} and {counts[1]} runs"


def _unsettled(rows: Sequence[Row]) -> Iterator[str]:
    """Say once for each reason which metrics it leaves unknown."""
    keys_by_reason: dict[str, list[str]] = {}
    for row in rows:
        if row.standing == "unknown":
            keys_by_reason.setdefault(row.reason, []).append(row.key)
    for reason, keys in keys_by_reason.items():
        yield from _wrapped(f"Unknown: {', '.join(keys)}: {reason}.")


def _cells(row: Row) -> tuple[str, ...]:
    return row.key, *figures_of(row), row.standing


def figures_of(row: Row) -> tuple[str, str, str, str]:
    """Give base, other, the change and its interval, as every form of a comparison shows them."""
    change = UNMEASURED if row.difference is None else relative(row, row.difference)
    interval = ""
    if row.low is not None and row.high is not None:
        interval = f"{relative(row, row.low)} to {relative(row, row.high)}"
    return short_figure(row.base, row.unit), short_figure(row.other, row.unit), change, interval


def short_figure(value: float | None, unit: str) -> str:
    """Give a figure that fits its column."""
    text = figure(value, unit)
    return text if len(text) <= _WIDEST_FIGURE else f"{value:.1e}"


def relative(row: Row, value: float) -> str:
    """Give a difference in per cent of the base; in the metric's unit where the base is 0."""
    if not row.base:
        return "0" if not value else _shortest(value)
    percent = value / abs(row.base) * 100.0
    for text in (f"{percent:+,.1f}%", f"{percent:+,.0f}%"):
        if not text.strip("+-0.%"):
            return "0.0%"
        if len(text) <= _WIDEST_PERCENT:
            return text
    return f"{percent:+.0e}%"


def _shortest(value: float) -> str:
    text = f"{value:+.3g}"
    return text if len(text) <= _WIDEST_PERCENT else f"{value:+.0e}"


def _table(rows: Sequence[Sequence[str]]) -> Iterator[str]:
    """Lay rows out, figures to the right; as wide apart as the width allows."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    gap = "  " if sum(widths) + 2 * (len(widths) - 1) <= WIDTH else " "
    for at, row in enumerate(rows):
        first, *figures, last = row
        cells = [
            first.ljust(widths[0]),
            *(cell.rjust(width) for cell, width in zip(figures, widths[1:-1], strict=True)),
        ]
        yield gap.join([*cells, last]).rstrip()
        if at == 0:
            yield "-" * min(WIDTH, sum(widths) + len(gap) * (len(widths) - 1))


def _wrapped(text: str) -> list[str]:
    return wrap(text, WIDTH, subsequent_indent="  ", break_on_hyphens=False)
