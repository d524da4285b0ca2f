"""Many systems in few tables: a row for each, how it ended, its figures over the repeats, and why one is missing."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from mempress.analysis.noise import is_noisy
from mempress.comparison.apart import batches
from mempress.comparison.findings import ending
from mempress.comparison.standings import final_rankings
from mempress.format import UNMEASURED, duration, figure, listed, name, plain
from mempress.model import died
from mempress.report.absent import absences
from mempress.report.blocks import Document, Points, Section, Table
from mempress.report.content import conditions, subtitle

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from mempress.model import ErrorEntry, Metrics, Result, Summary

TITLE = "Memory systems side by side"
_LOADS = 5
_ERRORS_SHOWN = 3
_NOTE = (
    "Of several runs the one in the middle by its final median search stands for the system; in brackets the lowest "
    "and the highest of all runs. Figures are those at the end of its load, which is not the same for all: a "
    "saturation is confirmed beyond the records reached."
)


def roster(result: Result) -> Document:
    """Give the tables of all systems, in the order in which they were named, without a section for each."""
    result = _in_order(result)
    sections = [
        Section("Verdicts and figures", (verdicts(result),)),
        Section("What it kept, and what it cost", (_keeping(result),)),
        Section("Median search as the load grows", (_growth(result),)),
        *_points("Places, where differences are real", _ranked(result)),
        *_points("How each ended that did not take all", _endings(result)),
        *_points("What is n/a, and why", absences(result.systems)),
        *_points("What went wrong, in the systems' own words", _errors(result)),
        Section("How it was run", (_about(result), *conditions(result))),
    ]
    return Document(TITLE, subtitle(result), tuple(sections))


def _in_order(result: Result) -> Result:
    """Give the systems as they were named: where a benchmark was resumed, they began in another order."""
    places = {spec: place for place, spec in enumerate(result.config.systems)}
    ordered = sorted(result.systems.items(), key=lambda item: places.get(item[1].system, len(places)))
    return msgspec.structs.replace(result, systems=dict(ordered))


def verdicts(result: Result) -> Table:
    """Give the main table: a row for each system."""
    rows = [_row(key, summary, result) for key, summary in result.systems.items()]
    columns = (
        *("System", "Version", "Verdict", "Records reached", "held", "Search p50 (ms)", "p95 (ms)"),
        *("Stored (records/s)", "Memory per record (B)", "Disk (MiB)", f"Recall at {result.config.limit}"),
    )
    return Table(columns, tuple(rows), frozenset(range(3, len(columns))), note=_NOTE)


def _row(key: str, summary: Summary, result: Result) -> tuple[str, ...]:
    def spread(read: Callable[[Metrics], float | None], unit: str) -> str:
        return _spread(read(summary.metrics), [read(run) for run in result.repeats.get(key, ())], unit)

    metrics = summary.metrics
    return (
        name(key),
        _version(summary),
        _verdict(key, summary, result),
        figure(metrics.max_records, "records"),
        figure(metrics.retained_records, "records"),
        spread(lambda run: run.final_query_latency_ms.p50, "ms"),
        spread(lambda run: run.final_query_latency_ms.p95, "ms"),
        spread(lambda run: run.store_records_per_second.mean, "records/s"),
        figure(metrics.memory_per_record_bytes, "B"),
        figure(metrics.disk_mb, "MiB"),
        figure(metrics.recall_at_k, "share"),
    )


def _version(summary: Summary) -> str:
    version = UNMEASURED if summary.version is None else plain(summary.version, 40)
    return version if summary.package is None else f"{plain(summary.package, 40)} {version}"


def _verdict(key: str, summary: Summary, result: Result) -> str:
    """Give how it ended, in how many of its runs, where they did not all end so."""
    statuses = result.statuses.get(key, [])
    same = statuses.count(summary.status)
    shown = _verdict_words(summary)
    return shown if same == len(statuses) else f"{shown} ({same} of {len(statuses)} runs)"


def _verdict_words(summary: Summary) -> str:
    if summary.out_of_time:
        return "out of time"
    if summary.status == "timed_out":
        return "no answer in time"
    if _took_all(summary):
        return "took all"
    return "took not all" if summary.status == "completed" else summary.status.replace("_", " ")


def _took_all(summary: Summary) -> bool:
    """Say whether it came to the end of the load and acknowledged each record of it."""
    return summary.status == "completed" and summary.metrics.max_records >= summary.workload.records


def _spread(value: float | None, runs: list[float | None], unit: str) -> str:
    known = [found for found in runs if found is not None]
    if value is None or len(known) < 2:
        return figure(value, unit)
    return f"{figure(value, unit)} [{figure(min(known), unit)}, {figure(max(known), unit)}]"


def _keeping(result: Result) -> Table:
    columns = (
        *("System", "Importance retention", "Peak memory (MiB)", "Maintenance seen", "told", "asked for", "Recovery"),
        *("Errors", "Health", "A run (s)"),
    )
    rows = tuple(_kept(key, summary) for key, summary in result.systems.items())
    note = (
        "Maintenance is seen in the measurements, told by the system itself, or asked for by the harness. Recovery is "
        "tried where a system saturated. Importance retention is 1 for a system that keeps all."
    )
    return Table(columns, rows, frozenset({1, 2, 3, 4, 5, 7, 8, 9}), note=note)


def _kept(key: str, summary: Summary) -> tuple[str, ...]:
    metrics = summary.metrics
    origins = [event.origin for event in summary.maintenance_events]
    return (
        name(key),
        figure(metrics.importance_retention, "share"),
        figure(metrics.peak_memory_mb, "MiB"),
        *(figure(origins.count(origin), "events") for origin in ("observed", "reported", "requested")),
        "not saturated" if summary.recovery is None else summary.recovery.verdict,
        figure(metrics.errors_encountered, "errors"),
        figure(metrics.health_score, "share"),
        figure(summary.duration_s, "s"),
    )


def _growth(result: Result) -> Table:
    """Give the median search at some of the loads at which systems were sampled after a batch."""
    curves = {key: _curve(summary) for key, summary in result.systems.items()}
    loads = sorted({load for curve in curves.values() for load in curve})
    shown = [loads[round(at * (len(loads) - 1) / (_LOADS - 1))] for at in range(_LOADS)] if loads else []
    chosen = sorted(set(shown))
    rows = tuple((name(key), *(figure(curve.get(load), "ms") for load in chosen)) for key, curve in curves.items())
    columns = ("System", *(f"at {load:,} (ms)" for load in chosen))
    note = f"After a batch, {result.config.queries} searches each, of the run shown; n/a: it was not measured there."
    return Table(columns, rows, frozenset(range(1, len(columns))), note=note)


def _curve(summary: Summary) -> dict[int, float]:
    return {load: row.latency_ms.p50 for load, row in batches(summary).items() if row.latency_ms.p50 is not None}


def _ranked(result: Result) -> Iterator[str]:
    for ranking in final_rankings(result.systems, result.repeats):
        places = (
            f"{number}. " + ", ".join(f"{name(mark.key)} ({mark.text})" for mark in place)
            for number, place in enumerate(ranking.places, start=1)
        )
        yield f"{ranking.label}, at {ranking.records:,} records: {'; '.join(places)}."


def _endings(result: Result) -> Iterator[str]:
    for key, summary in result.systems.items():
        if not _took_all(summary):
            yield plain(ending(key, summary), 600)


def _errors(result: Result) -> Iterator[str]:
    for key, summary in result.systems.items():
        fatal = [entry for entry in summary.errors if entry.kind == "fatal"] if died(summary) else []
        others = [entry for entry in summary.errors if entry not in fatal]
        yield from (_error(key, entry) for entry in [*others[:_ERRORS_SHOWN], *fatal])
        if len(others) > _ERRORS_SHOWN:
            yield f"{name(key)}: {len(others) - _ERRORS_SHOWN} more, in its report."


def _error(key: str, entry: ErrorEntry) -> str:
    often = f", {entry.count} times" if entry.count > 1 else ""
    return f"{name(key)}, {plain(entry.operation, 40)} at {entry.records:,} records{often}: {plain(entry.message, 400)}"


def _points(title: str, texts: Iterator[str]) -> Iterator[Section]:
    if found := tuple(texts):
        yield Section(title, (Points(found),))


def _about(result: Result) -> Points:
    return Points(tuple(_told(result)))


def _runs(result: Result) -> str:
    """Say how many runs there are of each, and how many were asked for where some are missing."""
    counts = {len(result.repeats.get(key, ())) or 1 for key in result.systems}
    asked = result.config.repeats
    if counts <= {asked}:
        return f"{asked} runs"
    made = " to ".join(map(str, sorted({min(counts), max(counts)})))
    return f"{made} of {asked} runs"


def _told(result: Result) -> Iterator[str]:
    machine = result.environment
    projects = {summary.project for summary in result.systems.values() if summary.project is not None}
    yield f"{len(result.systems)} systems of {len(projects)} projects, {_runs(result)} of each."
    if result.started is not None:
        yield f"Begun {result.started[:16].replace('T', ' ')} UTC on {_machine(machine)}."
    if result.time is not None:
        yield f"The command took {duration(result.time.whole_s)}."
    if result.runs_s is not None:
        yield f"All runs together took {duration(result.runs_s)}, one after another, in each repeat another one first."
    if noisy := [name(key) for key, summary in result.systems.items() if is_noisy(summary.noise)]:
        yield f"The machine was busy with other things while these ran, so their times deserve doubt: {listed(noisy)}."
    config = result.config
    yield f"A call that does not return within {config.timeout_seconds:g} s ends the run."
    if config.time_limit_seconds is not None:
        yield (
            f"After {config.time_limit_seconds:g} s of a run no further batch is stored: the system is out of time, "
            "alive, and its figures are those of the load that it reached."
        )


def _machine(machine: Mapping[str, object]) -> str:
    known = [machine.get(key) for key in ("cpu", "machine")]
    cores, python = machine.get("cores"), machine.get("python")
    return plain(f"{next((text for text in known if text), 'a machine')}, {cores} cores, Python {python}", 200)
