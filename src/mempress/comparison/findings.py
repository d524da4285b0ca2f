"""What follows from the figures, in words.

Each sentence comes from a rule and bears its figures; none speaks of what was not measured.
"""

from __future__ import annotations

import math
from collections import Counter
from itertools import combinations
from typing import TYPE_CHECKING

from mempress.analysis.faultwords import fault_findings, losses
from mempress.analysis.noise import is_noisy
from mempress.analysis.settling import settling_in_words
from mempress.analysis.soakwords import soak_ending, soak_findings
from mempress.comparison.apart import final_load
from mempress.comparison.contrast import contrast
from mempress.comparison.standings import standings
from mempress.format import figure, measure, name, plain

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from mempress.model import Answers, Deletion, DetectorOnRun, Forgetting, Summary
    from mempress.model.traffic import Quantiles, TrafficFigures

MOST_IN_PAIRS = 3
_STANDARD_ERRORS = 3.0
_HEALTHY = 0.8
"""From here down a report says what pulled the health down."""
_ENDINGS = {
    "crashed": "crashed",
    "killed_at_limit": "was killed at its memory limit",
    "timed_out": "stopped answering",
    "interrupted": "was interrupted",
}
_VERDICTS = {
    "recovered": "{name} recovered from its saturation",
    "partly": "{name} recovered from its saturation in part",
    "not": "{name} did not recover from its saturation",
    "unknown": "Whether {name} recovered from its saturation is unknown",
}


def findings(
    systems: Mapping[str, Summary],
    *,
    capacity_records: int | None,
    repeats: Mapping[str, Sequence[Summary]],
) -> list[str]:
    """Give the findings on each system, then on all side by side, as plain texts of one line.

    Up to MOST_IN_PAIRS systems are held against each other in pairs; more are ranked for each figure.
    """
    alone = [text for key, summary in systems.items() for text in _alone(key, summary, capacity_records)]
    endings = [text for key, runs in repeats.items() for text in (*_endings(name(key), runs), *losses(name(key), runs))]
    return [*alone, *endings, *_together(systems, repeats)]


def _together(systems: Mapping[str, Summary], repeats: Mapping[str, Sequence[Summary]]) -> Iterator[str]:
    if any(summary.soak is not None for summary in systems.values()):
        return
    if len(systems) > MOST_IN_PAIRS:
        yield from standings(systems, repeats)
        return
    for first, second in combinations(systems, 2):
        yield from contrast(first, systems[first], second, systems[second], repeats)


def ending(key: str, summary: Summary) -> str:
    """Say in a sentence where a run ended, and why."""
    shown, reason = name(key), plain(summary.reason).rstrip(".")
    if summary.soak is not None and summary.samples:
        return f"{soak_ending(shown, summary, summary.soak)}."
    offered, reached = figure(summary.workload.records, "records"), figure(summary.metrics.max_records, "records")
    if summary.status == "unavailable":
        return f"{shown} could not be started: {reason}."
    if summary.status == "completed":
        return f"{shown} completed: it acknowledged {reached} of {offered} records and did not saturate."
    if summary.status == "saturated":
        seen = final_load(summary)
        confirmed = f", confirmed at {seen:,}" if seen > summary.metrics.max_records else ""
        return f"{shown} saturated at {reached} of {offered} records{confirmed}: {reason}."
    if summary.out_of_time:
        return f"{shown} ran out of time at {reached} of {offered} records, alive: {reason}."
    where = f"at {figure(summary.ended_at_records, 'records')} records"
    return f"{shown} {_ENDINGS[summary.status]} {where} (phase {summary.ended_in_phase}): {reason}."


def _alone(key: str, summary: Summary, capacity_records: int | None) -> Iterator[str]:
    yield ending(key, summary)
    if not summary.samples:
        return
    shown = name(key)
    if summary.soak is not None:
        yield from soak_findings(shown, summary, summary.soak)
    else:
        yield from _loaded(shown, summary, capacity_records)
    if summary.settling is not None and summary.settling.judgement == "moving":
        yield f"{shown}: {settling_in_words(summary.settling)}; its final times deserve doubt."
    if is_noisy(summary.noise):
        yield f"{shown} ran on a machine busy with other things: its times deserve doubt (see its conditions)."


