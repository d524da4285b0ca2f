"""What a benchmark found: its systems side by side."""

from __future__ import annotations

from typing import Any, Literal

import msgspec

from mempress.config import RunConfig
from mempress.journal import Status
from mempress.model.heads import SCHEMA, HarnessCost, WorkloadHead
from mempress.model.spent import CommandTime
from mempress.model.summary import Metrics, Summary


class BetweenRuns(msgspec.Struct, frozen=True, kw_only=True):
    """First less second from the figures of all their runs: means, 95% interval, p, Cliff's delta, verdict and why."""

    runs: tuple[int, int]
    means: tuple[float, float]
    difference: float
    low: float | None
    high: float | None
    p: float | None
    effect_size: float | None
    verdict: Literal["different", "no difference", "unknown"]
    reason: str


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
    between_runs: BetweenRuns | None = None
    """None unless there are two systems of three runs each, or more."""


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
    time: CommandTime | None
    """Of the command that ran it; None where that was cut short."""
    systems: dict[str, Summary]
    """By name; of a system with several runs the one nearest the median."""
    repeats: dict[str, list[Metrics]]
    """The metrics of every run of each system, in order."""
    comparison: Comparison
    statuses: dict[str, list[Status]] = {}
    """How every run of each system ended, in the order of ``repeats``."""
    started: str | None = None
    """When the first of its runs began."""
    runs_s: float | None = None
    """How long all runs took together."""
