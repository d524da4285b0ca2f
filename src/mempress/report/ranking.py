"""Which system is best in a figure, where the difference is real: for all that were measured at one load.

The rules are those of ``contrast``: a difference counts beyond a margin and beyond the noise, or not at all.
"""

from __future__ import annotations

from dataclasses import dataclass
from statistics import median, stdev
from typing import TYPE_CHECKING

from mempress.contrast import (
    HEALTH_MARGIN,
    LEAST_BATCHES,
    LEAST_PROBES,
    LEAST_VALUES,
    MARGIN,
    Pair,
    Reading,
    Side,
    apart,
    final_load,
    median_error,
    rates,
    share_apart,
)
from mempress.format import figure, listed, measure, name, times
from mempress.stats.shares import wilson

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from mempress.model import Latency, Result, SampleRow


@dataclass(frozen=True, slots=True)
class Mark:
    """One system's figure: as text with its unit, what it rests on, and the word that marks it, if any does."""

    key: str
    value: float
    text: str
    basis: str
    best: str


@dataclass(frozen=True, slots=True)
class Ranking:
    """All known values of a figure, the best first; ``key`` is its metric's. ``words`` say what follows."""

    key: str
    label: str
    how: str
    marks: tuple[Mark, ...]
    words: str
    told: bool
    """Whether any is told apart from the best."""


@dataclass(frozen=True, slots=True)
class Rankings:
    """The figures of all systems that were measured at ``records``; ``final``: it is where each of them ended."""

    records: int
    final: bool
    systems: tuple[str, ...]
    figures: tuple[Ranking, ...]

    def best(self, metric: str) -> dict[str, str]:
        """Give the systems to be marked in a metric's row, each with the word that marks it."""
        marks = (mark for ranking in self.figures if ranking.key == metric for mark in ranking.marks)
        return {mark.key: mark.best for mark in marks if mark.best}


@dataclass(frozen=True, slots=True)
class _Seen:
    """A system at the load at which all are held against each other; ``row`` is None at its final load."""

    key: str
    side: Side
    load: int
    row: SampleRow | None

    @property
    def latency(self) -> Latency:
        return self.row.latency_ms if self.row is not None else self.side.summary.metrics.final_query_latency_ms


@dataclass(frozen=True, slots=True)
class _Figure:
    """How a figure is read, with what it rests on, and when two readings of it are told apart."""

    key: str
    label: str
    unit: str
    lower_is_better: bool
    best: str
    worst: str
    ratio: str
    how: tuple[str, str]
    """At the final load, and at a load on the way."""
    read: Callable[[_Seen], tuple[Reading, str] | None]
    differ: Callable[[_Seen, Reading, _Seen, Reading], bool]


def rankings(result: Result) -> Rankings | None:
    """Rank all systems that were sampled, at the largest load at which all of them were; None where there is none.

    Where that is the final load of each, the final figures are ranked. A soak's systems, and those of unlike
    workloads, are not ranked.
    """
    sides = _sides(result)
    if len(sides) < 2 or len({side.summary.workload.sha256 for side in sides.values()}) > 1:
        return None
    ends = {final_load(side.summary) for side in sides.values()}
    if len(ends) == 1:
        seen = [_Seen(key, side, max(ends), None) for key, side in sides.items()]
    else:
        seen = _at_a_common_load(sides)
    if not seen:
        return None
    figures = tuple(ranking for figure in _FIGURES if (ranking := _ranking(figure, seen)) is not None)
    return Rankings(seen[0].load, len(ends) == 1, tuple(sides), figures)


def _sides(result: Result) -> dict[str, Side]:
    return {
        key: Side(name(key), summary, tuple(result.repeats.get(key, ())))
        for key, summary in result.systems.items()
        if summary.soak is None and any(row.mark == "batch" for row in summary.samples)
    }


def _at_a_common_load(sides: dict[str, Side]) -> list[_Seen]:
    rows = {
        key: {row.records: row for row in side.summary.samples if row.phase == "load" and row.mark == "batch"}
        for key, side in sides.items()
    }
    load = max(set.intersection(*(set(found) for found in rows.values())), default=None)
    return [] if load is None else [_Seen(key, side, load, rows[key][load]) for key, side in sides.items()]


def _ranking(figure: _Figure, seen: Sequence[_Seen]) -> Ranking | None:
    known = [(system, *found) for system in seen if (found := figure.read(system)) is not None]
    if len(known) < 2:
        return None
    known.sort(key=lambda item: item[1].value, reverse=not figure.lower_is_better)
    first, reading, _ = known[0]
    behind = [system.key for system, other, _ in known[1:] if figure.differ(first, reading, system, other)]
    leading = _leading([system.key for system, _, _ in known], behind)
    word = "best" if len(leading) == 1 else "among the best"
    marks = tuple(
        Mark(
            system.key,
            found.value,
            measure(found.value, figure.unit),
            basis,
            word if system.key in leading else "",
        )
        for system, found, basis in known
    )
    how = figure.how[0 if first.row is None else 1]
    return Ranking(figure.key, figure.label, how, marks, _words(figure, marks, behind), bool(behind))


def _leading(keys: list[str], behind: Sequence[str]) -> list[str]:
    """Give those to be marked: all before the first that is told apart from the best; none where none is."""
    return keys[: min(keys.index(key) for key in behind)] if behind else []


