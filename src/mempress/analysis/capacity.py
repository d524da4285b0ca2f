"""Whether a run took all that it was offered, and what several searches for the edge say together."""

from __future__ import annotations

import math
from dataclasses import dataclass
from statistics import median
from typing import TYPE_CHECKING

from mempress.format import measure
from mempress.model import DIED
from mempress.model.capacity import CapacityProbe, CapacityTrial

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mempress.model import RunHead, SampleRow, Summary
    from mempress.model.capacity import Outcome, Question

_MIB = 1 << 20
_EXACT = frozenset({"get on all ids", "count"})
"""How a number of records held is known where it is no estimate."""


def judge_probe(head: RunHead, summary: Summary, question: Question) -> CapacityProbe:
    """Judge one run; for the question of memory it must also hold every record, where that is known exactly."""
    why_not = _failure(head, summary)
    if why_not is None and question == "memory":
        why_not = _missing(head, summary)
    final, exact = _final(summary), summary.retained_by in _EXACT
    return CapacityProbe(
        run=head.run,
        records=head.workload.records,
        memory_limit_bytes=head.config.memory_limit_bytes,
        batch_size=head.config.batch_size,
        workload_sha256=head.workload.sha256,
        status=summary.status,
        taken=why_not is None,
        why_not=why_not,
        acknowledged=summary.ended_at_records,
        held=summary.metrics.retained_records if exact else None,
        held_estimate=None if exact else summary.metrics.retained_records,
        held_by=summary.retained_by,
        peak_memory_mb=summary.metrics.peak_memory_mb,
        p95_ms=None if final is None else final.latency_ms.p95,
        searches=0 if final is None else final.latency_ms.n,
        duration_s=summary.duration_s,
    )


def _failure(head: RunHead, summary: Summary) -> str | None:
    """Say why a run does not count as taken; None where it does."""
    offered = head.workload.records
    if summary.status in DIED or summary.status == "interrupted":
        return summary.reason
    if summary.ended_at_records < offered:
        refusals = [entry.message for entry in summary.errors if entry.operation == "store"]
        return f"store refused at {summary.ended_at_records:,} of {offered:,} records: {(refusals or ['?'])[-1]}"
    final = _final(summary)
    if final is None or final.latency_ms.p95 is None:
        return "no search returned after the last record"
    if final.errors:
        return f"{final.errors:,} calls raised after the last record"
    objective = head.config.objective_ms
    if objective is not None and final.latency_ms.p95 > objective:
        return f"search p95 {measure(final.latency_ms.p95, 'ms')}, over the objective of {measure(objective, 'ms')}"
    return None


def _missing(head: RunHead, summary: Summary) -> str | None:
    """Say that records are missing; a number of records held that is estimated is none to judge by."""
    held, offered = summary.metrics.retained_records, head.workload.records
    if held is None or summary.retained_by not in _EXACT or held >= offered:
        return None
    return f"{held:,} of {offered:,} records were held at the end"


def _final(summary: Summary) -> SampleRow | None:
    return next((row for row in reversed(summary.samples) if row.mark == "final"), None)


def conclude_trial(trial: int, question: Question, probes: Sequence[CapacityProbe]) -> CapacityTrial:
    """Conclude one search for the edge from its runs."""
    best, failed = _edge(probes) if question == "records" else _edge_of_memory(probes)
    outcome: Outcome = "never"
    if best is not None:
        outcome = "edge" if failed is not None else "at_least" if _held(best) >= best.records else "keeps_within"
    return CapacityTrial(
        trial=trial,
        outcome=outcome,
        figure=None if best is None else _held(best) if question == "records" else best.memory_limit_bytes,
        records_offered=None if best is None else best.records,
        records_held=None if best is None else best.held,
        fails_at=None if failed is None else _failed_at(question, best, failed),
        bound_by=None if failed is None else failed.why_not,
        probes=list(probes),
    )


