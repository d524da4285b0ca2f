"""Saturation: the service objective is broken for K samples in a row.

Refusals, death and time-outs are seen by whoever drives the system, not here.
"""

from __future__ import annotations

from dataclasses import dataclass
from statistics import median
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

SAMPLES_IN_A_ROW = 3
LEAST_OBJECTIVE_MS = 20.0
REFERENCE_MULTIPLE = 3.0
HEALTH_FLOOR = 0.5
_MIB = 1024 * 1024


@dataclass(frozen=True, slots=True)
class LoadPoint:
    """One sample under load: search p95, health in [0, 1], errors since the sample before; None: not measured."""

    records: int
    p95_ms: float | None = None
    health: float | None = None
    new_errors: int = 0
    memory_bytes: float | None = None


@dataclass(frozen=True, slots=True)
class Saturation:
    """Where saturation began: the first sample of the row, its load, and why, in words with figures.

    ``confirmed_index`` is the row's K-th sample, at which it could first be known.
    """

    index: int
    records: int
    confirmed_index: int
    reasons: tuple[str, ...]


def reference_p95_ms(p95s: Sequence[float | None], k: int = SAMPLES_IN_A_ROW) -> float | None:
    """Give the median of the first ``k`` known p95s of loaded samples; None until there are ``k``.

    The caller leaves out the samples of an empty store. The reference never changes once it is known, so a judgement
    while the load goes on and one afterwards agree.
    """
    known = [value for value in p95s if value is not None][:k]
    return median(known) if len(known) == k else None


def objective_ms(reference: float | None, given: float | None = None) -> float | None:
    """Give the search p95 that is still good: ``given``, else three times the reference and at least 20 ms."""
    if given is not None:
        return given
    return None if reference is None else max(REFERENCE_MULTIPLE * reference, LEAST_OBJECTIVE_MS)


def saturation(
    points: Sequence[LoadPoint],
    *,
    objective_ms: float | None,
    memory_limit_bytes: float | None = None,
    k: int = SAMPLES_IN_A_ROW,
) -> Saturation | None:
    """Find the first row of ``k`` samples each of which breaks the objective in one way or another.

    Ways: search p95 over ``objective_ms``, health under 0.5, errors since the sample before, memory over its limit.
    What is None is not judged and breaks nothing. May be called after each sample with all samples so far: the
    answer stays None until the row is complete, and never changes afterwards.
    """
    row = 0
    for index, point in enumerate(points):
        row = row + 1 if any(_breaches(point, objective_ms, memory_limit_bytes)) else 0
        if row == k:
            first = index - k + 1
            reasons = _reasons(points[first : index + 1], objective_ms, memory_limit_bytes)
            return Saturation(first, points[first].records, index, reasons)
    return None


def _breaches(point: LoadPoint, objective_ms: float | None, limit_bytes: float | None) -> tuple[bool, bool, bool, bool]:
    return (
        point.p95_ms is not None and objective_ms is not None and point.p95_ms > objective_ms,
        point.health is not None and point.health < HEALTH_FLOOR,
        point.new_errors > 0,
        point.memory_bytes is not None and limit_bytes is not None and point.memory_bytes > limit_bytes,
    )


def _reasons(row: Sequence[LoadPoint], objective_ms: float | None, limit_bytes: float | None) -> tuple[str, ...]:
    """Say each way in which the row breaks the objective, with its worst figure."""
    ways = list(zip(*(_breaches(point, objective_ms, limit_bytes) for point in row), strict=True))
    words = _words(row, objective_ms, limit_bytes)
    share = f"in {{}} of {len(row)} samples"
    return tuple(f"{text} {share.format(sum(way))}" for way, text in zip(ways, words, strict=True) if any(way))


def _words(row: Sequence[LoadPoint], objective_ms: float | None, limit_bytes: float | None) -> Iterator[str]:
    p95 = max((point.p95_ms for point in row if point.p95_ms is not None), default=0.0)
    health = min((point.health for point in row if point.health is not None), default=1.0)
    errors = sum(point.new_errors for point in row)
    memory = max((point.memory_bytes for point in row if point.memory_bytes is not None), default=0.0)
    yield f"search p95 up to {p95:.4g} ms, over the objective of {objective_ms or 0.0:.4g} ms,"
    yield f"health down to {health:.2f}, under {HEALTH_FLOOR},"
    yield f"{errors} errors of operations,"
    yield f"memory up to {memory / _MIB:.1f} MiB, over the limit of {(limit_bytes or 0.0) / _MIB:.1f} MiB,"