def _loaded(shown: str, summary: Summary, capacity_records: int | None) -> Iterator[str]:
    yield from _kept(shown, summary, capacity_records)
    yield from _maintained(shown, summary)
    yield from _detected(shown, summary.detectors)
    yield from _ailed(shown, summary)
    yield from _foreseen(shown, summary)
    yield from _recovered(shown, summary)
    yield from fault_findings(shown, summary)
    if summary.traffic is not None:
        yield _offered(shown, summary.traffic)
    yield from _answered(shown, summary.answers)
    yield from _forgot(shown, summary.forgetting)
    yield from _unfaithful(shown, summary)
    yield from _failed(shown, summary)


def _kept(shown: str, summary: Summary, capacity: int | None) -> Iterator[str]:
    held, acknowledged = summary.metrics.retained_records, final_load(summary)
    if held is None or not acknowledged:
        return
    if summary.traffic is not None and summary.traffic.deleted:
        acknowledged -= summary.traffic.deleted
        yield f"{shown} was told to delete {summary.traffic.deleted:,} records; they are not counted below."
    about = "about " if (summary.retained_by or "").startswith("estimate") else ""
    count, of, limit = f"{about}{held:,}", f"{acknowledged:,}", f"{capacity or 0:,}"
    bounded = "bounded" in summary.capabilities and capacity is not None
    if held > acknowledged:
        yield f"{shown} holds {count} records, more than the {of} that it acknowledged."
    elif bounded and capacity is not None and acknowledged > capacity:
        relation = f"; its capacity is {limit}{', which it exceeds' if held > capacity else ''}"
        yield f"{shown} kept {count} of {of} records{', its capacity' if held == capacity else relation}."
    elif held < acknowledged:
        yield f"{shown} holds {count} of the {of} records that it acknowledged; {acknowledged - held:,} are gone."
    else:
        unbounded = ": it has no capacity setting" if capacity is not None and not bounded else ""
        yield f"{shown} holds all {of} records that it acknowledged{unbounded}."


def _maintained(shown: str, summary: Summary) -> Iterator[str]:
    origins = Counter(event.origin for event in summary.maintenance_events)
    if not origins:
        yield f"No maintenance of {shown} was observed, reported or requested."
        return
    words = {
        "reported": "reported by the system itself",
        "requested": "requested by the harness",
        "observed": "inferred from measurements alone",
    }
    parts = ", ".join(f"{origins[origin]:,} {text}" for origin, text in words.items() if origins[origin])  # type: ignore[index] # the keys are origins
    total = origins.total()
    yield f"{shown} had {total:,} maintenance {_plural('event', total)}: {parts}."


def _detected(shown: str, detectors: DetectorOnRun | None) -> Iterator[str]:
    if detectors is None or not (detectors.statistical.known or detectors.statistical.found):
        return
    score = detectors.statistical
    source, other = ("testifies to", "does") if detectors.truth == "testimony" else ("is scripted for", "is")
    small = f" (and at {detectors.too_small:,} samples to what is too small to be seen)" if detectors.too_small else ""
    yield (
        f"The detector found {score.matched:,} of the {score.known:,} {_plural('event', score.known)} that {shown} "
        f"{source}{small}, and {score.found - score.matched:,} that it {other} not: precision "
        f"{figure(score.precision, 'share')}, recall {figure(score.recall, 'share')}."
    )


def _ailed(shown: str, summary: Summary) -> Iterator[str]:
    """Tell what pulled the health down where it was low."""
    lowest = summary.lowest_health
    if lowest is not None and lowest.score < _HEALTHY:
        yield f"Health of {shown}: {plain(lowest.words[:1].lower() + lowest.words[1:])}"


def _foreseen(shown: str, summary: Summary) -> Iterator[str]:
    """Tell what the first third of the load foretold of each objective that it concerns."""
    for law in (summary.growth or {}).values():
        found = law.foresight if law is not None else None
        if found is None or not found.words:
            continue
        within = found.crossing_foreseen is not None and found.crossing_foreseen <= found.at_records
        if within or found.crossing_measured is not None:
            yield f"From the first {found.from_records:,} records of {shown}: {plain(found.words)}."


def _recovered(shown: str, summary: Summary) -> Iterator[str]:
    if summary.recovery is not None:
        yield f"{_VERDICTS[summary.recovery.verdict].format(name=shown)}: {plain(summary.recovery.reason).rstrip('.')}."


def _offered(shown: str, traffic: TrafficFigures) -> str:
    """Say whether the traffic was kept up with, and how long a search took under it."""
    words, service = traffic.asked.words, _took(traffic.service_ms)
    if traffic.asked.rate is None:
        return f"In {words} {shown} did {figure(traffic.achieved_per_second)} operations/s; a search took {service}."
    if traffic.response_ms is None:
        verb = "did not sustain" if traffic.sustained is False else "may not have sustained"
        return f"{shown} {verb} {words}: {traffic.sustained_words}; a response time would be that of the run's length."
    response = _took(traffic.response_ms)
    return f"{shown} sustained {words}; a search took {response} from when it was due, the call alone {service}."


