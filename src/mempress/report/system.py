"""One system's part of a report: where it ended, its figures and how each was got, and what happened to it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

import msgspec

from mempress.comparison.findings import ending
from mempress.comparison.metrics import METRICS
from mempress.format import figure, name, percentile_99, plain, plain_lines
from mempress.report.blocks import Literal, Picture, Points, Section, Table
from mempress.report.curves import axis_of
from mempress.report.detectors import detectors_table
from mempress.report.faults import fault_points, faults_table
from mempress.report.growth import growth_tables
from mempress.report.keeping import keeping_tables
from mempress.report.soak import soak_blocks
from mempress.report.traffic import traffic_blocks
from mempress.report.wellbeing import health_tables

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from mempress.comparison.metrics import Metric
    from mempress.model import Answers, ErrorEntry, MaintenanceEvent, Recall, Recovery, Summary
    from mempress.report.blocks import Block

_T = TypeVar("_T")

EVENTS_SHOWN = 40
ERRORS_SHOWN = 20
_EFFECTS = {
    "memory_mb": ("memory", "MiB"),
    "disk_mb": ("disk", "MiB"),
    "latency_p50_ms": ("search p50", "ms"),
    "held": ("held", "records"),
    "health": ("health", "share"),
}
_MOMENTS = {
    "saturated": "Saturated",
    "after_emergency": "After emergency maintenance",
    "after_restart": "After restart",
    "after_load": "After load again",
}


def system_section(key: str, summary: Summary) -> Section:
    """Give all that is known of one system."""
    return Section(name(key), tuple(_blocks(key, summary)))


def _blocks(key: str, summary: Summary) -> Iterator[Block]:
    yield Points((ending(key, summary), *_identity(summary), *(plain(fact) for fact in summary.facts)))
    if summary.samples:
        yield Picture(key, f"Memory, latency and health of {name(key)} against {axis_of(summary).unit}")
    if summary.soak is not None:
        yield from soak_blocks(summary.soak)
    yield metrics_table(summary)
    yield from health_tables(summary)
    yield events_table(summary.maintenance_events)
    if summary.detectors is not None:
        yield detectors_table(summary.detectors)
    yield from _troubles(summary)
    if summary.traffic is not None:
        yield from traffic_blocks(summary.traffic)
    if summary.answers.n:
        yield from _answers(summary.answers)
    yield from keeping_tables(summary)
    if summary.growth is not None:
        yield from growth_tables(summary.growth)
    yield _conditions(summary)
    if summary.output_tail.strip():
        title = f"What it printed last ({summary.output_bytes:,} bytes in all)"
        yield Literal(plain_lines(summary.output_tail), title=title)


def _troubles(summary: Summary) -> Iterator[Block]:
    yield errors_table(summary.errors)
    if summary.recovery is not None:
        yield recovery_table(summary.recovery)
    if summary.faults:
        yield faults_table(summary.faults)
        yield fault_points(summary.faults)


def _identity(summary: Summary) -> tuple[str, ...]:
    version = f"version {plain(summary.version, 60)}" if summary.version is not None else "version unknown"
    capabilities = ", ".join(plain(word, 40) for word in summary.capabilities[:20]) or "none"
    return (f"{plain(summary.system, 120)}, {version}; capabilities: {capabilities}.",)


def metrics_table(summary: Summary) -> Table:
    """Give every metric with its unit, and how it was measured and from how many values."""
    rows = tuple(
        (metric.label, metric_cell(metric, summary), _unit(metric), _how(metric, summary)) for metric in METRICS
    )
    return Table(("Metric", "Value", "Unit", "How it was measured"), rows, frozenset({1}), title="Metrics")


def metric_cell(metric: Metric, summary: Summary) -> str:
    """Write the figure of a metric."""
    value = metric.read(summary.metrics)
    if metric.key == "final_query_latency_ms.p99":
        return percentile_99(value, summary.metrics.final_query_latency_ms.n)
    return figure(value, metric.unit)


def _unit(metric: Metric) -> str:
    return "" if metric.unit == "share" else metric.unit


def _how(metric: Metric, summary: Summary) -> str:
    if metric.key == "retained_records" and summary.retained_by is not None:
        return f"{metric.how}: {plain(summary.retained_by)}"
    if metric.key.startswith("final_query_latency_ms.") and not metric.key.endswith(".n"):
        return f"{metric.how}; n={summary.metrics.final_query_latency_ms.n:,}{_interval(metric, summary)}"
    if metric.key == "recall_at_k":
        return f"{metric.how}; k={summary.answers.k}, n={summary.answers.n:,}"
    return metric.how


def _interval(metric: Metric, summary: Summary) -> str:
    found = summary.final_query_latency_intervals_ms.get(metric.key.rpartition(".")[2])
    return "" if found is None else f", 95% interval {figure(found[0], 'ms')} to {figure(found[1], 'ms')}"


def events_table(events: Sequence[MaintenanceEvent], shown: int = EVENTS_SHOWN) -> Table:
    """Give the maintenance events; of many the first and the last."""
    rows = tuple(
        (
            f"{event.records:,}",
            plain(event.phase, 20),
            event.origin,
            ", ".join(plain(reason, 30).replace("_", " ") for reason in event.reasons) or "none",
            _effects(event),
            _evidence(event),
        )
        for event in _ends(events, shown)
    )
    columns = ("Records", "Phase", "Origin", "Reasons", "Before and after", "Evidence")
    return Table(columns, rows, frozenset({0}), title="Maintenance events", note=_left_out(len(events), shown))


def _effects(event: MaintenanceEvent) -> str:
    parts = []
    for key, change in event.effects.items():
        label, unit = _EFFECTS.get(key, (plain(key, 30), ""))
        before, after = figure(change.get("before"), unit), figure(change.get("after"), unit)
        if before != after:
            tail = f" {unit}" if unit in ("MiB", "ms") else ""
            parts.append(f"{label} {before} to {after}{tail}")
    return "; ".join(parts) or "no change seen"


def errors_table(errors: Sequence[ErrorEntry], shown: int = ERRORS_SHOWN) -> Table:
    """Give the errors; of many the first and the last."""
    rows = tuple(
        (
            f"{error.records:,}",
            plain(error.phase, 20),
            plain(error.kind, 20),
            plain(error.operation, 40),
            f"{error.count:,}",
            plain(error.message),
        )
        for error in _ends(errors, shown)
    )
    columns = ("Records", "Phase", "Kind", "Operation", "Times", "Message")
    return Table(columns, rows, frozenset({0, 4}), title="Errors", note=_left_out(len(errors), shown))


def recovery_table(recovery: Recovery) -> Table:
    """Give the state at each moment of a recovery."""
    rows = tuple(
        (
            _MOMENTS.get(step.moment, plain(step.moment, 30)),
            f"{step.records:,}",
            figure(step.held, "records"),
            figure(step.memory_mb, "MiB"),
            figure(step.p95_ms, "ms"),
            figure(step.health, "share"),
            figure(step.recall, "share"),
            f"{step.errors:,}",
        )
        for step in recovery.steps
    )
    columns = ("Moment", "Records", "Held", "Memory (MiB)", "Search p95 (ms)", "Health", "Recall", "Errors")
    again = figure(recovery.records_to_objective, "records")
    second = figure(recovery.second_saturation_at_records, "records")
    note = (
        f"Verdict: {recovery.verdict}. {plain(recovery.reason)}. Records stored until within the objective again: "
        f"{again}; second saturation at: {second}."
    )
    return Table(columns, rows, frozenset(range(1, 8)), title="Recovery", note=note)


def _answers(answers: Answers) -> Iterator[Table]:
    shares = (
        ("Answered (recall)", answers.recall),
        ("Attainable within its capacity", answers.attainable),
        ("Answer held, found or not", answers.held_share),
        ("Held by the best choice, at most", answers.held_share_oracle),
        ("Held by the most important", answers.held_share_importance),
        ("Held by a random choice", answers.held_share_random),
        ("Held by first in, first out", answers.held_share_fifo),
    )
    altered = "" if answers.altered_texts is None else f" Texts that came back changed: {answers.altered_texts:,}."
    note = f"Of {answers.n:,} probes at the final load; the choices are of as many records as it held.{altered}"
    rows = tuple((label, figure(value, "share")) for label, value in shares)
    yield Table(("Share of probes", "Value"), rows, frozenset({1}), title="Answers", note=note)
    yield from _recalls("Answers by importance", "Importance", answers.by_importance, "share", answers.k)
    yield from _recalls("Answers by age", "Age (records stored since)", answers.by_age_records, "records", answers.k)


def _recalls(title: str, column: str, classes: Sequence[Recall], unit: str, k: int) -> Iterator[Table]:
    if not classes:
        return
    rows = tuple((_range(found, unit), figure(found.recall, "share"), f"{found.n:,}") for found in classes)
    yield Table((column, f"Recall at {k}", "Probes"), rows, frozenset({1, 2}), title=title)


def _range(found: Recall, unit: str) -> str:
    if unit == "records":
        return f"{found.low:,.0f} to {found.high:,.0f}"
    return f"{found.low:.1f} to {found.high:.1f}"


def _conditions(summary: Summary) -> Table:
    noise = {"steal_share": "share", "stall_share": "share", "load_1m_max": ""}
    rows = (
        ("Search p95, reference (ms)", figure(summary.reference_ms, "ms")),
        ("Search p95, objective (ms)", figure(summary.objective_ms, "ms")),
        *((f"Memory, {_kind_of_memory(key)} (MiB)", figure(v, "MiB")) for key, v in summary.memory_mb.items()),
        *(
            (f"Noise, {plain(key, 40).replace('_', ' ')}", figure(v, noise.get(key, "")))
            for key, v in summary.noise.items()
        ),
        ("Duration (s)", figure(summary.duration_s, "s")),
        ("Run", plain(summary.run, 80)),
    )
    return Table(("What", "Value"), rows, frozenset({1}), title="Conditions")


def _kind_of_memory(key: str) -> str:
    words = plain(key, 40).replace("_", " ").split(" ")
    return " ".join(word.upper() if word in ("pss", "uss", "rss") else word for word in words)


def _ends(items: Sequence[_T], shown: int) -> list[_T]:
    half = shown // 2
    return list(items) if len(items) <= shown else [*items[:half], *items[-half:]]


def _left_out(count: int, shown: int) -> str:
    if not count:
        return "None."
    return (
        f"{count - shown // 2 * 2:,} in the middle are left out; results.json has all {count:,}."
        if count > shown
        else ""
    )


def _evidence(event: MaintenanceEvent) -> str:
    """Write what an event rests on in a few words: each level's name before what it holds, zeros left out."""
    return plain("; ".join(_told(event.evidence)), 240)


def _told(value: Any, path: str = "") -> Iterator[str]:
    if isinstance(value, dict):
        leaves = [f"{key} {_leaf(item)}" for key, item in value.items() if _tells(item)]
        if leaves:
            yield f"{path}: {', '.join(leaves)}".lstrip(": ").replace("_", " ")
        for key, item in value.items():
            if isinstance(item, dict | list):
                yield from _told(item, f"{path} {key}".strip())
    elif isinstance(value, list):
        for item in value:
            yield from _told(item, path)
    else:
        yield f"{path}: {_leaf(value)}"


def _tells(value: Any) -> bool:
    return isinstance(value, bool) or (not isinstance(value, dict | list) and value not in (None, 0, ""))


def _leaf(value: Any) -> str:
    if isinstance(value, float):
        return figure(value, "records" if value.is_integer() else "")
    return value if isinstance(value, str) else msgspec.json.encode(value).decode()
