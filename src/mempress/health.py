"""The harness's own health score: the same formula for every system; ``docs/metrics.md`` explains each component.

The score is the weighted mean of the components that could be measured. The others are left out and named.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from statistics import median
from typing import TYPE_CHECKING

from mempress.detect.saturation import (
    REFERENCE_MULTIPLE,
    SAMPLES_IN_A_ROW,
    LoadPoint,
    Saturation,
    objective_ms,
    reference_p95_ms,
    saturation,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mempress.samples import Sample

WEIGHTS: Mapping[str, float] = {
    "latency": 0.25,
    "errors": 0.20,
    "answers": 0.20,
    "reconciliation": 0.15,
    "throughput": 0.10,
    "headroom": 0.10,
}
_ERROR_SHARE_OF_ZERO = 0.1
_MISSING_SHARE_OF_ZERO = 0.2
_TOLERATED_STORE_RATE = 0.5
_TOLERATED_MEMORY = 0.5
_LEAST_FILL = 0.8


@dataclass(frozen=True, slots=True)
class Terms:
    """What samples are judged against: the objective, and the limits that the run was given."""

    objective_ms: float | None
    reference_store_rate: float | None
    capacity_records: int | None
    memory_limit_bytes: int | None
    bounded: bool


@dataclass(frozen=True, slots=True)
class Health:
    """A score in [0, 1], or None where nothing could be measured, and the components that it is made of."""

    score: float | None
    components: Mapping[str, float | None]


def health(sample: Sample, terms: Terms) -> Health:
    """Give the health of a system at a sample."""
    components = {
        "latency": _latency(sample, terms),
        "errors": _errors(sample),
        "answers": _answers(sample),
        "reconciliation": _reconciliation(sample, terms),
        "throughput": _throughput(sample, terms),
        "headroom": _headroom(sample, terms),
    }
    measured = {name: value for name, value in components.items() if value is not None}
    weight = sum(WEIGHTS[name] for name in measured)
    score = sum(WEIGHTS[name] * value for name, value in measured.items()) / weight if weight else None
    return Health(score, components)


def contributions(found: Health) -> dict[str, tuple[float, float] | None]:
    """Give each component's share of the weight and what it contributes; the latter add up to the score.

    None for one that was not measured: its weight falls to the others.
    """
    weight = sum(WEIGHTS[name] for name, value in found.components.items() if value is not None)
    return {
        name: None if value is None else (WEIGHTS[name] / weight, WEIGHTS[name] / weight * value)
        for name, value in found.components.items()
    }


def p95_ms(sample: Sample) -> float | None:
    """Give the 95th percentile of a sample's search latencies; None without any."""
    return sample.p95_ms


def _latency(sample: Sample, terms: Terms) -> float | None:
    """Give 1 up to a third of the objective, 0 from ten times that on, falling with the logarithm between."""
    p95 = p95_ms(sample)
    if p95 is None or terms.objective_ms is None:
        return None
    return _clamp(1.0 - math.log10(max(p95, 1e-9) * REFERENCE_MULTIPLE / terms.objective_ms))


def _errors(sample: Sample) -> float | None:
    """Give 1 without errors, 0 from a tenth of the operations on."""
    if sample.new_operations == 0:
        return None
    return _clamp(1.0 - sample.new_errors / sample.new_operations / _ERROR_SHARE_OF_ZERO)


def _answers(sample: Sample) -> float | None:
    """Give recall against what the capacity allows."""
    if sample.answers is None or sample.answers.attainable == 0.0:
        return None
    return _clamp(sample.answers.recall / sample.answers.attainable)


def _reconciliation(sample: Sample, terms: Terms) -> float | None:
    """Give 1 where as many are held as should be, 0 from a fifth too few or too many on."""
    if sample.held is None or sample.records == 0:
        return None
    least, most = expected_held(sample, terms)
    off = max(0, least - sample.held, sample.held - most)
    return _clamp(1.0 - off / max(1, most) / _MISSING_SHARE_OF_ZERO)


def expected_held(sample: Sample, terms: Terms) -> tuple[int, int]:
    """Give how many records should be held, at least and at most.

    What was acknowledged less what the system says it removed and what it was told to delete; where it honours a
    capacity, no more than that, and four fifths of it are enough.
    """
    most = sample.records - sample.removed - sample.deleted
    if not terms.bounded or terms.capacity_records is None or sample.records <= terms.capacity_records:
        return most, most
    most = min(max(most, 0), terms.capacity_records)
    return min(most, round(_LEAST_FILL * terms.capacity_records)), most


