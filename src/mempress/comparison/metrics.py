"""Every metric of the contract in its order, with its label, unit and better direction."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Callable

    from mempress.model import Metrics


@dataclass(frozen=True, slots=True)
class Metric:
    """One figure of the contract. ``key`` is its path in ``metrics``; ``how`` says in words how it is measured."""

    key: str
    label: str
    unit: str
    better: Literal["higher", "lower"] | None
    read: Callable[[Metrics], float | None]
    how: str


METRICS: tuple[Metric, ...] = (
    Metric(
        "max_records",
        "Records reached",
        "records",
        "higher",
        lambda m: m.max_records,
        "acknowledged before failure, saturation or the end",
    ),
    Metric(
        "retained_records",
        "Records held at the end",
        "records",
        None,
        lambda m: m.retained_records,
        "asked of the system after the load",
    ),
    Metric(
        "saturated_at_records",
        "Saturated at",
        "records",
        "higher",
        lambda m: m.saturated_at_records,
        "first sample of the row that broke the objective; n/a: it did not saturate",
    ),
    Metric(
        "final_memory_mb",
        "Memory at the end",
        "MiB",
        "lower",
        lambda m: m.final_memory_mb,
        "PSS of its processes, settled after the load",
    ),
    Metric(
        "peak_memory_mb",
        "Memory at its peak",
        "MiB",
        "lower",
        lambda m: m.peak_memory_mb,
        "highest reading of its processes",
    ),
    Metric(
        "memory_per_record_bytes",
        "Memory per record held",
        "B",
        "lower",
        lambda m: m.memory_per_record_bytes,
        "settled growth over the empty system, by records held",
    ),
    Metric("disk_mb", "Disk", "MiB", "lower", lambda m: m.disk_mb, "allocated under its working directory"),
    Metric(
        "final_query_latency_ms.mean",
        "Search, mean",
        "ms",
        "lower",
        lambda m: m.final_query_latency_ms.mean,
        "at the final load, around the call alone",
    ),
    Metric(
        "final_query_latency_ms.p50",
        "Search, p50",
        "ms",
        "lower",
        lambda m: m.final_query_latency_ms.p50,
        "at the final load, around the call alone",
    ),
    Metric(
        "final_query_latency_ms.p95",
        "Search, p95",
        "ms",
        "lower",
        lambda m: m.final_query_latency_ms.p95,
        "at the final load, around the call alone",
    ),
    Metric(
        "final_query_latency_ms.p99",
        "Search, p99",
        "ms",
        "lower",
        lambda m: m.final_query_latency_ms.p99,
        "at the final load; from 1,000 values on",
    ),
    Metric(
        "final_query_latency_ms.max",
        "Search, slowest",
        "ms",
        "lower",
        lambda m: m.final_query_latency_ms.max,
        "at the final load, around the call alone",
    ),
    Metric(
        "final_query_latency_ms.n",
        "Searches timed",
        "values",
        None,
        lambda m: m.final_query_latency_ms.n,
        "at the final load",
    ),
    Metric(
        "store_records_per_second.mean",
        "Stored, mean",
        "records/s",
        "higher",
        lambda m: m.store_records_per_second.mean,
        "records by time in store and flush, over the load",
    ),
    Metric(
        "store_records_per_second.first_batch",
        "Stored, first batch",
        "records/s",
        "higher",
        lambda m: m.store_records_per_second.first_batch,
        "the same, in the first batch",
    ),
    Metric(
        "store_records_per_second.last_batch",
        "Stored, last batch",
        "records/s",
        "higher",
        lambda m: m.store_records_per_second.last_batch,
        "the same, in the last batch",
    ),
    Metric(
        "health_score",
        "Health",
        "share",
        "higher",
        lambda m: m.health_score,
        "by one formula for all systems, from the components that could be measured",
    ),
    Metric(
        "reported_health",
        "Health by its own account",
        "share",
        None,
        lambda m: m.reported_health,
        "the system's word; each has a formula of its own",
    ),
    Metric(
        "maintenance_events",
        "Maintenance events",
        "events",
        None,
        lambda m: m.maintenance_events,
        "observed, reported by the system, or requested",
    ),
    Metric(
        "errors_encountered",
        "Errors",
        "errors",
        "lower",
        lambda m: m.errors_encountered,
        "calls that raised, broken promises, deaths",
    ),
    Metric(
        "recall_at_k",
        "Recall",
        "share",
        "higher",
        lambda m: m.recall_at_k,
        "mean over the final probes with known answers",
    ),
    Metric(
        "importance_retention",
        "Importance retention",
        "share",
        "higher",
        lambda m: m.importance_retention,
        "importance held by that of the best choice of equally many records",
    ),
    Metric(
        "retention_regret",
        "Retention regret",
        "share",
        "lower",
        lambda m: m.retention_regret,
        "held share of the oracle's choice less its own",
    ),
)
"""All figures of ``systems.NAME.metrics``, in the order of every table."""