def _words(figure: _Figure, marks: Sequence[Mark], behind: Sequence[str]) -> str:
    if not behind:
        values = listed([f"{name(mark.key)} {mark.text}" for mark in marks])
        return f"{figure.label}: no difference beyond noise ({values})."
    best, last = marks[0], next(mark for mark in reversed(marks) if mark.key in behind)
    small, large = sorted((best.value, last.value))
    many = f", {times(large / small)} {figure.ratio}" if figure.ratio and small > 0.0 else ""
    if len(marks) == 2:
        against = f"{last.text} {figure.best.rpartition(' ')[2]} {name(last.key)}"
        return f"{figure.best} {name(best.key)}: {best.text} against {against}{many}."
    level = [f"{name(mark.key)} ({mark.text})" for mark in marks[1:] if mark.key not in behind]
    beside = f" and, not told apart from it, {listed(level)}" if level else ""
    return f"{figure.best} {name(best.key)} ({best.text}){beside}; {figure.worst} {name(last.key)} ({last.text}{many})."


def _time_apart(first: _Seen, one: Reading, second: _Seen, other: Reading) -> bool:
    return apart(one, other, Pair(first.side, second.side).time_margin)


def _amount_apart(_first: _Seen, one: Reading, _second: _Seen, other: Reading) -> bool:
    return apart(one, other, MARGIN)


def _recall_apart(first: _Seen, one: Reading, second: _Seen, other: Reading) -> bool:
    return share_apart((one.value, _probes(first)), (other.value, _probes(second)))


def _health_apart(_first: _Seen, one: Reading, _second: _Seen, other: Reading) -> bool:
    return abs(one.value - other.value) > HEALTH_MARGIN


def _probes(seen: _Seen) -> int:
    return seen.side.summary.answers.n if seen.row is None else seen.row.recall_n


def _search(seen: _Seen) -> tuple[Reading, str] | None:
    found = seen.latency
    if found.p50 is None or found.n < LEAST_VALUES:
        return None
    final = seen.side.summary.final_query_latency_intervals_ms.get("p50")
    interval = final if seen.row is None else seen.row.latency_p50_interval_ms
    error = median_error(found, interval)
    p95 = f"p95 {measure(found.p95, 'ms')}; n={found.n:,}"
    if seen.row is not None:
        return Reading(found.p50, error), p95
    reading = seen.side.reading(found.p50, lambda metrics: metrics.final_query_latency_ms.p50, error)
    known = "" if interval is None else f", 95% interval {figure(interval[0], 'ms')} to {figure(interval[1], 'ms')}"
    return reading, f"{p95}{known}"


def _store(seen: _Seen) -> tuple[Reading, str] | None:
    found = rates(seen.side.summary, seen.load)
    if len(found) < LEAST_BATCHES:
        return None
    return Reading(median(found), stdev(found) / len(found) ** 0.5), f"median of {len(found):,} batches"


def _memory(seen: _Seen) -> tuple[Reading, str] | None:
    if seen.row is not None:
        value, held = seen.row.memory_mb, seen.row.held
        reading = None if value is None else Reading(value)
    else:
        metrics = seen.side.summary.metrics
        value, held = metrics.final_memory_mb, metrics.retained_records
        reading = None if value is None else seen.side.reading(value, lambda of: of.final_memory_mb)
    return None if reading is None else (reading, f"{figure(held, 'records')} records held")


def _disk(seen: _Seen) -> tuple[Reading, str] | None:
    value = seen.side.summary.metrics.disk_mb if seen.row is None else seen.row.disk_mb
    if value is None:
        return None
    if seen.row is not None:
        return Reading(value), "one reading"
    return seen.side.reading(value, lambda metrics: metrics.disk_mb), "one reading"


def _recall(seen: _Seen) -> tuple[Reading, str] | None:
    value = seen.side.summary.answers.recall if seen.row is None else seen.row.recall
    n = _probes(seen)
    if value is None or n < LEAST_PROBES:
        return None
    low, high = wilson(round(value * n), n)
    return Reading(value), f"n={n:,}, 95% interval {figure(low, 'share')} to {figure(high, 'share')}"


def _health(seen: _Seen) -> tuple[Reading, str] | None:
    value = seen.side.summary.metrics.health_score if seen.row is None else seen.row.health
    return None if value is None else (Reading(value), "one sample")


_FIGURES = (
    _Figure(
        "final_query_latency_ms.p50",
        "Search, median",
        "ms",
        True,
        "The median search is fastest in",
        "slowest in",
        "as long",
        ("around the call alone, at the final load", "around the call alone, at this load"),
        _search,
        _time_apart,
    ),
    _Figure(
        "recall_at_k",
        "Recall",
        "share",
        False,
        "Recall is highest in",
        "lowest in",
        "",
        ("over the final probes with known answers", "over the probes of this sample with known answers"),
        _recall,
        _recall_apart,
    ),
    _Figure(
        "final_memory_mb",
        "Memory",
        "MiB",
        True,
        "Least memory is taken by",
        "most by",
        "as much",
        ("PSS of its processes, settled after the load", "PSS of its processes, not settled"),
        _memory,
        _amount_apart,
    ),
    _Figure(
        "store_records_per_second.mean",
        "Stored",
        "records/s",
        False,
        "Records are stored fastest by",
        "slowest by",
        "as slow",
        ("records by time in store and flush, a batch", "records by time in store and flush, a batch up to here"),
        _store,
        _time_apart,
    ),
    _Figure(
        "disk_mb",
        "Disk",
        "MiB",
        True,
        "Least disk is taken by",
        "most by",
        "as much",
        ("allocated under its working directory", "allocated under its working directory"),
        _disk,
        _amount_apart,
    ),
    _Figure(
        "health_score",
        "Health",
        "share",
        False,
        "Health is best in",
        "worst in",
        "",
        ("one formula for all systems", "one formula for all systems"),
        _health,
        _health_apart,
    ),
)
