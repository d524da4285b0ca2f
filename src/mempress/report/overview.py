"""The tables that hold systems against each other on the page; the best is marked where the difference is real."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import zip_longest
from typing import TYPE_CHECKING

from mempress.comparison.apart import final_load
from mempress.comparison.metrics import METRICS
from mempress.format import UNMEASURED, listed, name
from mempress.report.blocks import Table
from mempress.report.content import comparison_table
from mempress.report.growth import SERIES, growth_table
from mempress.report.system import metric_cell, metrics_table

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from mempress.comparison.metrics import Metric
    from mempress.model import Result, Summary
    from mempress.report.ranking import Rankings

_SHOWN = (
    ("max_records", "Reached", "records"),
    ("retained_records", "Held", "records"),
    ("final_query_latency_ms.p50", "Search p50", "ms"),
    ("final_query_latency_ms.p95", "Search p95", "ms"),
    ("store_records_per_second.mean", "Stored", "records/s"),
    ("final_memory_mb", "Memory", "MiB"),
    ("disk_mb", "Disk", "MiB"),
    ("recall_at_k", "Recall", ""),
    ("health_score", "Health", ""),
    ("errors_encountered", "Errors", ""),
)
_UNKNOWN = {
    "saturated_at_records": "n/a: it did not saturate.",
    "final_query_latency_ms.p99": "Insufficient: fewer than 1,000 searches were timed.",
    "reported_health": "n/a: it gives no account of its health.",
    "retained_records": "n/a: it neither counts nor gives its records, and none were looked for.",
    "memory_per_record_bytes": "n/a: what it holds, or its settled memory, is unknown; or it grew by nothing.",
    "importance_retention": "n/a: it is not known of each record whether it is held.",
    "retention_regret": "n/a: it is not known of each record whether it is held.",
    "recall_at_k": "n/a: no probe with a known answer was asked at the end.",
}
_DEFAULT_UNKNOWN = "n/a: it ended before this was measured, or it could not be read."


@dataclass(frozen=True, slots=True)
class Cell:
    """A figure as text; ``order`` is what the column is sorted by, None last."""

    text: str
    order: float | None
    best: str = ""
    """The word that marks it, if any does."""


@dataclass(frozen=True, slots=True)
class SystemRow:
    """A system with its figures at its end."""

    system: int
    label: str
    status: str
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Overview:
    """The key figures: a row for each system, and what the marks mean."""

    columns: tuple[tuple[str, str], ...]
    """Each a label and a unit."""
    rows: tuple[SystemRow, ...]
    note: str


@dataclass(frozen=True, slots=True)
class MetricRow:
    """A row of the table of all metrics; ``how`` tells how it was measured, of how many, and what n/a means."""

    label: str
    cells: tuple[Cell, ...]
    how: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class AllMetrics:
    """The table of all metrics, as every other report has it."""

    columns: tuple[str, ...]
    rows: tuple[MetricRow, ...]
    note: str


def overview(result: Result, ranked: Rankings | None) -> Overview:
    """Give the key figures of all systems."""
    by_key = {metric.key: metric for metric in METRICS}
    metrics = [by_key[key] for key, _, _ in _SHOWN]
    rows = tuple(
        SystemRow(
            at,
            name(key),
            summary.status,
            tuple(_cell(metric, key, summary, ranked) for metric in metrics),
        )
        for at, (key, summary) in enumerate(result.systems.items())
    )
    return Overview(tuple((label, unit) for _, label, unit in _SHOWN), rows, _marks_note(result, ranked))


def _cell(metric: Metric, key: str, summary: Summary, ranked: Rankings | None) -> Cell:
    best = ranked.best(metric.key) if ranked is not None and ranked.final else {}
    return Cell(metric_cell(metric, summary), metric.read(summary.metrics), best.get(key, ""))


def _marks_note(result: Result, ranked: Rankings | None) -> str:
    if ranked is None:
        return f"At the end of each run. {UNMEASURED}: not measured; the table of all metrics says why."
    if ranked.final:
        return (
            f"At the end of each run, {ranked.records:,} records. Best: beyond the margin and the noise. Among the "
            "best: not told apart from it. What is not ranked bears no mark."
        )
    loads = listed([f"{name(key)} at {final_load(result.systems[key]):,}" for key in ranked.systems])
    return (
        f"At the end of each run: {loads} records. Figures at unlike loads are not compared, so no best is marked "
        f"here; above, all are compared at {ranked.records:,}."
    )


def all_metrics(result: Result, ranked: Rankings | None) -> AllMetrics:
    """Give every metric of the comparison, with how it was measured."""
    table = comparison_table(result.comparison)
    rows = [MetricRow(table.rows[0][0], tuple(Cell(text, None) for text in table.rows[0][1:]), ())]
    hows = {key: [row[3] for row in metrics_table(summary).rows] for key, summary in result.systems.items()}
    for at, (metric, row) in enumerate(zip(METRICS, table.rows[1:], strict=True)):
        best = ranked.best(metric.key) if ranked is not None and ranked.final else {}
        marks = [best.get(key, "") for key in result.systems]
        cells = tuple(Cell(text, None, mark) for text, mark in zip_longest(row[1:], marks, fillvalue=""))
        how = tuple(_how({key: found[at] for key, found in hows.items()}))
        unknown = any(text == UNMEASURED or text.startswith("insufficient") for text in row[1 : 1 + len(hows)])
        explained = (_UNKNOWN.get(metric.key, _DEFAULT_UNKNOWN),) if unknown else ()
        rows.append(MetricRow(row[0], cells, (*how, *explained)))
    return AllMetrics(table.columns, tuple(rows), table.note)


def _how(told: Mapping[str, str]) -> Iterator[str]:
    """Say it once where it is the same for all."""
    if len(set(told.values())) == 1:
        text = next(iter(told.values()))
        yield f"{text[:1].upper()}{text[1:]}."
    else:
        yield from (f"{name(key)}: {text}." for key, text in told.items())


def growth_across(systems: Mapping[str, Summary]) -> Table | None:
    """Give the law of each figure of each system, side by side; None where there is none."""
    rows = []
    for label_key in SERIES:
        for key, summary in systems.items():
            law = (summary.growth or {}).get(label_key)
            if law is not None:
                label, kind, formula, error, n, words = growth_table({label_key: law}).rows[0]
                low, high = (f"{bound:.3g}" for bound in law.interval)
                slope = "no slope" if law.law == "constant" else f"{low} to {high}"
                rows.append((label, name(key), kind, formula, slope, error, n, words))
    if not rows:
        return None
    columns = ("Figure", "System", "Law", "With n records", "b, 95% interval", "Off by", "Samples", "Objective")
    note = (
        "The law that fits best of constant, log n, n, n log n and n^2, as a + b f(n). Off by: the median residual as "
        "a share of the median value."
    )
    return Table(columns, tuple(rows), frozenset({4, 5, 6}), note=note)
