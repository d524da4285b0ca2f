"""From journal events to samples: what is known of a system at each checkpoint. Pure; used during a run and after."""

from __future__ import annotations

import base64
from array import array
from dataclasses import dataclass
from statistics import fmean
from typing import TYPE_CHECKING, Any

from mempress.histogram import Histogram
from mempress.important import MostImportant
from mempress.journal import Asked, Failed, Maintained, Opened, Sampled, Soaked, Stored, Testified, TrafficSegment
from mempress.percentile import percentile

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from mempress.journal import DiskRead, Event, IdsAsked, MemoryRead, NoiseRead

_NS_PER_MS = 1_000_000
_NS_PER_SECOND = 1_000_000_000


@dataclass(frozen=True, slots=True)
class Answers:
    """How a checkpoint's searches with ground truth were answered."""

    recall: float
    """Mean recall at the checkpoint's limit, in [0, 1]."""
    attainable: float
    """The same for a system that kept the most important records its capacity has room for; 1.0 without a capacity."""
    n: int


@dataclass(frozen=True, slots=True)
class Sample:
    """One checkpoint. ``records`` are acknowledged, ``offered`` given to ``store``; None: not measured."""

    index: int
    t_ns: int
    phase: str
    mark: str
    records: int
    offered: int
    memory: MemoryRead | None
    disk: DiskRead | None
    held: int | None
    removed: int
    """Records that the system itself has said it removed so far."""
    reported_health: float | None
    searches: tuple[Asked, ...]
    answers: Answers | None
    stored: int
    """Records acknowledged since the sample before, in ``store_ns`` of store and flush."""
    store_ns: int
    new_errors: int
    new_operations: int
    noise: NoiseRead
    embed_misses: int
    sampled_gone: tuple[int, int] | None = None
    """Where there is no count: of so many acknowledged records drawn anew (second) so many (first) are gone."""
    deleted: int = 0
    """Records that it has deleted so far since the traffic asked for it."""
    latency_counts: Histogram | None = None
    """Of a stretch of a soak: its search latencies in nanoseconds, counted; ``searches`` is empty then."""

    @property
    def p95_ms(self) -> float | None:
        """The 95th percentile of the search latencies; None without any."""
        if self.latency_counts is None:
            return percentile(self.latencies_ms, 95)
        found = self.latency_counts.percentile(95)
        return None if found is None else found / _NS_PER_MS

    @property
    def store_rate(self) -> float | None:
        """Records acknowledged per second of store and flush since the sample before; None where none were."""
        return self.stored * _NS_PER_SECOND / max(1, self.store_ns) if self.stored else None

    @property
    def latencies_ms(self) -> tuple[float, ...]:
        """The latencies of the searches that returned, in milliseconds, in the order in which they were asked."""
        return tuple(asked.latency_ns / _NS_PER_MS for asked in self.searches if asked.hits is not None)


