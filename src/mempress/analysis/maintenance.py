"""The maintenance events of a run: what was seen in the samples, what the system said, what the harness asked for."""

from __future__ import annotations

import math
from collections import defaultdict
from itertools import pairwise
from typing import TYPE_CHECKING, Any, TypeVar

from mempress.analysis.metrics import pss_mb
from mempress.journal import Maintained, Testified
from mempress.model import MaintenanceEvent
from mempress.percentile import percentile
from mempress.samples import removed_by

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from mempress.analysis.trail import Judged, Trail
    from mempress.detect import Detection
    from mempress.health import Health
    from mempress.model import Origin
    from mempress.samples import Sample

_MIB = 1 << 20
_REMOVED = "records_removed"
_Said = TypeVar("_Said", Testified, Maintained)


def maintenance_events(trail: Trail, judged: Judged, observed: Mapping[int, Detection]) -> list[MaintenanceEvent]:
    """Give the maintenance events in order; ``observed`` is what a detector found, by the sample at which it is seen.

    Observed, reported and requested maintenance in one interval between two samples is one event; its origin is the
    strongest ground: requested, then reported, then observed. What was reported or requested before the first sample
    or after the last one counts too; its effects are known from one side alone.
    """
    events = []
    for before, after in pairwise([None, *trail.samples, None]):
        step = _Step(before, after, judged.healths)
        detection = observed.get(after.index) if after is not None else None
        event = step.event(detection, step.within(trail.testified), step.within(trail.maintained))
        if event is not None:
            events.append(event)
    return events


class _Step:
    """The interval between two samples, and what happened in it; None: no sample on that side."""

    def __init__(self, before: Sample | None, after: Sample | None, healths: Sequence[Health]) -> None:
        self._before = before
        self._after = after
        self._healths = healths

    def within(self, events: Sequence[_Said]) -> list[_Said]:
        """Give those of the events that fell in this interval; testimony is drained before a sample is complete."""
        low = -math.inf if self._before is None else self._before.t_ns
        high = math.inf if self._after is None else self._after.t_ns
        return [event for event in events if low < event.t_ns <= high]

    def event(
        self, detection: Detection | None, reported: Sequence[Testified], requested: Sequence[Maintained]
    ) -> MaintenanceEvent | None:
        """Give the one event of this interval, or None where nothing tells of any."""
        testimony = [item for said in reported for item in said.events]
        told: list[Testified | Maintained] = [*reported, *requested]
        place = self._after or max(told, key=lambda event: event.t_ns, default=None)
        if place is None or (detection is None and not testimony and not requested):
            return None
        reasons = list(detection.reasons) if detection else []
        removed = sum(removed_by(item) for item in [*testimony, *(item.value for item in requested)])
        if removed and _REMOVED not in reasons:
            reasons.append(_REMOVED)
        origin: Origin = "requested" if requested else "reported" if testimony else "observed"
        return MaintenanceEvent(
            records=place.records,
            t_s=place.t_ns / 1e9,
            phase=place.phase,
            origin=origin,
            reasons=reasons,
            effects=self._effects(),
            evidence=dict(_evidence(detection, testimony, requested)),
        )

    def _effects(self) -> dict[str, dict[str, float | None]]:
        before, after = self._state(self._before), self._state(self._after)
        return {name: {"before": before[name], "after": after[name]} for name in before}

    def _state(self, sample: Sample | None) -> dict[str, float | None]:
        if sample is None:
            return dict.fromkeys(("memory_mb", "disk_mb", "latency_p50_ms", "held", "health"))
        return {
            "memory_mb": pss_mb(sample.memory),
            "disk_mb": None if sample.disk is None else sample.disk.used_bytes / _MIB,
            "latency_p50_ms": percentile(sample.latencies_ms, 50),
            "held": sample.held,
            "health": self._healths[sample.index].score,
        }


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