def _throughput(sample: Sample, terms: Terms) -> float | None:
    """Give 1 down to half the reference store rate, then its share of that half."""
    if sample.store_rate is None or terms.reference_store_rate is None:
        return None
    return _clamp(sample.store_rate / (_TOLERATED_STORE_RATE * terms.reference_store_rate))


def _headroom(sample: Sample, terms: Terms) -> float | None:
    """Give 1 up to half the memory limit, 0 at the limit; left out where no limit was asked for."""
    if sample.memory is None or terms.memory_limit_bytes is None:
        return None
    share = sample.memory.pss_bytes / terms.memory_limit_bytes
    return _clamp((1.0 - share) / (1.0 - _TOLERATED_MEMORY))


def _clamp(value: float) -> float:
    return min(1.0, max(0.0, value))


class Judge:
    """Judges the samples of a load one by one, the same while it goes on and afterwards.

    The reference (search p95 and store rate) is the median of the first ``k`` samples after a batch that have one,
    and never changes once known. Nothing is judged before the ``k``-th sample; what has no reference then, as where
    searches raised, is not judged until it has.
    """

    def __init__(
        self,
        *,
        capacity_records: int | None,
        memory_limit_bytes: int | None,
        given_objective_ms: float | None,
        k: int = SAMPLES_IN_A_ROW,
    ) -> None:
        self._given_ms = given_objective_ms
        self._memory_limit_bytes = memory_limit_bytes
        self._capacity = capacity_records
        self._k = k
        self._waiting: list[Sample] = []
        self._p95s: list[float] = []
        self._store_rates: list[float] = []
        self._row: list[tuple[int, LoadPoint]] = []
        self.terms: Terms | None = None
        self.reference_ms: float | None = None
        self.saturation: Saturation | None = None

    def add(self, sample: Sample, *, bounded: bool) -> Saturation | None:
        """Take the sample after a batch; gives the saturation that it confirms, the first time only."""
        self._learn(sample)
        self._waiting.append(sample)
        if self.terms is None and len(self._waiting) < self._k:
            return None
        self.terms = self._set_terms(self._k, bounded=bounded)
        found = [self._judge(waiting) for waiting in self._waiting]
        self._waiting.clear()
        return next((item for item in found if item is not None), None)

    def settle(self, *, bounded: bool) -> Terms:
        """Give the terms, made from what there is where the load ended before the reference was complete."""
        self.terms = self._set_terms(1, bounded=bounded)
        return self.terms

    def _learn(self, sample: Sample) -> None:
        p95, rate = p95_ms(sample), sample.store_rate
        if p95 is not None:
            self._p95s = [*self._p95s, p95][: self._k]
        if rate is not None:
            self._store_rates = [*self._store_rates, rate][: self._k]

    def _set_terms(self, least: int, *, bounded: bool) -> Terms:
        """Make the terms; a reference of fewer than ``least`` samples is none."""
        self.reference_ms = reference_p95_ms(self._p95s, max(least, len(self._p95s)))
        return Terms(
            objective_ms=objective_ms(self.reference_ms, self._given_ms),
            reference_store_rate=median(self._store_rates) if len(self._store_rates) >= least else None,
            capacity_records=self._capacity,
            memory_limit_bytes=self._memory_limit_bytes,
            bounded=bounded,
        )

    def _judge(self, sample: Sample) -> Saturation | None:
        if self.terms is None or self.saturation is not None:
            return None
        point = LoadPoint(
            records=sample.records,
            p95_ms=p95_ms(sample),
            health=health(sample, self.terms).score,
            new_errors=sample.new_errors,
            memory_bytes=None if sample.memory is None else sample.memory.pss_bytes,
        )
        self._row = [*self._row, (sample.index, point)][-self._k :]
        found = saturation(
            [point for _, point in self._row],
            objective_ms=self.terms.objective_ms,
            memory_limit_bytes=self._memory_limit_bytes,
            k=self._k,
        )
        if found is not None:
            self.saturation = Saturation(
                self._row[found.index][0], found.records, self._row[found.confirmed_index][0], found.reasons
            )
        return self.saturation
