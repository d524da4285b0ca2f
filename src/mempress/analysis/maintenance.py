"""The maintenance events of a run: what was seen in the samples, what the system said, what the harness asked for."""

from __future__ import annotations

from collections import defaultdict
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from mempress.detect import TracePoint
from mempress.detect.statistical import statistical
from mempress.model import MaintenanceEvent
from mempress.percentile import percentile
from mempress.samples import removed_by

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from mempress.analysis.trail import Judged, Trail
    from mempress.detect import Detection
    from mempress.health import Health
    from mempress.journal import Maintained
    from mempress.model import Origin
    from mempress.samples import Sample

_MIB = 1 << 20
_REMOVED = "records_removed"


def maintenance_events(trail: Trail, judged: Judged) -> list[MaintenanceEvent]:
    """Give the maintenance events in order.

    Observed, reported and requested maintenance in one interval between two samples is one event; its origin is the
    strongest ground: requested, then reported, then observed.
    """
    steps = [
        _Step(before, after, judged.healths[before.index], judged.healths[after.index])
        for before, after in pairwise(_watched(trail))
    ]
    found = {detection.index: detection for detection in statistical(_trace(trail, judged))}
    events = []
    for number, step in enumerate(steps, start=1):
        detection = found.get(number) if step.under_load else None
        event = step.event(detection, step.testimony(trail), step.requested(trail))
        if event is not None:
            events.append(event)
    return events


def _watched(trail: Trail) -> list[Sample]:
    """Give the samples between which maintenance is looked for; the final one repeats the last batch's."""
    return [sample for sample in trail.samples if sample.mark != "final"]


def _trace(trail: Trail, judged: Judged) -> list[TracePoint]:
    load = [sample for sample in _watched(trail) if sample.phase == "load"]
    return [_point(sample, judged.healths[sample.index]) for sample in load]


def _point(sample: Sample, health: Health) -> TracePoint:
    return TracePoint(
        records=sample.records,
        memory_bytes=None if sample.memory is None else sample.memory.pss_bytes,
        latencies_ms=sample.latencies_ms,
        health=health.score,
        retained=sample.held,
        disk_bytes=None if sample.disk is None else sample.disk.used_bytes,
    )


class _Step:
    """The interval between two samples, and what happened in it."""

    def __init__(self, before: Sample, after: Sample, health_before: Health, health_after: Health) -> None:
        self.before = before
        self.after = after
        self._healths = (health_before.score, health_after.score)

    @property
    def under_load(self) -> bool:
        """Whether both samples are the load's, where automatic maintenance is looked for."""
        return self.before.phase == self.after.phase == "load"

    def testimony(self, trail: Trail) -> list[Any]:
        """Give what the system said it did in this interval; it is drained just before the sample is complete."""
        low, high = self.before.t_ns, self.after.t_ns
        return [item for said in trail.testified if low < said.t_ns <= high for item in said.events]

    def requested(self, trail: Trail) -> list[Maintained]:
        """Give the maintenance that the harness asked for in this interval."""
        return [item for item in trail.maintained if self.before.t_ns < item.t_ns <= self.after.t_ns]

    def event(
        self, detection: Detection | None, testimony: Sequence[Any], requested: Sequence[Maintained]
    ) -> MaintenanceEvent | None:
        """Give the one event of this interval, or None where nothing tells of any."""
        if detection is None and not testimony and not requested:
            return None
        reasons = list(detection.reasons) if detection else []
        removed = sum(removed_by(item) for item in testimony) + sum(removed_by(item.value) for item in requested)
        if removed and _REMOVED not in reasons:
            reasons.append(_REMOVED)
        origin: Origin = "requested" if requested else "reported" if testimony else "observed"
        return MaintenanceEvent(
            records=self.after.records,
            t_s=self.after.t_ns / 1e9,
            phase=self.after.phase,
            origin=origin,
            reasons=reasons,
            effects=self._effects(),
            evidence=dict(_evidence(detection, testimony, requested)),
        )

    def _effects(self) -> dict[str, dict[str, float | None]]:
        pairs: dict[str, tuple[float | None, float | None]] = {
            "memory_mb": (_memory_mb(self.before), _memory_mb(self.after)),
            "disk_mb": (_disk_mb(self.before), _disk_mb(self.after)),
            "latency_p50_ms": (percentile(self.before.latencies_ms, 50), percentile(self.after.latencies_ms, 50)),
            "held": (self.before.held, self.after.held),
            "health": self._healths,
        }
        return {name: {"before": before, "after": after} for name, (before, after) in pairs.items()}


def _evidence(
    detection: Detection | None, testimony: Sequence[Any], requested: Sequence[Maintained]
) -> Iterator[tuple[str, Any]]:
    if detection is not None:
        yield "observed", {reason: dict(found) for reason, found in detection.evidence.items()}
    if testimony:
        yield "reported", _by_kind(testimony)
    if requested:
        yield "requested", [_request(item) for item in requested]


def _request(item: Maintained) -> dict[str, Any]:
    return {
        "emergency": item.emergency,
        "duration_ms": item.latency_ns / 1e6,
        "said": item.value,
        "error": item.error,
    }


def _by_kind(testimony: Sequence[Any]) -> Mapping[str, Mapping[str, float]]:
    """Add up a testimony's numbers by kind; ``events`` counts how many there were."""
    totals: dict[str, dict[str, float]] = defaultdict(lambda: defaultdict(float))
    for item in testimony:
        total = totals[str(item.get("kind"))]
        total["events"] += 1
        for name, value in item.items():
            if isinstance(value, int | float) and not isinstance(value, bool):
                total[name] += value
    return {kind: dict(total) for kind, total in totals.items()}


def _memory_mb(sample: Sample) -> float | None:
    return None if sample.memory is None else sample.memory.pss_bytes / _MIB


def _disk_mb(sample: Sample) -> float | None:
    return None if sample.disk is None else sample.disk.used_bytes / _MIB
