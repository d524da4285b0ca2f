"""How far what the detectors found in a run agrees with what is known of it."""

from __future__ import annotations

from collections import defaultdict
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

_RECORDS = ("removed", "records_removed", "moved", "records_moved", "consolidated", "promoted", "demoted")
_BYTES = ("bytes_freed",)
"""What maintenance may say that it did; where all that it says of these is 0, it did nothing."""
_VISIBLE_SHARE = 0.01
"""What touched less of the records held, or freed less of memory and disk, shows in no figure from outside."""


@dataclass(frozen=True, slots=True)
class _Truth:
    """Of one stretch: the samples at which known maintenance is first seen, and those of which nothing is known."""

    known: Collection[int]
    unknown: Collection[int]
    testified: int
    too_small: int


def detectors_on_run(
    trail: Trail, stretches: Sequence[Stretch], observed: Mapping[int, Detection]
) -> DetectorOnRun | None:
    """Score both detectors against the script of a control, or else the system's testimony; None without either.

    ``observed`` is what the statistical detector found. Testimony of the same kinds after batch upon batch is one
    event, where it begins: a store at its capacity evicts in each. Requested maintenance is known where its value
    says that it did something; where it says nothing, what is found there is neither right nor wrong. Nor is it where
    all that was done touched under a hundredth of what was held: nobody can see that from outside.
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
        too_small=sum(truth.too_small for truth in truths),
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
    known, unknown, testified, too_small = set[int](), set[int](), 0, 0
    before = frozenset[str]()
    for place, sample in enumerate(stretch.samples):
        done = _Done(trail, sample)
        testified += bool(done.told)
        kinds = done.kinds()
        begins = done.scripted if trail.scripted is not None else bool(kinds - before)
        if begins or any(done.shows([request.value]) for request in done.requested):
            known.add(place)
        elif done.requested or (done.told and not kinds):
            unknown.add(place)
            too_small += done.did_something
        before = kinds if sample.stored else before
    return _Truth(known - {0}, unknown, testified, too_small)


class _Done:
    """What is known to have been done between a sample and the one before."""

    def __init__(self, trail: Trail, sample: Sample) -> None:
        self._before = trail.samples[sample.index - 1] if sample.index else None
        began_ns = -1 if self._before is None else self._before.t_ns
        said = [event for event in trail.testified if began_ns < event.t_ns <= sample.t_ns]
        items = [item for event in said for item in event.events]
        self.told = [item for item in items if _did(item, silent=True)]
        self.requested = [event for event in trail.maintained if began_ns < event.t_ns <= sample.t_ns]
        offered = 0 if self._before is None else self._before.offered
        script = () if trail.scripted is None else trail.scripted.offered
        self.scripted = any(offered < at <= sample.offered for at in script)

    def kinds(self) -> frozenset[str]:
        """Give the kinds of maintenance that the system testified to, without those too small to be seen."""
        items: dict[str, list[Any]] = defaultdict(list)
        for item in self.told:
            items[str(item.get("kind"))].append(item)
        return frozenset(kind for kind, told in items.items() if not all(map(_quantified, told)) or self.shows(told))

    @property
    def did_something(self) -> bool:
        """Whether anything was done, by its own account."""
        return bool(self.told) or any(_did(event.value) for event in self.requested)

    def shows(self, values: Sequence[Any]) -> bool:
        """Tell whether what these say that they did is enough to be seen from outside."""
        records = sum(_largest(value, _RECORDS) for value in values)
        freed = sum(_largest(value, _BYTES) for value in values)
        pairs = ((records, self._held), (freed, self._bytes))
        return any(done > 0.0 and done >= _VISIBLE_SHARE * whole for done, whole in pairs)

    @property
    def _held(self) -> int:
        if self._before is None:
            return 0
        return self._before.records if self._before.held is None else self._before.held

    @property
    def _bytes(self) -> float:
        """Give the smaller of memory and disk, as far as known: which of the two was freed is not said."""
        before = self._before
        memory = before.memory.rss_bytes if before is not None and before.memory is not None else 0
        disk = before.disk.used_bytes if before is not None and before.disk is not None else 0
        return min(filter(None, (memory, disk)), default=0)


def _quantified(value: Any) -> bool:
    return isinstance(value, dict) and any(name in value for name in (*_RECORDS, *_BYTES))


def _largest(value: Any, names: Sequence[str]) -> float:
    """Give the largest of the quantities: several may speak of the same records."""
    if not isinstance(value, dict):
        return 0.0
    told = [len(item) if isinstance(item, list) else item for name in names if (item := value.get(name)) is not None]
    numbers = [float(item) for item in told if isinstance(item, int | float) and not isinstance(item, bool)]
    return max(numbers, default=0.0)


def _did(value: Any, *, silent: bool = False) -> bool:
    """Tell whether maintenance did something by its own account; ``silent`` where it gives no quantity at all."""
    return _largest(value, (*_RECORDS, *_BYTES)) > 0.0 if _quantified(value) else silent
