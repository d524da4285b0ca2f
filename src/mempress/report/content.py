"""A result as a document: what every report shows, in the same order and with the same figures."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING, Any

import msgspec

from mempress.comparison.metrics import METRICS
from mempress.config import RunConfig
from mempress.format import UNMEASURED, difference, duration, figure, measure, name, percentile_99, plain, ratio
from mempress.report.blocks import Document, Literal, Points, Section, Table
from mempress.report.spent import time_table
from mempress.report.system import system_section
from mempress.report.traffic import traffic_overview

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mempress.model import BetweenRuns, Comparison, ComparisonRow, HarnessCost, Metrics, Result
    from mempress.soaking import SoakTerms

TITLE = "Memory pressure report"
_GROUP_ROWS = 6
_NAMED_AT_MOST = 8
_P99 = "final_query_latency_ms.p99"
_N = "final_query_latency_ms.n"
_FLAGS = {
    "max_records": "--max-records",
    "batch_size": "--batch-size",
    "queries": "--queries",
    "maintenance_interval": "--maintenance-interval",
    "capacity_records": "--capacity-records",
    "capacity_bytes": "--capacity-bytes",
    "memory_limit_bytes": "--memory-limit",
    "workload": "--workload",
    "seed": "--seed",
    "repeats": "--repeats",
    "timeout_seconds": "--timeout",
    "time_limit_seconds": "--time-limit",
    "objective_ms": "--objective-ms",
    "embedder": "--embedder",
}
_SOAK_FLAGS = {
    field: flag
    for field, flag in _FLAGS.items()
    if field not in ("max_records", "capacity_records", "maintenance_interval")
}
_ALWAYS = ("max_records", "batch_size", "capacity_records", "workload", "seed")


def document(result: Result) -> Document:
    """Give the whole report."""
    sections = [
        Section("Findings", (Points(tuple(plain(text, 1_000) for text in result.comparison.findings)),)),
        Section("Side by side", tuple(_side_by_side(result))),
        *(system_section(key, summary) for key, summary in result.systems.items()),
        *_repeats(result),
        Section("How it was run", tuple(conditions(result))),
    ]
    return Document(TITLE, subtitle(result), tuple(sections))


def _side_by_side(result: Result) -> Iterator[Table]:
    yield comparison_table(result.comparison)
    if (traffic := traffic_overview(result.systems)) is not None:
        yield traffic


def comparison_table(comparison: Comparison) -> Table:
    """Give every metric of all systems; with the difference, first less second, and the ratio, where there are two."""
    names = [name(key) for key in comparison.systems]
    pair = len(names) == 2
    counts = next((row.values for row in comparison.rows if row.key == _N), {})
    status = ("Status", *(comparison.status[key].replace("_", " ") for key in comparison.systems))
    rows = [status + ("", "") * pair]
    for row in comparison.rows:
        cells = [comparison_cell(row, key, counts) for key in comparison.systems]
        last = (difference(row.difference, row.unit), ratio(row.ratio)) if pair else ()
        rows.append((labelled(row), *cells, *last))
    columns = ("Metric", *names, *(("Difference", "Ratio") if pair else ()))
    note = f"Difference: {names[0]} less {names[1]}; ratio: {names[0]} over {names[1]}. " if pair else ""
    return Table(columns, tuple(rows), frozenset(range(1, len(columns))), note=f"{note}n/a: not measured.")


def comparison_cell(row: ComparisonRow, key: str, counts: dict[str, float | None]) -> str:
    """Write one system's figure of a row."""
    if row.key == _P99:
        return percentile_99(row.values[key], int(counts.get(key) or 0))
    return figure(row.values[key], row.unit)


def labelled(row: ComparisonRow) -> str:
    """Give a row's label with the unit that its figures lack."""
    return f"{row.label} ({row.unit})" if row.unit in ("ms", "MiB", "B", "records/s") else row.label


def repeat_command(config: RunConfig) -> str:
    """Give the command that runs the same benchmark again; what is as by default stands only where it matters."""
    default = RunConfig()
    words = ["mempress", "run", *config.systems]
    if config.soak is not None:
        words = ["mempress", "soak", *config.systems, *_soak_words(config.soak)]
    for field, flag in (_FLAGS if config.soak is None else _SOAK_FLAGS).items():
        value = getattr(config, field)
        if field in _ALWAYS or value != getattr(default, field):
            words += [flag, "none" if value is None else f"{value:g}" if isinstance(value, float) else str(value)]
    if config.continue_after_saturation:
        words.append("--continue-after-saturation")
    words += config.traffic.options if config.traffic is not None else []
    words += [word for fault in config.faults for word in ("--fault", fault)]
    for system, options in config.options.items():
        for key, value in options.items():
            text = value if isinstance(value, str) else msgspec.json.encode(value).decode()
            words += ["--option", f"{system}.{key}={text}"]
    return plain(shlex.join(words), 2_000)


def _soak_words(terms: SoakTerms) -> list[str]:
    words = ["--duration", f"{terms.duration_seconds:g}s", "--live-records", str(terms.live_records)]
    words += ["--hold", terms.hold, "--order", terms.order]
    return [*words, *(["--pause", f"{terms.pause_seconds:g}"] if terms.pause_seconds else [])]


