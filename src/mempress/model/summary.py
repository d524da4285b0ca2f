"""What is concluded from one run."""

from __future__ import annotations

from typing import Any, Literal

import msgspec

from mempress.journal import Status
from mempress.model.answers import Answers, Deletion, Forgetting, Readability, Reconciliation, Share
from mempress.model.detector import DetectorOnRun
from mempress.model.faults import FaultOutcome
from mempress.model.growth import GrowthLaw
from mempress.model.heads import SCHEMA, WorkloadHead
from mempress.model.health import HealthTerm, LowestHealth
from mempress.model.soak import Soak
from mempress.model.spent import RunTime
from mempress.model.traffic import Interval, TrafficFigures

Origin = Literal["observed", "reported", "requested"]
DIED: frozenset[str] = frozenset({"crashed", "killed_at_limit", "timed_out", "unavailable"})
"""The statuses of a system that died or never started; ``died`` tells whether one did."""


class Latency(msgspec.Struct, frozen=True, kw_only=True):
    """Search latency in milliseconds; p99 is None below 1,000 values."""

    mean: float | None
    p50: float | None
    p95: float | None
    p99: float | None
    max: float | None
    n: int


class Settling(msgspec.Struct, frozen=True, kw_only=True):
    """Whether the median search stood still over the ``n`` final searches.

    ``change`` is by which share it moved over all of them, after a warm-up of so many searches that was found (None:
    no end of it was), with its 95% interval ``low`` to ``high``.
    """

    judgement: Literal["settled", "moving", "undecided"]
    change: float
    low: float
    high: float
    warm_up: int | None
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
    recall_n: int
    """Probes with known answers behind the recall."""
    health: float | None
    components: dict[str, float | None]
    contributions: dict[str, float | None]
    """What each component adds to the health: its value by its share of the weight of those measured."""
    reported_health: float | None
    errors: int
    sampled_gone: Share | None = None
    """Where there is no count: of some acknowledged records, drawn anew, the share that is gone."""
    latency_p50_interval_ms: Interval | None = None
    """The median's 95% interval, as if its searches knew nothing of each other; None: under 20."""


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
    time: RunTime | None
    """None where the journal breaks off."""
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
    """At the final load."""
    health_terms: list[HealthTerm]
    lowest_health: LowestHealth | None
    maintenance_events: list[MaintenanceEvent]
    detectors: DetectorOnRun | None
    """None where nothing is known of what maintenance there was."""
    errors: list[ErrorEntry]
    answers: Answers
    reconciliation: Reconciliation
    forgetting: Forgetting | None
    """None where it is not known of each record whether it is held."""
    readability: Readability | None
    deletion: Deletion | None
    recovery: Recovery | None
    growth: dict[str, GrowthLaw | None] | None
    samples: list[SampleRow]
    noise: dict[str, float | None]
    output_bytes: int
    output_tail: str
    faults: list[FaultOutcome] = []
    final_query_latency_intervals_ms: dict[str, Interval | None] = {}
    """The 95% interval of each percentile of ``metrics.final_query_latency_ms``; None where it cannot be told."""
    settling: Settling | None = None
    """None where too few final searches were timed to tell, and of a soak."""
    traffic: TrafficFigures | None = None
    """None where whole batches were offered."""
    soak: Soak | None = None
    project: str | None = None
    """The distribution of the project whose system it is; None: someone else's adapter."""
    package: str | None = None
    """The distribution whose version is the system's."""
    out_of_time: bool = False
    """Its load was ended at ``--time-limit``: the status is timed_out, and its figures are those of a living system."""


def died(summary: Summary) -> bool:
    """Tell whether the system died or never started."""
    return summary.status in DIED and not summary.out_of_time
