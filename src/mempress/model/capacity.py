"""``capacity.json``: how much a system takes under a memory limit, probe by probe."""

from __future__ import annotations

from typing import Any, Literal

import msgspec

from mempress.config import RunConfig
from mempress.journal import Status
from mempress.model.heads import SCHEMA

Question = Literal["records", "memory"]
"""The most records under a memory limit, or the least memory limit for some records."""
Outcome = Literal["edge", "at_least", "keeps_within", "never"]
"""An edge was found; none up to the last record, all held; none, and not all held; not even the least was taken."""


class CapacityProbe(msgspec.Struct, frozen=True, kw_only=True):
    """One run: so many records offered under a limit (None: none but the machine's guard), and what came of it."""

    run: str
    records: int
    memory_limit_bytes: int | None
    batch_size: int
    workload_sha256: str
    status: Status
    taken: bool
    why_not: str | None
    """In words; None where it was taken."""
    acknowledged: int
    held: int | None
    """Where it is known exactly."""
    held_estimate: int | None
    """Where it is known from searches for sampled records alone."""
    held_by: str | None
    peak_memory_mb: float | None
    p95_ms: float | None
    searches: int
    duration_s: float


class CapacityTrial(msgspec.Struct, frozen=True, kw_only=True):
    """One search for the edge; ``figure`` is records held or bytes of limit, None where no edge was found."""

    trial: int
    outcome: Outcome
    figure: int | None
    records_offered: int | None
    """In the largest run that was taken."""
    records_held: int | None
    fails_at: int | None
    """The nearest number, of records offered or of bytes, at which it failed."""
    bound_by: str | None
    """Why it failed there."""
    probes: list[CapacityProbe]


class Capacity(msgspec.Struct, frozen=True, kw_only=True):
    """All trials of a system: the median of their figures, the ends, and ``spread``, (high - low) / median."""

    schema: int = SCHEMA
    system: str
    label: str
    question: Question
    records: int | None
    memory_limit_bytes: int | None
    resolution: float
    seed: int
    outcome: Outcome
    median: float | None
    low: int | None
    high: int | None
    spread: float | None
    words: str
    trials: list[CapacityTrial]
    config: RunConfig
    """Of the first probe; the others differ in records, limit and batch size alone."""
    environment: dict[str, Any]
