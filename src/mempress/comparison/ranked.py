"""The figures by which systems are ranked: the words around each, how it is read, and when two are told apart by it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from mempress.comparison.apart import (
    LEAST_PROBES,
    LEAST_VALUES,
    MARGIN,
    Reading,
    apart,
    health_apart,
    median_error,
    median_rate,
    share_apart,
    time_margin,
)
from mempress.format import figure, measure
from mempress.stats.shares import wilson

if TYPE_CHECKING:
    from collections.abc import Callable

    from mempress.comparison.apart import Side
    from mempress.model import SampleRow


@dataclass(frozen=True, slots=True)
class Contender:
    """A system, by its ``key`` in the result, at the load of a ranking; ``row`` is None at its final load."""

    key: str
    side: Side
    load: int
    row: SampleRow | None = None

    @property
    def probes(self) -> int:
        """Of how many probes its recall is."""
        return self.side.summary.answers.n if self.row is None else self.row.recall_n


@dataclass(frozen=True, slots=True)
class Standing:
    """A contender's reading of a figure, and what the reading rests on, in words."""

    contender: Contender
    reading: Reading
    basis: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RankedFigure:
    """A figure; ``key`` is its metric's. ``best`` and ``worst`` go before a system, ``ratio`` behind "3 times"."""

    key: str
    label: str
    unit: str
    lower_is_better: bool
    best: str
    worst: str
    ratio: str = ""
    """Empty where the quotient of two values says nothing."""
    how: tuple[str, str]
    """At the final load, and at a load on the way."""
    read: Callable[[Contender], tuple[Reading, str] | None]
    """Gives the reading and what it rests on; None: not measured, or from too few values."""
    apart: Callable[[Standing, Standing], bool]


def _times_apart(first: Standing, second: Standing) -> bool:
    margin = time_margin(first.contender.side, second.contender.side)
    return apart(first.reading, second.reading, margin)


def _amounts_apart(first: Standing, second: Standing) -> bool:
    return apart(first.reading, second.reading, MARGIN)


def _recalls_apart(first: Standing, second: Standing) -> bool:
    one, other = ((standing.reading.value, standing.contender.probes) for standing in (first, second))
    return share_apart(one, other)


def _healths_apart(first: Standing, second: Standing) -> bool:
    return health_apart(first.reading.value, second.reading.value)


def _search(of: Contender) -> tuple[Reading, str] | None:
    summary, row = of.side.summary, of.row
    found = summary.metrics.final_query_latency_ms if row is None else row.latency_ms
    if found.p50 is None or found.n < LEAST_VALUES:
        return None
    basis = f"p95 {measure(found.p95, 'ms')}; n={found.n:,}"
    if row is not None:
        return Reading(found.p50, median_error(found, row.latency_p50_interval_ms)), basis
    interval = summary.final_query_latency_intervals_ms.get("p50")
    error = median_error(found, interval)
    reading = of.side.reading(found.p50, lambda metrics: metrics.final_query_latency_ms.p50, error)
    known = "" if interval is None else f", 95% interval {figure(interval[0], 'ms')} to {figure(interval[1], 'ms')}"
    return reading, f"{basis}{known}"


def _stored(of: Contender) -> tuple[Reading, str] | None:
    found = median_rate(of.side.summary, of.load)
    return None if found is None else (found[0], f"median of {found[1]:,} batches")


def _memory(of: Contender) -> tuple[Reading, str] | None:
    metrics, row = of.side.summary.metrics, of.row
    value = metrics.final_memory_mb if row is None else row.memory_mb
    if value is None:
        return None
    held = figure(metrics.retained_records if row is None else row.held, "records")
    reading = of.side.reading(value, lambda run: run.final_memory_mb) if row is None else Reading(value)
    return reading, f"{held} records held"


def _disk(of: Contender) -> tuple[Reading, str] | None:
    value = of.side.summary.metrics.disk_mb if of.row is None else of.row.disk_mb
    if value is None:
        return None
    reading = of.side.reading(value, lambda run: run.disk_mb) if of.row is None else Reading(value)
    return reading, "one reading"


def _recall(of: Contender) -> tuple[Reading, str] | None:
    value, n = of.side.summary.answers.recall if of.row is None else of.row.recall, of.probes
    if value is None or n < LEAST_PROBES:
        return None
    low, high = wilson(round(value * n), n)
    return Reading(value), f"n={n:,}, 95% interval {figure(low, 'share')} to {figure(high, 'share')}"


def _health(of: Contender) -> tuple[Reading, str] | None:
    value = of.side.summary.metrics.health_score if of.row is None else of.row.health
    return None if value is None else (Reading(value), "one sample")


FIGURES = (
    RankedFigure(
        key="final_query_latency_ms.p50",
        label="Median search",
        unit="ms",
        lower_is_better=True,
        best="the median search is fastest in",
        worst="slowest in",
        ratio="as long",
        how=("around the call alone, at the final load", "around the call alone, at this load"),
        read=_search,
        apart=_times_apart,
    ),
    RankedFigure(
        key="store_records_per_second.mean",
        label="Store rate",
        unit="records/s",
        lower_is_better=False,
        best="records are stored fastest by",
        worst="slowest by",
        ratio="as slow",
        how=("records by time in store and flush, a batch", "records by time in store and flush, a batch up to here"),
        read=_stored,
        apart=_times_apart,
    ),
    RankedFigure(
        key="final_memory_mb",
        label="Memory",
        unit="MiB",
        lower_is_better=True,
        best="least memory is taken by",
        worst="most by",
        ratio="as much",
        how=("PSS of its processes, settled after the load", "PSS of its processes, not settled"),
        read=_memory,
        apart=_amounts_apart,
    ),
    RankedFigure(
        key="disk_mb",
        label="Disk",
        unit="MiB",
        lower_is_better=True,
        best="least disk is taken by",
        worst="most by",
        ratio="as much",
        how=("allocated under its working directory", "allocated under its working directory"),
        read=_disk,
        apart=_amounts_apart,
    ),
    RankedFigure(
        key="recall_at_k",
        label="Recall",
        unit="share",
        lower_is_better=False,
        best="recall is highest in",
        worst="lowest in",
        how=("over the final probes with known answers", "over the probes of this sample with known answers"),
        read=_recall,
        apart=_recalls_apart,
    ),
    RankedFigure(
        key="health_score",
        label="Health",
        unit="share",
        lower_is_better=False,
        best="health is best in",
        worst="worst in",
        how=("one formula for all systems", "one formula for all systems"),
        read=_health,
        apart=_healths_apart,
    ),
)
"""In the order of every table."""
