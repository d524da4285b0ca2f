"""Many results as one page: a table over runs and versions, and how each figure went from result to result."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import quote

import msgspec

from mempress.comparison.metrics import METRICS
from mempress.errors import JournalError, UsageError
from mempress.format import UNMEASURED, figure, measure, name, percentile_99, plain
from mempress.model import Result
from mempress.report.names import HTML
from mempress.report.pages import render_page
from mempress.report.trends import FRAME, Trend, trend_of
from mempress.runfiles import RESULTS, read_head, runs_in

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from mempress.model import Summary

INDEX = "index.html"
TITLE = "Memory pressure results"
_SHOWN = (
    *("max_records", "retained_records", "final_memory_mb", "final_query_latency_ms.p50", "final_query_latency_ms.p95"),
    *("final_query_latency_ms.p99", "store_records_per_second.mean", "recall_at_k", "health_score"),
    *("errors_encountered",),
)
_TREND = (
    *("final_query_latency_ms.p50", "final_query_latency_ms.p95", "store_records_per_second.mean", "final_memory_mb"),
    *("disk_mb", "retained_records", "recall_at_k", "health_score"),
)
_METRICS = {metric.key: metric for metric in METRICS}
_WORDS = ("Result", "Started", "System", "Version", "mempress", "Status")
_NO_UNIT = frozenset({"", "share", "records", "values", "events", "errors", "probes"})


@dataclass(frozen=True, slots=True)
class Entry:
    """A result and where it lies; ``started`` is when its first run began, None where its runs are not there."""

    place: str
    link: str
    started: str | None
    result: Result


@dataclass(frozen=True, slots=True)
class Cell:
    """What is shown, and what is sorted by; that is empty where it is not known."""

    text: str
    value: str


@dataclass(frozen=True, slots=True)
class Line:
    """A row of the table: one system of a result."""

    link: str
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Group:
    """The trends of a system over results that were asked for the same."""

    title: str
    words: str
    trends: tuple[Trend, ...]


def read_results(directory: Path) -> tuple[list[Entry], list[str]]:
    """Read every ``results.json`` below a directory, the oldest first; gives also which cannot be read, and why."""
    entries, skipped = [], []
    for path in sorted(directory.rglob(RESULTS)):
        place = path.parent.relative_to(directory).as_posix()
        try:
            result = msgspec.json.decode(path.read_bytes(), type=Result)
        except (OSError, msgspec.DecodeError, UnicodeDecodeError, UsageError) as error:
            skipped.append(plain(f"{place}: {error}"))
            continue
        entries.append(Entry(place, _link(path), _started(path.parent), result))
    return sorted(entries, key=lambda entry: (entry.started is None, entry.started or "", entry.place)), skipped


def index_html(entries: Sequence[Entry], directory: Path, skipped: Sequence[str] = ()) -> str:
    """Give the text of ``index.html``, whose links are relative to the directory in which it lies."""
    columns = (*_WORDS, *(_heading(key) for key in _SHOWN))
    return render_page(
        "index_page.html.j2",
        title=TITLE,
        subtitle=f"{len(entries)} results in {plain(str(directory))}.",
        skipped=skipped,
        columns=columns,
        numeric=range(len(_WORDS), len(columns)),
        rows=[
            _line(entry, key, summary, directory) for entry in entries for key, summary in entry.result.systems.items()
        ],
        groups=list(_groups(entries)),
        frame=FRAME,
    )


def _link(path: Path) -> str:
    """Give where a result's report lies; its figures where it has none."""
    page = path.with_name(HTML)
    return str(page if page.is_file() else path)


def _relative(link: str, directory: Path) -> str:
    """Give a link that leads there from the directory, whatever letters a path holds."""
    return "./" + quote(os.fsencode(os.path.relpath(link, directory)))


def _started(directory: Path) -> str | None:
    try:
        runs = runs_in(directory)
        return read_head(runs[0]).started if runs else None
    except JournalError:  # a result is shown without a date where its runs cannot be read
        return None


def _line(entry: Entry, key: str, summary: Summary, directory: Path) -> Line:
    version, own = summary.version or "", str(entry.result.environment.get("mempress") or "")
    words = (
        Cell(plain(entry.place, 80), plain(entry.place)),
        Cell(_date(entry.started), plain(entry.started or "")),
        Cell(name(key), name(key)),
        Cell(plain(version, 40) or UNMEASURED, plain(version, 40)),
        Cell(plain(own, 40) or UNMEASURED, plain(own, 40)),
        Cell(summary.status.replace("_", " "), summary.status),
    )
    return Line(_relative(entry.link, directory), (*words, *(_cell(metric, summary) for metric in _SHOWN)))


def _cell(key: str, summary: Summary) -> Cell:
    metric = _METRICS[key]
    value = metric.read(summary.metrics)
    text = figure(value, metric.unit)
    if key == "final_query_latency_ms.p99":
        text = percentile_99(value, summary.metrics.final_query_latency_ms.n)
    return Cell(text, "" if value is None else repr(value))


def _heading(key: str) -> str:
    metric = _METRICS[key]
    return metric.label if metric.unit in _NO_UNIT else f"{metric.label} ({metric.unit})"


def _date(started: str | None) -> str:
    return UNMEASURED if started is None else plain(started[:16].replace("T", " "), 20)


def _groups(entries: Sequence[Entry]) -> Iterator[Group]:
    """Give the trends of each system where several results were asked for the same, figure by figure."""
    found: dict[tuple[str, ...], list[tuple[Entry, Summary]]] = {}
    for entry in entries:
        for key, summary in entry.result.systems.items():
            found.setdefault((key, *_asked(entry.result)), []).append((entry, summary))
    for (key, *_), points in found.items():
        if len(points) > 1:
            trends = tuple(trend for metric in _TREND if (trend := _trend(metric, points)) is not None)
            yield Group(name(key), _conditions(points[0][0].result, len(points)), trends)


def _asked(result: Result) -> tuple[str, ...]:
    """Give what has to be the same for figures to stand on one line; systems beside it may differ."""
    config = msgspec.structs.replace(result.config, systems=("any",), repeats=1)
    return result.workload.sha256, msgspec.json.encode(config, order="sorted").decode()


def _conditions(result: Result, count: int) -> str:
    config = result.config
    return (
        f"{count} results, the oldest first: {plain(result.workload.name, 60)}, {result.workload.records:,} records in "
        f"batches of {config.batch_size:,}, with the same settings. The machine may differ."
    )


def _trend(key: str, points: Sequence[tuple[Entry, Summary]]) -> Trend | None:
    metric = _METRICS[key]
    values = [metric.read(summary.metrics) for _, summary in points]
    words = [
        f"{plain(entry.place, 60)}, {plain(summary.version or 'version unknown', 30)}: {measure(value, metric.unit)}"
        for (entry, summary), value in zip(points, values, strict=True)
    ]
    return trend_of(_heading(key), values, words, lambda value: measure(value, metric.unit))
