"""How far what the detectors found in a run agrees with what is known of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from mempress.detect import Agreement, agreement, threshold
from mempress.detect.agreement import WITHIN_SAMPLES
from mempress.model import DetectorOnRun, DetectorScore

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from mempress.analysis.observed import Stretch
    from mempress.analysis.trail import Trail
    from mempress.detect import Detection
    from mempress.samples import Sample

_QUANTITIES = ("removed", "records_removed", "moved", "records_moved", "consolidated", "bytes_freed")
"""What maintenance may say that it did; where all that it says of these is 0, it did nothing."""


@dataclass(frozen=True, slots=True)
class _Truth:
    """Of one stretch: the samples at which known maintenance is first seen, and those of which nothing is known."""

    known: Collection[int]
    unknown: Collection[int]
    testified: int


def detectors_on_run(
    trail: Trail, stretches: Sequence[Stretch], observed: Mapping[int, Detection]
) -> DetectorOnRun | None:
    """Score both detectors against the script of a control, or else the system's testimony; None without either.

    ``observed`` is what the statistical detector found. Testimony of the same kinds after batch upon batch is one
    event, where it begins: a store at its capacity evicts in each. Requested maintenance is known where its value
    says that it did something; where it says nothing, what is found there is neither right nor wrong.
    """
    if trail.scripted is None and "events" not in trail.capabilities:
        return None
    truths = [_truth(trail, stretch) for stretch in stretches]
    statistical = [
        [at for at, sample in enumerate(stretch.samples) if sample.index in observed] for stretch in stretches
    ]
    classic = [[found.index for found in threshold(stretch.points)] for stretch in stretches]
    return DetectorOnRun(
        truth="testimony" if trail.scripted is None else "script",
        testified_samples=sum(truth.testified for truth in truths),
        statistical=_score(zip(statistical, truths, strict=True)),
        threshold=_score(zip(classic, truths, strict=True)),
    )


def _score(pairs: Iterable[tuple[Sequence[int], _Truth]]) -> DetectorScore:
    counts = (agreement(_judgeable(found, truth), sorted(truth.known)) for found, truth in pairs)
    total = sum(counts, start=Agreement())
    return DetectorScore(
        found=total.found, known=total.known, matched=total.matched, precision=total.precision, recall=total.recall
    )


def _judgeable(found: Sequence[int], truth: _Truth) -> list[int]:
    """Leave out what is found where nothing is known, unless it is near what is."""
    return [at for at in found if _near(at, truth.known) or not _near(at, truth.unknown)]


def _near(place: int, others: Iterable[int]) -> bool:
    return any(abs(place - other) <= WITHIN_SAMPLES for other in others)


def _truth(trail: Trail, stretch: Stretch) -> _Truth:
    """Give what is known of a stretch; before its first sample nothing can be seen."""
    known, unknown, testified = set[int](), set[int](), 0
    before = frozenset[str]()
    for place, sample in enumerate(stretch.samples):
        began_ns = trail.samples[sample.index - 1].t_ns if sample.index else -1
        kinds = _kinds(trail, began_ns, sample.t_ns)
        requested = [event for event in trail.maintained if began_ns < event.t_ns <= sample.t_ns]
        testified += bool(kinds)
        if trail.scripted is not None:
            begins = any(_offered_before(trail, sample) < at <= sample.offered for at in trail.scripted.offered)
        else:
            begins = bool(kinds - before)
        if begins or any(_did(event.value) for event in requested):
            known.add(place)
        elif requested:
            unknown.add(place)
        before = kinds if sample.stored else before
    return _Truth(known - {0}, unknown, testified)


def _kinds(trail: Trail, after_ns: int, until_ns: int) -> frozenset[str]:
    """Give the kinds of maintenance that the system testified to in an interval."""
    said = (event for event in trail.testified if after_ns < event.t_ns <= until_ns)
    return frozenset(str(item.get("kind")) for event in said for item in event.events if _did(item, silent=True))


def _offered_before(trail: Trail, sample: Sample) -> int:
    return trail.samples[sample.index - 1].offered if sample.index else 0


def _did(value: Any, *, silent: bool = False) -> bool:
    """Tell whether maintenance did something by its own account; ``silent`` where it gives no quantity at all."""
    quantities = [value[name] for name in _QUANTITIES if name in value] if isinstance(value, dict) else []
    return any(map(bool, quantities)) if quantities else silent