class SampleFold:
    """Folds a journal's events, in order, into samples."""

    def __init__(self, capacity_records: int | None) -> None:
        self._capacity = capacity_records
        self._bounded = False
        self._most_important = None if capacity_records is None else MostImportant(capacity_records)
        self._importance = array("d")
        self._records = self._offered = self._removed = self._deleted = self._index = 0
        self._start_interval()

    def _start_interval(self) -> None:
        self._stored = self._store_ns = self._errors = self._operations = 0

    def add(self, event: Event) -> Sample | None:
        """Take one event; gives the sample that it completes, if it does."""
        match event:
            case Opened():
                self._bounded = "bounded" in event.capabilities
            case Stored():
                self._add_stored(event)
            case TrafficSegment():
                self._add_segment(event)
            case Failed() if event.kind == "exception":
                self._errors += event.count
            case Testified():
                self._removed += sum(removed_by(item) for item in event.events)
            case Maintained():
                self._removed += removed_by(event.value)
            case Sampled():
                return self._sample(event)
            case Soaked():
                return self._soaked(event)
        return None

    def _add_stored(self, event: Stored) -> None:
        count = len(event.importance)
        self._offered += count
        self._operations += event.calls
        self._store_ns += event.latency_ns
        if event.error is None:
            self._stored += count
            self._records += count
        if self._bounded and self._most_important is not None:
            self._most_important.add(event.first, event.importance)
            self._importance.extend(event.importance)

    def _add_segment(self, event: TrafficSegment) -> None:
        """Count what is no store; a record that an update deleted and stored again is held as before."""
        self._operations += len(event.kinds) - event.kinds.count("s")
        edits = (kind for kind in event.kinds if kind in "ud")
        for kind, removed in zip(edits, event.removed, strict=True):
            if removed is not None:
                self._deleted += removed - (kind == "u")

    def _sample(self, event: Sampled) -> Sample:
        sample = Sample(
            index=self._index,
            t_ns=event.t_ns,
            phase=event.phase,
            mark=event.mark,
            records=event.records,
            offered=self._offered,
            memory=event.memory,
            disk=event.disk,
            held=event.held,
            removed=self._removed,
            reported_health=(event.health or {}).get("overall_health"),
            searches=tuple(event.searches),
            answers=self._answers(event.searches),
            stored=self._stored,
            store_ns=self._store_ns + (event.flush_ns or 0),
            new_errors=self._errors,
            new_operations=self._operations + len(event.searches),
            noise=event.noise,
            embed_misses=event.embed_misses,
            sampled_gone=_gone(event.ids),
            deleted=self._deleted,
        )
        self._index += 1
        self._start_interval()
        return sample

    def _soaked(self, event: Soaked) -> Sample:
        calls = (event.stores, event.deletes, event.searches)
        self._records, self._offered = event.records, event.offered
        sample = Sample(
            index=self._index,
            t_ns=event.t_ns,
            phase=event.phase,
            mark=event.mark,
            records=event.records,
            offered=event.offered,
            memory=event.memory,
            disk=event.disk,
            held=event.held,
            removed=self._removed,
            deleted=event.deleted,
            reported_health=(event.health or {}).get("overall_health"),
            searches=(),
            answers=Answers(event.recall / event.judged, 1.0, event.judged) if event.judged else None,
            stored=event.stored,
            store_ns=event.stores.total_ns + (event.flush_ns or 0),
            new_errors=self._errors,
            new_operations=sum(call.n for call in calls),
            noise=event.noise,
            embed_misses=event.embed_misses,
            latency_counts=Histogram(dict(event.searches.buckets)),
        )
        self._index += 1
        self._start_interval()
        return sample

    def _answers(self, searches: Iterable[Asked]) -> Answers | None:
        judged = [asked for asked in searches if asked.need > 0]
        if not judged:
            return None
        attainable = fmean(self._attainable(judged))
        return Answers(fmean(recall(asked) for asked in judged), attainable, len(judged))

    def _attainable(self, judged: Iterable[Asked]) -> Iterator[float]:
        """Give the recalls that the most important records would allow, as many as fit; of equal ones the newest."""
        if not self._bounded or self._most_important is None or self._offered <= (self._capacity or 0):
            yield from (1.0 for _ in judged)
            return
        least = self._most_important.least()
        for asked in judged:
            kept = sum((self._importance[ordinal], ordinal) >= least for ordinal in asked.answers)
            yield min(1.0, kept / asked.need)


def _gone(ids: IdsAsked | None) -> tuple[int, int] | None:
    if ids is None:
        return None
    held = sum(byte.bit_count() for byte in base64.b64decode(ids.held))
    return len(ids.asked) - held, len(ids.asked)


def recall(asked: Asked) -> float:
    """Give the share of the needed answers among the hits, in [0, 1]; a search that raised found nothing.

    Hits are judged by their ids; where hits bear none, by whether one of their texts holds the answer token.
    """
    if asked.hits is None:
        return 0.0
    found = len(set(asked.answers) & set(asked.hits)) / asked.need
    return 1.0 if asked.matched and any(asked.matched) else min(1.0, found)


def removed_by(testimony: Any) -> int:
    """Give the number of records that a testimony says were removed: ``removed``, or ``records_removed``.

    A number, or a list of ids.
    """
    if not isinstance(testimony, dict):
        return 0
    value = testimony.get("removed", testimony.get("records_removed"))
    if isinstance(value, list):
        return len(value)
    return value if isinstance(value, int) and not isinstance(value, bool) and value > 0 else 0


def fold(events: Iterable[Event], capacity_records: int | None) -> Iterator[Sample]:
    """Give the samples of a journal."""
    folding = SampleFold(capacity_records)
    for event in events:
        if (sample := folding.add(event)) is not None:
            yield sample
