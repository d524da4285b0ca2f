"""Two systems against each other: at the same load or not at all, and no winner within the noise.

A difference counts where the larger value is at least ``MARGIN`` times the smaller and, with three runs or more of
each, the 95% interval of the difference between their runs leaves out 0; with two, the ranges of the runs do not
overlap. One run tells nothing of the noise between runs: there the two must be further apart than three standard errors
of the values within them, and times by ``SINGLE_RUN_MARGIN``. ``NOISY_MARGIN`` is for times that were taken on a
machine busy with other things.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from statistics import median, stdev
from typing import TYPE_CHECKING

from mempress.analysis.noise import is_noisy
from mempress.format import figure, measure, name, times
from mempress.stats import difference

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from mempress.model import Latency, Metrics, SampleRow, Summary
    from mempress.model.traffic import Interval
    from mempress.stats import Difference

MARGIN = 1.25
SINGLE_RUN_MARGIN = 2.0
"""For times of one run each: medians of single runs of one system have been seen up to 2.0 times apart."""
NOISY_MARGIN = 3.0
HEALTH_MARGIN = 0.1
LEAST_VALUES = 20
LEAST_BATCHES = 5
LEAST_PROBES = 30
_STANDARD_ERRORS = 3.0
_MEDIAN_ERROR = 1.2533
"""The standard error of a median over that of a mean, for normal values."""
_P95_IN_SIGMA = 1.645
_INTERVAL_IN_SIGMA = 2 * 1.96
_LEAST_RUNS = 3
"""From so many runs of each on, the interval between runs decides."""


@dataclass(frozen=True, slots=True)
class Reading:
    """A value and what is known of its noise: its standard error, and the same figure in each run."""

    value: float
    error: float = 0.0
    runs: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two: its shown name, its summary, and the metrics of all its runs."""

    name: str
    summary: Summary
    runs: tuple[Metrics, ...]

    def reading(self, value: float, read: Callable[[Metrics], float | None], error: float = 0.0) -> Reading:
        """Give a figure of the final load with its values in all runs."""
        known = [found for run in self.runs if (found := read(run)) is not None]
        return Reading(value, error, tuple(known))


@dataclass(frozen=True, slots=True)
class Claim:
    """What a sentence says: an opening, two readings, how the larger one stands to the other, and notes."""

    opening: str
    unit: str
    readings: tuple[Reading, Reading]
    relation: str
    notes: str = ""
    margin: float = MARGIN


@dataclass(frozen=True, slots=True)
class Pair:
    """The two systems, in the order in which the user named them."""

    a: Side
    b: Side

    def values(self, opening: str, unit: str, values: tuple[float, float]) -> str:
        """Give both values in words."""
        first, second = (measure(value, unit) for value in values)
        return f"{opening} {first} in {self.a.name} and {second} in {self.b.name}"

    def sentence(self, claim: Claim) -> str:
        """Give both values, and by how much the larger exceeds the other, or that they do not differ beyond noise."""
        first, second = claim.readings
        text = self.values(claim.opening, claim.unit, (first.value, second.value)) + claim.notes
        runs = _runs_in_words(first, second, claim.unit)
        if not apart(first, second, claim.margin):
            return f"{text}: no difference beyond noise{runs}."
        small, large = sorted((first.value, second.value))
        larger = self.a if first.value > second.value else self.b
        if small <= 0.0:
            return f"{text}{runs}."
        return f"{text}: {claim.relation.format(larger.name, times(large / small))}{runs}."

    @property
    def time_margin(self) -> float:
        """By how much times must differ to count."""
        if any(is_noisy(side.summary.noise) for side in (self.a, self.b)):
            return NOISY_MARGIN
        return MARGIN if min(len(self.a.runs), len(self.b.runs)) > 1 else SINGLE_RUN_MARGIN

    def held(self, first: int | None, second: int | None) -> str:
        """Give how many records each held, where that differs."""
        if first is None or second is None or first == second:
            return ""
        return f", with {first:,} records held in {self.a.name} and {second:,} in {self.b.name}"


def final_load(summary: Summary) -> int:
    """Give the records acknowledged when the final figures were measured."""
    loads = [row.records for row in summary.samples if row.phase == "load"]
    return loads[-1] if loads else 0


def apart(first: Reading, second: Reading, margin: float = MARGIN) -> bool:
    """Tell whether two positive readings differ by more than noise."""
    small, large = sorted((first.value, second.value))
    if large <= 0.0 or large < margin * small:
        return False
    found = between_runs(first.runs, second.runs)
    if found is not None:
        return found.verdict == "different" and (found.estimate or 0.0) * (first.value - second.value) > 0.0
    if min(len(first.runs), len(second.runs)) > 1:
        return max(first.runs) < min(second.runs) or max(second.runs) < min(first.runs)
    return large - small > _STANDARD_ERRORS * math.hypot(first.error, second.error)


