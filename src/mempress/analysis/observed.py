"""What the detector reads of a run, and what it finds there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from mempress.detect import TracePoint
from mempress.detect.statistical import ALPHA, statistical

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mempress.analysis.trail import Judged, Trail
    from mempress.detect import Detection
    from mempress.health import Health
    from mempress.samples import Sample


@dataclass(frozen=True, slots=True)
class Stretch:
    """Samples that a detector judges together, and the trace that it reads."""

    samples: Sequence[Sample]
    points: Sequence[TracePoint]


def read_stretches(trail: Trail, judged: Judged) -> list[Stretch]:
    """Give the samples under load; the final one repeats the last.

    What a fault changed is no maintenance: the stretches between faults are judged apart.
    """
    return [
        Stretch(samples, [_point(sample, judged.healths[sample.index]) for sample in samples])
        for samples in trail.stretches()
    ]


def observed(stretches: Sequence[Stretch]) -> dict[int, Detection]:
    """Give what the detector finds, by the index of the sample at which it is seen; they share the chance of error."""
    return {
        stretch.samples[found.index].index: found
        for stretch in stretches
        for found in statistical(stretch.points, alpha=ALPHA / len(stretches))
    }


def _point(sample: Sample, health: Health) -> TracePoint:
    """Give a sample as a detector reads it; the resident size, for PSS falls when others map the same files.

    What was deleted on request counts as held: no maintenance removed it.
    """
    return TracePoint(
        records=sample.records,
        memory_bytes=None if sample.memory is None else sample.memory.rss_bytes,
        latencies_ms=sample.latencies_ms,
        health=health.score,
        retained=None if sample.held is None else sample.held + sample.deleted,
        disk_bytes=None if sample.disk is None else sample.disk.used_bytes,
        sampled_gone=sample.sampled_gone,
    )
