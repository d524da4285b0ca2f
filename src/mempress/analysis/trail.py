"""A journal's events, sorted by kind, and the samples that they fold into."""

from __future__ import annotations

from bisect import bisect
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar, get_args

from mempress.analysis.compact import compact
from mempress.health import Health, Judge, Terms, health
from mempress.journal import (
    Audited,
    Deleted,
    Ended,
    Event,
    Failed,
    FaultBegan,
    FaultEnded,
    FaultSkipped,
    FaultStage,
    LookedFor,
    Maintained,
    Opened,
    Printed,
    ReadBack,
    Reconciled,
    Restarted,
    Retained,
    Retrieved,
    Scripted,
    Settled,
    Soaked,
    Spent,
    Stored,
    Testified,
    TrafficSegment,
)
from mempress.samples import SampleFold

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from mempress.config import RunConfig
    from mempress.detect.saturation import Saturation
    from mempress.samples import Sample


FaultLine = FaultBegan | FaultStage | FaultEnded | FaultSkipped | Audited
"""What a journal tells of faults."""
_Kind = TypeVar("_Kind", bound=Event)


@dataclass(frozen=True, slots=True)
class Trail:
    """All that a journal tells, in order within each kind."""

    opened: Sequence[Opened]
    settled: Sequence[Settled]
    stored: Sequence[Stored]
    traffic: Sequence[TrafficSegment]
    maintained: Sequence[Maintained]
    testified: Sequence[Testified]
    failed: Sequence[Failed]
    restarted: Sequence[Restarted]
    retained: Sequence[Retained]
    printed: Sequence[Printed]
    soaked: Sequence[Soaked]
    reconciled: Sequence[Reconciled]
    faults: Sequence[FaultLine]
    read_back: Sequence[ReadBack]
    retrieved: Sequence[Retrieved]
    deleted: Sequence[Deleted]
    looked_for: Sequence[LookedFor]
    scripted: Scripted | None
    spent: Sequence[Spent]
    ended: Ended | None
    last: Event | None
    phase: str
    """The phase in which the journal breaks off or ends."""
    samples: Sequence[Sample]

    @property
    def capabilities(self) -> frozenset[str]:
        """Give what the system could do; empty where it never opened."""
        return frozenset(self.opened[0].capabilities) if self.opened else frozenset()

    def load(self) -> list[Sample]:
        """Give the samples of the load, the final one among them."""
        return [sample for sample in self.samples if sample.phase == "load"]

    def batches(self) -> list[Sample]:
        """Give the samples of the load that were taken after a batch; of a soak those of the soak proper."""
        return [sample for sample in self.samples if sample.phase == "load" and sample.mark in {"batch", "soak"}]

    def stretches(self) -> list[list[Sample]]:
        """Give the load's samples between its faults, without the final one and those taken while a fault lasted."""
        starts = [line.t_ns for line in self.faults if isinstance(line, FaultBegan)]
        found: list[list[Sample]] = [[] for _ in range(len(starts) + 1)]
        for sample in self.load():
            if sample.mark not in {"final", "fault"}:
                found[bisect(starts, sample.t_ns)].append(sample)
        return [stretch for stretch in found if stretch]

    def final(self) -> Sample | None:
        """Give the final load's sample, else the last one of the load where the run broke off before."""
        load = self.load()
        return next((sample for sample in reversed(load) if sample.mark == "final"), load[-1] if load else None)


@dataclass(frozen=True, slots=True)
class Judged:
    """The judgement of a load: its terms, where it saturated, and each sample's health, in the order of the samples."""

    terms: Terms
    reference_ms: float | None
    saturation: Saturation | None
    healths: Sequence[Health]


def read_trail(events: Iterable[Event], config: RunConfig) -> Trail:
    """Sort events by kind and fold them into samples."""
    folding = SampleFold(config.capacity_records)
    by_kind: dict[type[Event], list[Event]] = {}
    samples, last, phase = [], None, "setup"
    for event in map(compact, events):
        by_kind.setdefault(type(event), []).append(event)
        last = event
        phase = getattr(event, "phase", phase)
        if (sample := folding.add(event)) is not None:
            samples.append(sample)

    def of(kind: type[_Kind]) -> list[_Kind]:
        return [event for event in by_kind.get(kind, []) if isinstance(event, kind)]

    ended = of(Ended)
    return Trail(
        opened=of(Opened),
        settled=of(Settled),
        stored=of(Stored),
        traffic=of(TrafficSegment),
        maintained=of(Maintained),
        testified=of(Testified),
        failed=of(Failed),
        restarted=of(Restarted),
        retained=of(Retained),
        printed=of(Printed),
        soaked=of(Soaked),
        reconciled=of(Reconciled),
        faults=sorted((line for kind in get_args(FaultLine) for line in of(kind)), key=lambda line: line.t_ns),
        read_back=of(ReadBack),
        retrieved=of(Retrieved),
        deleted=of(Deleted),
        looked_for=of(LookedFor),
        spent=of(Spent),
        scripted=next(iter(of(Scripted)), None),
        ended=ended[-1] if ended else None,
        last=last,
        phase=phase,
        samples=samples,
    )


def judge(trail: Trail, config: RunConfig) -> Judged:
    """Judge every sample of a run by the terms that its load's first samples set."""
    judge = Judge(
        capacity_records=config.capacity_records,
        memory_limit_bytes=config.memory_limit_bytes,
        given_objective_ms=config.objective_ms,
        k=config.saturation_samples,
    )
    bounded = "bounded" in trail.capabilities
    for sample in trail.batches():
        judge.add(sample, bounded=bounded)
    terms = judge.settle(bounded=bounded)
    return Judged(terms, judge.reference_ms, judge.saturation, [health(sample, terms) for sample in trail.samples])
