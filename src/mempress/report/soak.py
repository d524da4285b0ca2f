"""A soak's part of a report: the trend of each figure, and what was done and found."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mempress.analysis.trends import shown_slopes
from mempress.format import UNMEASURED, duration, figure
from mempress.report.blocks import Table

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from mempress.model import Figure, Soak, SoakTrend
    from mempress.report.blocks import Block

_LABELS: Mapping[Figure, str] = {
    "memory": "Memory",
    "disk": "Disk",
    "search_p95": "Search p95",
    "health_lost": "Health lost",
    "harness_memory": "The harness's own memory",
}


def soak_blocks(soak: Soak) -> Iterator[Block]:
    """Give the tables of a soak."""
    yield trends_table(soak)
    yield _counts(soak)


def trends_table(soak: Soak) -> Table:
    """Give each figure's slope with its interval, what counts, and the verdict."""
    columns = ("Figure", "Verdict", "Unit", "Slope", "From", "To", "Counts over", "Level", "Steady from")
    rows = tuple(_row(trend) for trend in soak.trends)
    note = "From, To: the slope's 95% interval, noise that persists allowed for. A warm-up that was found is left out."
    return Table(columns, rows, frozenset(range(3, len(columns))), title="Trends over the soak", note=note)


def _row(trend: SoakTrend) -> tuple[str, ...]:
    slopes = (figure(value) for value in shown_slopes(trend))
    steady = UNMEASURED if trend.steady_from_s is None else duration(trend.steady_from_s)
    unit = "/min" if trend.unit == "share" else f"{trend.unit}/min"
    return (_LABELS[trend.figure], trend.judgement, unit, *slopes, figure(trend.level, trend.unit), steady)


def _counts(soak: Soak) -> Table:
    rows = (
        ("Records stored", figure(soak.stored, "records")),
        ("Records deleted by the harness", figure(soak.deleted, "records")),
        ("Searches", figure(soak.searches, "values")),
        ("Hits on deleted records", figure(soak.ghosts, "records")),
        ("Live records that a delete did not find", figure(soak.missing, "records")),
        ("Live records found at the end", _of(soak.found, soak.live)),
        ("Deleted records that came back", figure(soak.came_back, "records")),
    )
    return Table(("What", "Number"), rows, frozenset({1}), title="What was done and found")


def _of(found: int | None, asked: int | None) -> str:
    return UNMEASURED if found is None or asked is None else f"{found:,} of {asked:,}"
