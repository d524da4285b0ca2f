"""Many systems side by side, in words: for each figure the best, those not told apart from it, and the worst.

Only systems that were last measured at the same load, on the same workload, stand in one sentence.
"""

from __future__ import annotations

from collections import defaultdict
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
from mempress.format import listed, measure, name, times

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from mempress.model import Metrics, Summary


@dataclass(frozen=True, slots=True)
class _Standing:
    """One system's reading of a figure."""

    side: Side
    reading: Reading


@dataclass(frozen=True, slots=True)
class _Figure:
    """What is ranked: the words around it, how it is read, and when two readings of it are told apart."""

    label: str
    best: str
    worst: str
    unit: str
    lower_is_better: bool
    read: Callable[[Side], Reading | None]
    differ: Callable[[_Standing, _Standing], bool]
    ratio: str = ""


@dataclass(frozen=True, slots=True)
class Ranking:
    """One figure of all systems that were last measured at ``records``, in places: those told apart from one another.

    Each place holds the systems not told apart from its first, as (name, figure with its unit), the best place first.
    """

    label: str
    records: int
    places: tuple[tuple[tuple[str, str], ...], ...]


def rankings(systems: Mapping[str, Summary], runs: Mapping[str, Sequence[Metrics]]) -> list[Ranking]:
    """Give the places for each figure that at least two of the systems at the largest common load have."""
    load, sides, _ = _at_one_load(systems, runs)
    known = [(figure, _known(figure, sides)) for figure in _FIGURES]
    return [
        Ranking(
            figure.label, load, tuple(tuple(_pair(figure, one) for one in place) for place in _places(figure, found))
        )
        for figure, found in known
        if len(found) > 1
    ]


def standings(systems: Mapping[str, Summary], repeats: Mapping[str, Sequence[Summary]]) -> Iterator[str]:
    """Give a sentence for each figure of the systems that reached the largest common load, and name those left out."""
    load, sides, left = _at_one_load(systems, {key: [run.metrics for run in runs] for key, runs in repeats.items()})
    for at, names in left:
        verb = "was" if len(names) == 1 else "were"
        yield f"{listed(names)} {verb} last measured at {at:,} records: not ranked here."
    for figure in _FIGURES:
        if (text := _sentence(figure, _known(figure, sides), load)) is not None:
            yield text


def _at_one_load(
    systems: Mapping[str, Summary], runs: Mapping[str, Sequence[Metrics]]
) -> tuple[int, list[Side], list[tuple[int, list[str]]]]:
    """Give the load at which most systems were last measured, those, and the names of all others by their loads."""
    groups: dict[tuple[str, int], list[Side]] = defaultdict(list)
    for key, summary in systems.items():
        if summary.samples:
            side = Side(name(key), summary, tuple(runs.get(key, ())))
            groups[summary.workload.sha256, final_load(summary)].append(side)
    if not groups:
        return 0, [], []
    chosen = max(groups, key=lambda group: (len(groups[group]), group[1]))
    left = [(group[1], [side.name for side in sides]) for group, sides in groups.items() if group != chosen]
    return chosen[1], groups[chosen], left


def _known(figure: _Figure, sides: Sequence[Side]) -> list[_Standing]:
    """Give the readings of those that have the figure, the best first."""
    known = [_Standing(side, reading) for side in sides if (reading := figure.read(side)) is not None]
    return sorted(known, key=lambda standing: standing.reading.value, reverse=not figure.lower_is_better)


def _places(figure: _Figure, known: Sequence[_Standing]) -> list[list[_Standing]]:
    """Give each place the systems that are not told apart from its first."""
    places: list[list[_Standing]] = []
    for standing in known:
        if places and not figure.differ(places[-1][0], standing):
            places[-1].append(standing)
        else:
            places.append([standing])
    return places


def _sentence(figure: _Figure, known: Sequence[_Standing], load: int) -> str | None:
    if len(known) < 2:
        return None
    first = known[0]
    behind = [standing for standing in known[1:] if figure.differ(first, standing)]
    best = f"At {load:,} records {figure.best} {_shown(figure, first)}"
    if not behind:
        return f"{best}, and no other is told apart from it."
    level = [_shown(figure, standing) for standing in known[1:] if standing not in behind]
    beside = f" and, not told apart from it, {listed(level)}" if level else ""
    last = behind[-1]
    small, large = sorted((first.reading.value, last.reading.value))
    ratio = f", {figure.ratio.format(times(large / small))}" if figure.ratio and small > 0.0 else ""
    return f"{best}{beside}; {figure.worst} {_shown(figure, last)}{ratio}."


def _pair(figure: _Figure, standing: _Standing) -> tuple[str, str]:
    return standing.side.name, measure(standing.reading.value, figure.unit)


def _shown(figure: _Figure, standing: _Standing) -> str:
    return "{} ({})".format(*_pair(figure, standing))


def _time_apart(first: _Standing, second: _Standing) -> bool:
    return apart(first.reading, second.reading, Pair(first.side, second.side).time_margin)


def _amount_apart(first: _Standing, second: _Standing) -> bool:
    return apart(first.reading, second.reading, MARGIN)


def _recall_apart(first: _Standing, second: _Standing) -> bool:
    both = [(one.reading.value, one.side.summary.answers.n) for one in (first, second)]
    return share_apart(*both)


def _health_apart(first: _Standing, second: _Standing) -> bool:
    return abs(first.reading.value - second.reading.value) > HEALTH_MARGIN


def _latency(side: Side) -> Reading | None:
    found = side.summary.metrics.final_query_latency_ms
    if found.p50 is None or found.n < LEAST_VALUES:
        return None
    error = median_error(found, side.summary.final_query_latency_intervals_ms.get("p50"))
    return side.reading(found.p50, lambda metrics: metrics.final_query_latency_ms.p50, error)


def _memory(side: Side) -> Reading | None:
    value = side.summary.metrics.final_memory_mb
    return None if value is None else side.reading(value, lambda metrics: metrics.final_memory_mb)


def _disk(side: Side) -> Reading | None:
    value = side.summary.metrics.disk_mb
    return None if value is None else side.reading(value, lambda metrics: metrics.disk_mb)


def _store_rate(side: Side) -> Reading | None:
    found = rates(side.summary, final_load(side.summary))
    if len(found) < LEAST_BATCHES:
        return None
    return Reading(median(found), stdev(found) / len(found) ** 0.5)


def _recall(side: Side) -> Reading | None:
    found = side.summary.answers
    return None if found.recall is None or found.n < LEAST_PROBES else Reading(found.recall)


def _health(side: Side) -> Reading | None:
    value = side.summary.metrics.health_score
    return None if value is None else Reading(value)


_FIGURES = (
    _Figure(
        "Search, p50",
        "the median search is shortest in",
        "it is longest in",
        "ms",
        True,
        _latency,
        _time_apart,
        "{} as long",
    ),
    _Figure(
        "Stored",
        "records are stored fastest by",
        "slowest by",
        "records/s",
        False,
        _store_rate,
        _time_apart,
        "{} as slow",
    ),
    _Figure(
        "Memory at the end",
        "the settled memory is least in",
        "it is most in",
        "MiB",
        True,
        _memory,
        _amount_apart,
        "{} as much",
    ),
    _Figure("Disk", "the disk used is least in", "it is most in", "MiB", True, _disk, _amount_apart, "{} as much"),
    _Figure("Recall", "recall is highest in", "it is lowest in", "share", False, _recall, _recall_apart),
    _Figure("Health", "health is best in", "it is worst in", "share", False, _health, _health_apart),
)