def between_runs(first: Sequence[float], second: Sequence[float]) -> Difference | None:
    """Give first less second with its interval, from the figures of their runs; None: under three runs of either.

    What the values within a run scatter by is in what the runs' figures scatter by.
    """
    if min(len(first), len(second)) < _LEAST_RUNS:
        return None
    return difference([[value] for value in second], [[value] for value in first], "mean")


def _runs_in_words(first: Reading, second: Reading, unit: str) -> str:
    found = between_runs(first.runs, second.runs)
    if found is None or found.low is None or found.high is None:
        return ""
    low, high = (measure(abs(value), unit) for value in sorted((found.low, found.high), key=abs))
    between = f"{low} to {high}" if found.low * found.high > 0.0 else f"up to {high} either way"
    return (
        f" (of {len(first.runs)} and {len(second.runs)} runs the means are {between} apart at 95%; Cliff's delta "
        f"{found.effect_size or 0.0:+.2f})"
    )


def contrast(
    first_key: str, first: Summary, second_key: str, second: Summary, repeats: Mapping[str, Sequence[Summary]]
) -> Iterator[str]:
    """Give what can be said of two systems side by side, in sentences."""
    a = Side(name(first_key), first, tuple(run.metrics for run in repeats.get(first_key, ())))
    b = Side(name(second_key), second, tuple(run.metrics for run in repeats.get(second_key, ())))
    if first.workload.sha256 != second.workload.sha256:
        yield f"{a.name} and {b.name} were given different workloads: no figure of one is compared with the other's."
        return
    if not (first.samples and second.samples):
        return
    pair = Pair(a, b)
    yield from _objectives(pair)
    if final_load(first) == final_load(second):
        yield from _at_the_final_load(pair, final_load(first))
    else:
        yield from _at_a_common_load(pair)


def _objectives(pair: Pair) -> Iterator[str]:
    first, second = pair.a.summary.objective_ms, pair.b.summary.objective_ms
    if first is not None and second is not None and figure(first, "ms") != figure(second, "ms"):
        opening = "Saturation means another latency in each: the objective for the p95 of a search is"
        yield f"{pair.values(opening, 'ms', (first, second))}."


def _at_the_final_load(pair: Pair, load: int) -> Iterator[str]:
    first, second = pair.a.summary.metrics, pair.b.summary.metrics
    yield from _final_latency(pair, load)
    if first.final_memory_mb is not None and second.final_memory_mb is not None:
        readings = (
            pair.a.reading(first.final_memory_mb, lambda m: m.final_memory_mb),
            pair.b.reading(second.final_memory_mb, lambda m: m.final_memory_mb),
        )
        held = pair.held(first.retained_records, second.retained_records)
        opening = f"At {load:,} records the settled memory is"
        yield pair.sentence(Claim(opening, "MiB", readings, "{} takes {} as much", held))
    yield from _store_rate(pair, load)
    answered = pair.a.summary.answers, pair.b.summary.answers
    yield from _recall(pair, load, *((found.recall, found.n) for found in answered))
    yield from _health(pair, load)


def _at_a_common_load(pair: Pair) -> Iterator[str]:
    yield (
        f"{pair.a.name} was last measured at {final_load(pair.a.summary):,} records and {pair.b.name} at "
        f"{final_load(pair.b.summary):,}: their final figures are not at the same load and are not compared."
    )
    first, second = _batches(pair.a.summary), _batches(pair.b.summary)
    load = max(set(first) & set(second), default=None)
    if load is None:
        yield f"There is no load at which both {pair.a.name} and {pair.b.name} were measured."
        return
    one, other = first[load], second[load]
    intervals = one.latency_p50_interval_ms, other.latency_p50_interval_ms
    yield from _latency(pair, load, (one.latency_ms, other.latency_ms), intervals)
    if one.memory_mb is not None and other.memory_mb is not None:
        readings = (Reading(one.memory_mb), Reading(other.memory_mb))
        opening = f"At {load:,} records the memory, not settled, is"
        yield pair.sentence(Claim(opening, "MiB", readings, "{} takes {} as much", pair.held(one.held, other.held)))
    yield from _store_rate(pair, load)
    yield from _recall(pair, load, (one.recall, one.recall_n), (other.recall, other.recall_n))


