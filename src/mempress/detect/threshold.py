"""The classic rules between two consecutive samples.

Kept because people know them. They look at two samples alone, so noise sets them off and a slow or silent change
escapes them; ``docs/detection.md`` prints how often.
"""

from __future__ import annotations

from statistics import fmean
from typing import TYPE_CHECKING

from mempress.detect.series import HEALTH, JSON, MEMORY, SPEED, Detection

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from mempress.detect.series import TracePoint

MEMORY_RATIO = 0.9
SPEED_RATIO = 0.8
SPEED_FLOOR_MS = 0.1
HEALTH_RISE = 0.1


def threshold(points: Sequence[TracePoint]) -> list[Detection]:
    """Give an event wherever one of the three rules holds between a sample and the one before it.

    Memory below 0.9 times its former value; mean latency below 0.8 times its former value where that is over
    0.1 ms; health up by more than 0.1. A value that was not measured triggers nothing.
    """
    found = []
    for index in range(1, len(points)):
        evidence = dict(_rules(points[index - 1], points[index]))
        if evidence:
            found.append(Detection(index, points[index].records, tuple(evidence), evidence))
    return found


def _rules(before: TracePoint, after: TracePoint) -> Iterator[tuple[str, Mapping[str, JSON]]]:
    if before.memory_bytes and after.memory_bytes is not None:
        ratio = after.memory_bytes / before.memory_bytes
        if ratio < MEMORY_RATIO:
            yield MEMORY, _evidence(ratio, before.memory_bytes, after.memory_bytes)
    if before.latencies_ms and after.latencies_ms:
        mean_before, mean_after = fmean(before.latencies_ms), fmean(after.latencies_ms)
        if mean_before > SPEED_FLOOR_MS and mean_after / mean_before < SPEED_RATIO:
            yield SPEED, _evidence(mean_after / mean_before, mean_before, mean_after)
    if before.health is not None and after.health is not None:
        rise = after.health - before.health
        if rise > HEALTH_RISE:
            yield HEALTH, _evidence(rise, before.health, after.health)


def _evidence(statistic: float, before: float, after: float) -> dict[str, JSON]:
    return {
        "detector": "threshold",
        "statistic": statistic,
        "p": None,
        "before": before,
        "after": after,
        "effect": after - before,
    }
