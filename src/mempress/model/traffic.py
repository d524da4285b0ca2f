"""What is concluded of traffic: how long operations took, and whether the rate was kept up with."""

from __future__ import annotations

from typing import Literal

import msgspec

from mempress.traffic import Traffic

Interval = tuple[float, float]


class Quantiles(msgspec.Struct, frozen=True, kw_only=True):
    """Times of ``n`` operations in milliseconds; a quantile is None where fewer than ten values lie beyond it."""

    n: int
    mean: float | None
    p50: float | None
    p95: float | None
    p99: float | None
    p999: float | None
    max: float | None
    intervals: dict[str, Interval | None]
    """The 95% interval of each quantile; None where the values are too few to bound it."""


class Backlog(msgspec.Struct, frozen=True, kw_only=True):
    """Operations that were due and not begun, and by how much the one then in turn was late."""

    operations: int
    ms: float


class Meanwhile(msgspec.Struct, frozen=True, kw_only=True):
    """Searches of which some part fell into the spells of something else, and all others.

    ``what`` is maintenance (requested) or stall (a call that took very long).
    """

    what: Literal["maintenance", "stall"]
    spells: int
    total_s: float
    longest_s: float
    within: Quantiles
    otherwise: Quantiles


class TrafficRow(msgspec.Struct, frozen=True, kw_only=True):
    """The traffic that offered one batch; ``records`` are those offered by its end."""

    records: int
    operations: int
    late_ms: float | None
    """By how much its last operation began late; None in a closed loop."""
    search_p50_ms: float | None
    search_p95_ms: float | None


class TrafficFigures(msgspec.Struct, frozen=True, kw_only=True):
    """The traffic of a load. Response is from the moment when an operation was due, service the call alone."""

    asked: Traffic
    clients: int
    """How many there were: one where the system does not declare threads."""
    operations: dict[str, int]
    failed: dict[str, int]
    left_out: dict[str, str]
    """Kinds of the mix that were not offered, and why."""
    schedule_s: float
    """How long the schedule ran: without the time that the harness itself took at checkpoints."""
    offered_per_second: float | None
    """At which rate operations fell due, by chance not quite the one asked for; None in a closed loop."""
    achieved_per_second: float
    sustained: bool | None
    """None where it cannot be told."""
    sustained_words: str
    backlog_end: Backlog | None
    backlog_most: Backlog | None
    response_ms: dict[str, Quantiles] | None
    """By kind, and for all; None in a closed loop, and where the rate was not seen to be sustained."""
    service_ms: dict[str, Quantiles]
    searches_from: Literal["response", "service"]
    """Which of the two the searches of ``meanwhile`` and ``rows`` are measured by."""
    meanwhile: list[Meanwhile]
    rows: list[TrafficRow]
    recall: float | None
    recall_n: int
    deleted: int
    updated: int
    begun_late_us: float | None
    """Median lateness of operations that found their only client idle: the harness's own; None where unknown."""
    drained_s: float
    """Time in which a client was idle since others were not done with their segment."""
