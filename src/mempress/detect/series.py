"""What a detector reads and what it finds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

JSON = Any
"""Whatever ``json`` can write: None, bool, int, float, str, list and dict of these."""

MEMORY = "memory_reduction"
SPEED = "speed_improvement"
HEALTH = "health_improvement"
REMOVED = "records_removed"
DISK = "disk_reduction"
REASONS = (MEMORY, SPEED, HEALTH, REMOVED, DISK)
"""Why a sample is taken for the first after a maintenance, in the order in which reasons are listed."""


@dataclass(frozen=True, slots=True)
class TracePoint:
    """One sample of a trace; None is what was not measured.

    ``records`` counts the records acknowledged so far, ``retained`` those held now. ``sampled_gone`` is
    (gone, asked): of ``asked`` ids drawn afresh from all acknowledged ones, so many were no longer there.
    """

    records: int
    memory_bytes: float | None = None
    latencies_ms: tuple[float, ...] = ()
    health: float | None = None
    retained: int | None = None
    disk_bytes: float | None = None
    sampled_gone: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True)
class Detection:
    """One maintenance event, inferred from the samples.

    It fell between the samples ``index - 1`` and ``index``; ``records`` is the load at ``index``. ``evidence`` holds
    for each of the reasons a mapping with detector, statistic, p (None where the detector makes no test), before,
    after and effect (after - before, in the series' own unit).
    """

    index: int
    records: int
    reasons: tuple[str, ...]
    evidence: Mapping[str, Mapping[str, JSON]]
