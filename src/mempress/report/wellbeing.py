"""Health explained, as tables: the components with their formulas, and their course over the load."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mempress.format import figure, plain
from mempress.report.blocks import Table

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from mempress.model import SampleRow, Summary

ROWS_SHOWN = 12


def health_tables(summary: Summary, shown: int = ROWS_SHOWN) -> Iterator[Table]:
    """Give the components at the final load with their formulas, and the components over the load."""
    if summary.health_components:
        yield _components(summary)
    rows = _chosen(summary, shown)
    if rows:
        yield _course(summary, rows)


def _components(summary: Summary) -> Table:
    load = [row for row in summary.samples if row.phase == "load"]
    parts = load[-1].contributions if load else {}
    terms = {term.component: term for term in summary.health_terms}
    rows = []
    for key, value in summary.health_components.items():
        term = terms.get(key)
        weight, formula = (figure(term.weight, "share"), plain(term.formula, 160)) if term is not None else ("", "")
        rows.append((plain(key, 40), weight, figure(value, "share"), figure(parts.get(key), "share"), formula))
    columns = ("Component", "Weight", "Value", "Contributes", "Value is")
    note = (
        "A component that is n/a could not be measured; it is left out, and its weight falls to the others. The "
        "contributions add up to the health."
    )
    return Table(columns, tuple(rows), frozenset({1, 2, 3}), title="Health at the final load", note=note)


def _course(summary: Summary, rows: Sequence[SampleRow]) -> Table:
    names = list(rows[0].components)
    shown = tuple(
        (
            f"{row.records:,}",
            figure(row.health, "share"),
            *(figure(row.components.get(name), "share") for name in names),
        )
        for row in rows
    )
    words = summary.lowest_health.words if summary.lowest_health is not None else ""
    total = sum(row.phase == "load" for row in summary.samples)
    some = f" {len(rows):,} of {total:,} samples; results.json has all." if len(rows) < total else ""
    columns = ("Records", "Health", *(plain(name, 40).capitalize() for name in names))
    note = plain(f"{words}{some}", 400)
    return Table(columns, shown, frozenset(range(len(columns))), title="Health over the load", note=note)


def _chosen(summary: Summary, shown: int) -> list[SampleRow]:
    """Choose samples of the load evenly, the first and the last among them, and the lowest."""
    load = [row for row in summary.samples if row.phase == "load"]
    if len(load) > shown:
        places = {round(number * (len(load) - 1) / (shown - 1)) for number in range(shown)}
        scores = [(row.health, place) for place, row in enumerate(load) if row.health is not None]
        places |= {min(scores)[1]} if scores else set()
        load = [load[place] for place in sorted(places)]
    return load