def _took(times: Mapping[str, Quantiles]) -> str:
    """Give the median of the searches' times and the highest percentile that is known."""
    search = times.get("search")
    if search is None:
        return "no time: none was offered"
    named = (("99.9th", search.p999), ("99th", search.p99), ("95th", search.p95))
    high = next((f" and {measure(value, 'ms')} at the {label} percentile" for label, value in named if value), "")
    return f"{measure(search.p50, 'ms')} at the median{high}"


def _answered(shown: str, answers: Answers) -> Iterator[str]:
    if answers.recall is None or not answers.n:
        return
    held, random = answers.held_share, answers.held_share_random
    yield f"{shown} has a recall at {answers.k} of {figure(answers.recall, 'share')} over {answers.n:,} final probes."
    if held is not None and random is not None and random < 1.0:
        yield _against_other_choices(shown, answers, held, random)


def _against_other_choices(shown: str, answers: Answers, held: float, random: float) -> str:
    error = math.sqrt(max(random * (1.0 - random), 1.0 / answers.n) / answers.n)
    told = abs(held - random) > _STANDARD_ERRORS * error
    relation = ("more than" if held > random else "fewer than") if told else "no more or fewer, beyond noise, than"
    others = {
        "first in, first out": answers.held_share_fifo,
        "the most important records": answers.held_share_importance,
        "the best choice, at most,": answers.held_share_oracle,
    }
    rest = "".join(f"; {label} {figure(value, 'share')}" for label, value in others.items() if value is not None)
    return (
        f"The records that {shown} kept hold {figure(held, 'share')} of the answers, {relation} as many chosen at "
        f"random: {figure(random, 'share')}{rest}."
    )


def _forgot(shown: str, forgetting: Forgetting | None) -> Iterator[str]:
    if forgetting is None or forgetting.by_importance is None or not forgetting.dropped:
        return
    chosen, random = (figure(value, "share") for value in (forgetting.by_use, forgetting.by_use_of_random))
    by_use = f"; by the final probes {chosen} and {random}" if forgetting.by_use is not None else ""
    yield (
        f"Of the {forgetting.dropped:,} records that {shown} dropped, {figure(forgetting.by_importance, 'share')} "
        f"deserved it by importance, of as many random ones {figure(forgetting.by_importance_of_random, 'share')}"
        f"{by_use}."
    )


def _unfaithful(shown: str, summary: Summary) -> Iterator[str]:
    """Tell of records that are held and not found, deleted and there again, stored and not to be read."""
    found, readable = summary.reconciliation.retrievable, summary.readability
    if found is not None and found.high < 1.0 and summary.reconciliation.retrievable_of == "held":
        yield (
            f"A search for its own text finds {figure(found.share, 'share')} ({figure(found.low, 'share')} to "
            f"{figure(found.high, 'share')}) of the records that {shown} holds (n={found.n:,})."
        )
    if readable is not None and readable.missed:
        yield (
            f"After {readable.missed:,} of {readable.n:,} stores {shown} did not give a record within "
            f"{readable.within_s:g} s."
        )
    if summary.deletion is not None:
        yield from _came_back(shown, summary.deletion)


def _came_back(shown: str, deletion: Deletion) -> Iterator[str]:
    for look in deletion.looks:
        if look.came_back:
            when = "after a restart" if look.moment == "after_restart" else "right after"
            yield f"{look.came_back:,} of {deletion.deleted:,} records deleted from {shown} were there again {when}."


def _failed(shown: str, summary: Summary) -> Iterator[str]:
    count = summary.metrics.errors_encountered
    if count:
        first = summary.errors[0] if summary.errors else None
        what = f", the first in {plain(first.operation, 40)} at {first.records:,} records" if first else ""
        yield f"{shown} had {count:,} {_plural('error', count)}{what}."


def _endings(shown: str, runs: Sequence[Summary]) -> Iterator[str]:
    statuses = Counter(run.status for run in runs)
    if len(statuses) > 1:
        parts = ", ".join(f"{status} {count}" for status, count in statuses.items())
        yield f"The {len(runs)} runs of {shown} ended differently: {parts}."


def _plural(noun: str, count: int) -> str:
    return noun if count == 1 else f"{noun}s"