def _batches(summary: Summary) -> dict[int, SampleRow]:
    return {row.records: row for row in summary.samples if row.phase == "load" and row.mark == "batch"}


def _final_latency(pair: Pair, load: int) -> Iterator[str]:
    both = (pair.a.summary.metrics.final_query_latency_ms, pair.b.summary.metrics.final_query_latency_ms)
    yield from _latency(pair, load, both, (_final_interval(pair.a), _final_interval(pair.b)), final=True)


def _final_interval(side: Side) -> Interval | None:
    return side.summary.final_query_latency_intervals_ms.get("p50")


def _latency(
    pair: Pair,
    load: int,
    both: tuple[Latency, Latency],
    intervals: tuple[Interval | None, Interval | None],
    *,
    final: bool = False,
) -> Iterator[str]:
    first, second = both
    if first.p50 is None or second.p50 is None:
        return
    opening, notes = f"At {load:,} records the median search takes", f" (n={first.n:,} and {second.n:,})"
    if min(first.n, second.n) < LEAST_VALUES:
        yield f"{pair.values(opening, 'ms', (first.p50, second.p50))}{notes}: too few values to tell them apart."
        return
    errors = [median_error(latency, interval) for latency, interval in zip(both, intervals, strict=True)]
    one, other = Reading(first.p50, errors[0]), Reading(second.p50, errors[1])
    if final:
        one = pair.a.reading(one.value, lambda m: m.final_query_latency_ms.p50, one.error)
        other = pair.b.reading(other.value, lambda m: m.final_query_latency_ms.p50, other.error)
    yield pair.sentence(Claim(opening, "ms", (one, other), "{} takes {} as long", notes, pair.time_margin))


def median_error(latency: Latency, interval: Interval | None) -> float:
    """Give the standard error of a median from its 95% interval; without one from p95, as if values were normal."""
    if interval is not None:
        return (interval[1] - interval[0]) / _INTERVAL_IN_SIGMA
    if latency.p50 is None or latency.p95 is None:
        return 0.0
    return _MEDIAN_ERROR * (latency.p95 - latency.p50) / _P95_IN_SIGMA / math.sqrt(latency.n)


def _store_rate(pair: Pair, load: int) -> Iterator[str]:
    both = [rates(side.summary, load) for side in (pair.a, pair.b)]
    if min(map(len, both)) < LEAST_BATCHES:
        return
    first, second = (Reading(median(found), _MEDIAN_ERROR * stdev(found) / math.sqrt(len(found))) for found in both)
    batches = f" (medians of {len(both[0])} and {len(both[1])} batches)"
    opening = f"Up to {load:,} records the store rate is"
    relation = "{} stores {} as many"
    yield pair.sentence(Claim(opening, "records/s", (first, second), relation, batches, pair.time_margin))


def rates(summary: Summary, load: int) -> list[float]:
    """Give the store rates of the batches up to a load, in records per second."""
    return [row.store_rate for row in _batches(summary).values() if row.records <= load and row.store_rate is not None]


def _recall(pair: Pair, load: int, *shares: tuple[float | None, int]) -> Iterator[str]:
    """Compare the recall of both, each with its number of probes."""
    (first, first_n), (second, second_n) = shares
    if first is None or second is None or min(first_n, second_n) < LEAST_PROBES:
        return
    better = pair.a if first > second else pair.b
    told = share_apart((first, first_n), (second, second_n))
    words = f"{better.name} answers more" if told else "no difference beyond noise"
    values = pair.values(f"At {load:,} records recall is", "share", (first, second))
    yield f"{values} (n={first_n:,} and {second_n:,}): {words}."


def share_apart(first: tuple[float, int], second: tuple[float, int]) -> bool:
    """Tell whether two shares, each with its number of probes, differ by more than noise."""
    error = math.hypot(_share_error(*first), _share_error(*second))
    return abs(first[0] - second[0]) > _STANDARD_ERRORS * error


def _share_error(share: float, n: int) -> float:
    """Give the standard error of a share of n; never that of certainty, which n values cannot show."""
    return math.sqrt(max(share * (1.0 - share), 1.0 / n) / n)


def _health(pair: Pair, load: int) -> Iterator[str]:
    first, second = pair.a.summary.metrics.health_score, pair.b.summary.metrics.health_score
    if first is None or second is None:
        return
    better = pair.a if first > second else pair.b
    told = f"{better.name} is in better health" if abs(first - second) > HEALTH_MARGIN else "no difference that counts"
    yield f"{pair.values(f'At {load:,} records health is', 'share', (first, second))}: {told}."
