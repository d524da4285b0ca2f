"""What passes between the rooms after a run: its head, and the summary that the reports show.

All are plain frozen values that stand in JSON files as they are; None is what was not measured.
"""

from __future__ import annotations

from typing import Any, Literal

import msgspec

from mempress.config import RunConfig
from mempress.journal import Status

SCHEMA = 1

Origin = Literal["observed", "reported", "requested"]
DIED: frozenset[str] = frozenset({"crashed", "killed_at_limit", "timed_out", "unavailable"})
"""The statuses of a system that died or never started."""


class WorkloadHead(msgspec.Struct, frozen=True, kw_only=True):
    """Which records and probes a run was given: the same hash, the same bytes."""

    name: str
    sha256: str
    records: int
    facts: dict[str, Any]


class HarnessCost(msgspec.Struct, frozen=True, kw_only=True):
    """What the harness itself adds, measured with the null system: the smallest and the median of no-op calls."""

    search_min_ns: int
    search_p50_ns: int
    searches: int
    store_p50_ns: int
    batch_size: int


class RunHead(msgspec.Struct, frozen=True, kw_only=True):
    """``run.json``: what a run was told to do, where, and with what; written before its worker starts."""

    schema: int = SCHEMA
    run: str
    system: str
    """The system as the user named it."""
    label: str
    repeat: int
    started: str
    config: RunConfig
    workload: WorkloadHead
    environment: dict[str, Any]
    harness: HarnessCost | None


class Latency(msgspec.Struct, frozen=True, kw_only=True):
    """Search latency in milliseconds; p99 is None below 1,000 values."""

    mean: float | None
    p50: float | None
    p95: float | None
    p99: float | None
    max: float | None
    n: int


class StoreRate(msgspec.Struct, frozen=True, kw_only=True):
    """Records stored per second of store and flush: over the load, in its first and in its last batch."""

    mean: float | None
    first_batch: float | None
    last_batch: float | None


class Metrics(msgspec.Struct, frozen=True, kw_only=True):
    """The metrics of the contract, in its order; ``docs/metrics.md`` defines each."""

    max_records: int
    retained_records: int | None
    final_memory_mb: float | None
    peak_memory_mb: float | None
    memory_per_record_bytes: float | None
    disk_mb: float | None
    final_query_latency_ms: Latency
    store_records_per_second: StoreRate
    health_score: float | None
    reported_health: float | None
    maintenance_events: int
    errors_encountered: int
    recall_at_k: float | None
    importance_retention: float | None
    retention_regret: float | None
    saturated_at_records: int | None


class MaintenanceEvent(msgspec.Struct, frozen=True, kw_only=True):
    """A maintenance at a load of ``records``: what it did (``effects``, before and after) and how it is known."""

    records: int
    t_s: float
    phase: str
    origin: Origin
    reasons: list[str]
    effects: dict[str, dict[str, float | None]]
    evidence: dict[str, Any]


class ErrorEntry(msgspec.Struct, frozen=True, kw_only=True):
    """Something that went wrong ``count`` times; ``kind`` is exception, violation or fatal."""

    phase: str
    records: int
    kind: str
    operation: str
    message: str
    count: int


class Recall(msgspec.Struct, frozen=True, kw_only=True):
    """Recall of the probes whose answer falls in a range, with their number."""

    low: float
    high: float
    recall: float
    n: int


class Answers(msgspec.Struct, frozen=True, kw_only=True):
    """How the final load's probes were answered, and whether their answers were held at all."""

    k: int
    n: int
    recall: float | None
    attainable: float | None
    by_importance: list[Recall]
    by_age_records: list[Recall]
    held_share: float | None
    """Share of the probes whose answer was held, found or not."""
    held_share_oracle: float | None
    """The same for the best choice of equally many records, made with knowledge of the probes."""
    held_share_random: float | None
    held_share_fifo: float | None
    held_share_importance: float | None
    altered_texts: int | None


class SampleRow(msgspec.Struct, frozen=True, kw_only=True):
    """A sample as the curves show it."""

    records: int
    t_s: float
    phase: str
    mark: str
    memory_mb: float | None
    disk_mb: float | None
    held: int | None
    latency_ms: Latency
    store_rate: float | None
    recall: float | None
    health: float | None
    components: dict[str, float | None]
    reported_health: float | None
    errors: int


class RecoveryStep(msgspec.Struct, frozen=True, kw_only=True):
    """The state at one moment of a recovery: saturated, after_emergency, after_restart or after_load."""

    moment: str
    records: int
    held: int | None
    memory_mb: float | None
    p95_ms: float | None
    health: float | None
    recall: float | None
    errors: int


class Recovery(msgspec.Struct, frozen=True, kw_only=True):
    """Whether a saturated system came back."""

    verdict: Literal["recovered", "partly", "not", "unknown"]
    reason: str
    steps: list[RecoveryStep]
    records_to_objective: int | None
    """Records stored after saturation until the first sample within the objective; None: never seen."""
    second_saturation_at_records: int | None


class Summary(msgspec.Struct, frozen=True, kw_only=True):
    """``summary.json``: all that is concluded from one run's journal."""

    schema: int = SCHEMA
    run: str
    name: str
    system: str
    repeat: int
    status: Status
    reason: str
    ended_in_phase: str
    ended_at_records: int
    duration_s: float
    version: str | None
    capabilities: list[str]
    facts: list[str]
    """What a reader must know, in words: an unbounded system, a capability that is missing, how a figure was got."""
    workload: WorkloadHead
    objective_ms: float | None
    reference_ms: float | None
    metrics: Metrics
    memory_mb: dict[str, float | None]
    retained_by: str | None
    health_components: dict[str, float | None]
    maintenance_events: list[MaintenanceEvent]
    errors: list[ErrorEntry]
    answers: Answers
    recovery: Recovery | None
    growth: dict[str, Any] | None
    samples: list[SampleRow]
    noise: dict[str, float | None]
    output_bytes: int
    output_tail: str


class ComparisonRow(msgspec.Struct, frozen=True, kw_only=True):
    """One figure of all systems side by side."""

    key: str
    label: str
    unit: str
    better: Literal["higher", "lower"] | None
    values: dict[str, float | None]
    difference: float | None
    """First system less the second; None where either is unknown or there are not two systems."""
    ratio: float | None
    """First system over the second."""


class Comparison(msgspec.Struct, frozen=True, kw_only=True):
    """The systems side by side, and what follows from the figures in words."""

    systems: list[str]
    status: dict[str, Status]
    rows: list[ComparisonRow]
    findings: list[str]


class Result(msgspec.Struct, frozen=True, kw_only=True):
    """``results.json``: all that a benchmark found."""

    schema: int = SCHEMA
    config: RunConfig
    environment: dict[str, Any]
    workload: WorkloadHead
    harness: HarnessCost | None
    systems: dict[str, Summary]
    """By name; of a system with several runs the one nearest the median."""
    repeats: dict[str, list[Metrics]]
    """The metrics of every run of each system, in order."""
    comparison: Comparison