def _held(probe: CapacityProbe) -> int:
    """Give what is counted as taken: the records held; where that is not known, those acknowledged."""
    return probe.acknowledged if probe.held is None else probe.held


def _edge(probes: Sequence[CapacityProbe]) -> tuple[CapacityProbe | None, CapacityProbe | None]:
    """Give the run that took most, and of those that took less than offered the one that failed nearest above it."""
    best = max((probe for probe in probes if probe.taken), key=lambda probe: probe.records, default=None)
    failed = [probe for probe in probes if not probe.taken and (best is None or probe.records > best.records)]
    return best, min(failed, key=lambda probe: _lost_at(best, probe), default=None)


def _edge_of_memory(probes: Sequence[CapacityProbe]) -> tuple[CapacityProbe | None, CapacityProbe | None]:
    """Give the run that was taken under the least limit, and the one that failed nearest below it."""
    best = min((probe for probe in probes if probe.taken), key=_limit, default=None)
    failed = [probe for probe in probes if not probe.taken and (best is None or _limit(probe) < _limit(best))]
    return best, max(failed, key=_limit, default=None)


def _failed_at(question: Question, best: CapacityProbe | None, failed: CapacityProbe) -> int | None:
    return _lost_at(best, failed) if question == "records" else failed.memory_limit_bytes


def _lost_at(best: CapacityProbe | None, failed: CapacityProbe) -> int:
    """Give the load at which a run failed: within the batch after its last acknowledged one, if none took that much."""
    early = failed.acknowledged + failed.batch_size
    return failed.records if best is not None and early <= best.records else min(early, failed.records)


def _limit(probe: CapacityProbe) -> float:
    return math.inf if probe.memory_limit_bytes is None else probe.memory_limit_bytes


@dataclass(frozen=True, slots=True)
class Together:
    """What several trials say: the middle, the ends and the spread of their figures, and a sentence."""

    outcome: Outcome
    median: float | None
    low: int | None
    high: int | None
    spread: float | None
    words: str


def together(label: str, question: Question, trials: Sequence[CapacityTrial]) -> Together:
    """Put trials together; the outcome is that of the first, and figures are those of the trials that have one.

    Raises:
        ValueError: there is no trial.
    """
    if not trials:
        raise ValueError("no trial")
    figures = [trial.figure for trial in trials if trial.figure is not None]
    middle = median(figures) if figures else None
    return Together(
        outcome=trials[0].outcome,
        median=middle,
        low=min(figures, default=None),
        high=max(figures, default=None),
        spread=(max(figures) - min(figures)) / middle if middle else None,
        words=_words(label, question, trials, figures),
    )


def _words(label: str, question: Question, trials: Sequence[CapacityTrial], figures: Sequence[int]) -> str:
    first = trials[0]
    if first.outcome == "never":
        return f"{label} never takes what was asked: {first.bound_by}"
    offered, held = first.records_offered or 0, first.records_held
    if first.outcome == "keeps_within":
        return f"{label} keeps within the limit: {held:,} records held of {offered:,} offered, and no end was reached"
    if first.outcome == "at_least" and question == "records":
        known = "" if held is not None else " (acknowledged: what it holds cannot be counted)"
        return f"{label} takes at least {first.figure:,} records{known}: the limit was not reached"
    found = f"{label} {'takes' if question == 'records' else 'needs'} {_shown(question, median(figures))}"
    forgets = question == "records" and held is not None and held < offered
    kept = f", held of {offered:,} offered" if forgets else ""
    ends = [_shown(question, figure).split()[0] for figure in (min(figures), max(figures))]
    many = "one trial" if len(trials) == 1 else f"{len(trials)} trials, {ends[0]} to {ends[1]}"
    return f"{found}{kept} ({many}); {'beyond' if question == 'records' else 'below'} that: {first.bound_by}"


def _shown(question: Question, figure: float) -> str:
    return f"{figure:,.0f} records" if question == "records" else measure(figure / _MIB, "MiB")
