"""Two systems against each other, in sentences: at the same load or not at all, and no winner within the noise."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from mempress.comparison.apart import (
    LEAST_PROBES,
    LEAST_VALUES,
    MARGIN,
    Reading,
    Side,
    apart,
    batches,
    between_runs,
    final_load,
    health_apart,
    median_error,
    median_rate,
    share_apart,
    time_margin,
)
from mempress.format import figure, measure, name, times

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from mempress.model import Latency, Summary
    from mempress.model.traffic import Interval


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

    def held(self, first: int | None, second: int | None) -> str:
        """Give how many records each held, where that differs."""
        if first is None or second is None or first == second:
            return ""
        return f", with {first:,} records held in {self.a.name} and {second:,} in {self.b.name}"


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
    first, second = batches(pair.a.summary), batches(pair.b.summary)
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
    yield pair.sentence(Claim(opening, "ms", (one, other), "{} takes {} as long", notes, time_margin(pair.a, pair.b)))


def _store_rate(pair: Pair, load: int) -> Iterator[str]:
    first, second = (median_rate(side.summary, load) for side in (pair.a, pair.b))
    if first is None or second is None:
        return
    of = f" (medians of {first[1]} and {second[1]} batches)"
    opening = f"Up to {load:,} records the store rate is"
    relation = "{} stores {} as many"
    yield pair.sentence(Claim(opening, "records/s", (first[0], second[0]), relation, of, time_margin(pair.a, pair.b)))


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


def _health(pair: Pair, load: int) -> Iterator[str]:
    first, second = pair.a.summary.metrics.health_score, pair.b.summary.metrics.health_score
    if first is None or second is None:
        return
    better = pair.a if first > second else pair.b
    told = f"{better.name} is in better health" if health_apart(first, second) else "no difference that counts"
    yield f"{pair.values(f'At {load:,} records health is', 'share', (first, second))}: {told}."