def subtitle(result: Result) -> str:
    """Give in a sentence which systems were given what."""
    config, names = result.config, ", ".join(name(key) for key in result.systems)
    if len(result.systems) > _NAMED_AT_MOST:
        names = f"{len(result.systems)} systems"
    if config.soak is not None:
        return (
            f"{names}: soaked for {duration(config.soak.duration_seconds)} with "
            f"{config.soak.live_records:,} live records of the workload {plain(result.workload.name, 60)}, "
            f"{result.workload.records:,} different ones in turn, in batches of {config.batch_size:,}."
        )
    capacity = (
        "no capacity" if config.capacity_records is None else f"a capacity of {config.capacity_records:,} records"
    )
    return (
        f"{names}: up to {config.max_records:,} records of the workload "
        f"{plain(result.workload.name, 60)} in batches of {config.batch_size:,}, with {capacity}."
    )


def _repeats(result: Result) -> Iterator[Section]:
    tables = tuple(_repeat_table(key, runs) for key, runs in result.repeats.items() if len(runs) > 1)
    if tables:
        yield Section("All runs", (*_between_runs(result.comparison), *tables))


def _between_runs(comparison: Comparison) -> Iterator[Table]:
    """Give the difference of two systems, judged by all their runs."""
    rows = tuple(
        (row.label, *_between_cells(row.between_runs, row.unit))
        for row in comparison.rows
        if row.between_runs is not None
    )
    if not rows:
        return
    first, second = (name(key) for key in comparison.systems)
    columns = ("Metric", f"{first}, mean", f"{second}, mean", "Difference", "95% interval", "p", "Cliff's delta", "")
    note = f"{first} less {second}; the interval is a bootstrap's over runs, as `mempress compare` has it."
    yield Table(columns, rows, frozenset(range(1, 7)), title=f"{first} against {second}", note=note)


def _between_cells(found: BetweenRuns, unit: str) -> tuple[str, ...]:
    known = found.low is not None and found.high is not None
    interval = f"{difference(found.low, unit)} to {difference(found.high, unit)}" if known else UNMEASURED
    means = (figure(mean, unit) for mean in found.means)
    p = UNMEASURED if found.p is None else f"{found.p:.2g}"
    effect = UNMEASURED if found.effect_size is None else f"{found.effect_size:+.2f}"
    return (*means, difference(found.difference, unit), interval, p, effect, found.verdict)


def _repeat_table(key: str, runs: list[Metrics]) -> Table:
    rows = []
    for metric in METRICS:
        values = [metric.read(run) for run in runs]
        counts = [run.final_query_latency_ms.n for run in runs]
        cells = [
            percentile_99(value, n) if metric.key == _P99 else figure(value, metric.unit)
            for value, n in zip(values, counts, strict=True)
        ]
        rows.append((metric.label, *cells))
    columns = ("Metric", *(f"Run {number}" for number in range(1, len(runs) + 1)))
    return Table(columns, tuple(rows), frozenset(range(1, len(columns))), title=name(key))


def conditions(result: Result) -> Iterator[Table | Literal | Points]:
    """Give the workload, the machine, where the time went, and the command that repeats it."""
    workload = result.workload
    rows = [
        ("Workload", plain(workload.name)),
        ("Workload's SHA-256", plain(workload.sha256, 64)),
        ("Records", f"{workload.records:,}"),
        *_flat(workload.facts),
    ]
    yield Table(("What", "Value"), tuple(rows), title="Workload")
    yield Table(("What", "Value"), tuple(_flat(result.environment)), title="Environment")
    if result.harness is not None:
        yield _harness(result.harness)
    if result.time is not None:
        yield time_table(result, result.time)
    yield Literal((repeat_command(result.config),), title="To repeat it")


def _harness(cost: HarnessCost) -> Table:
    rows = (
        ("A search, smallest", measure(cost.search_min_ns, "ns")),
        ("A search, median", measure(cost.search_p50_ns, "ns")),
        ("Searches timed", f"{cost.searches:,}"),
        (f"A store of {cost.batch_size:,} records, median", measure(cost.store_p50_ns / 1_000, "us")),
    )
    note = "Measured with a system that does nothing, in a worker of its own; the figures above include it."
    return Table(("Call", "Time"), rows, frozenset({1}), title="What the harness adds", note=note)


def _flat(values: dict[str, Any], prefix: str = "") -> Iterator[tuple[str, str]]:
    """Give a row for each value; a large group of its own, such as a process's settings, is one row."""
    for key, value in values.items():
        label = f"{prefix}{plain(key, 60).replace('_', ' ')}"
        if isinstance(value, dict) and len(value) <= _GROUP_ROWS:
            yield from _flat(value, f"{label}: ")
        elif isinstance(value, dict):
            yield label, plain(", ".join(f"{setting}={_shown(item)}" for setting, item in value.items()), 1_000)
        elif key.endswith("_bytes") and isinstance(value, int):
            yield label.removesuffix(" bytes"), f"{value:,} B"
        else:
            yield label, _shown(value)


def _shown(value: Any) -> str:
    if value is None:
        return UNMEASURED
    return plain(value if isinstance(value, str) else msgspec.json.encode(value).decode())
