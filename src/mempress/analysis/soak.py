"""What a soak shows: whether memory, disk, latency or health moved while as many records were held all the time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from mempress.analysis.answers import Known, answers, nothing_held
from mempress.analysis.audits import reconciliation
from mempress.analysis.errors import errors
from mempress.analysis.latency import latency_of_counts, store_rate
from mempress.analysis.maintenance import maintenance_events
from mempress.analysis.metrics import weights
from mempress.analysis.trends import Course, in_words, trends
from mempress.histogram import Histogram, merged
from mempress.model import Metrics, Soak
from mempress.soaking import hold_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mempress.analysis.answers import Held
    from mempress.analysis.trail import Judged, Trail
    from mempress.config import RunConfig
    from mempress.journal import Soaked, Status
    from mempress.model import Answers
    from mempress.soaking import SoakTerms

_MIB = 1 << 20
_LAST_SHARE = 10
"""Final figures are those of the last tenth of the stretches."""


def conclusions(trail: Trail, judged: Judged, config: RunConfig, status: Status, reason: str) -> dict[str, Any]:
    """Give the parts of a summary that a soak fills in its own way; what it cannot have is None."""
    terms = config.soak
    if terms is None:
        raise ValueError("the run is no soak")
    failures, maintained = errors(trail, status, reason), maintenance_events(trail, judged, {})
    nothing = nothing_held()
    known, answered = _held(trail), _answers(trail, config, nothing)
    final = trail.final()
    metrics = Metrics(
        max_records=_totals(trail)[0],
        final_query_latency_ms=latency_of_counts(
            merged(Histogram(dict(event.searches.buckets)) for event in _last(trail))
        ),
        store_records_per_second=store_rate([sample for sample in trail.load() if sample.stored]),
        health_score=judged.healths[final.index].score if final is not None else None,
        reported_health=final.reported_health if final is not None else None,
        maintenance_events=len(maintained),
        errors_encountered=sum(entry.count for entry in failures),
        recall_at_k=answered.recall,
        importance_retention=None,
        retention_regret=None,
        saturated_at_records=_totals(trail)[0] if status == "saturated" else None,
        **weights(trail, nothing) | {"retained_records": known.records},
    )
    records, offered = _totals(trail)
    return {
        "metrics": metrics,
        "maintenance_events": maintained,
        "detectors": None,
        "errors": failures,
        "answers": answered,
        "retained_by": known.by,
        "reconciliation": msgspec.structs.replace(
            reconciliation(trail, judged, nothing, known), acknowledged=records, refused=offered - records
        ),
        "forgetting": None,
        "readability": None,
        "deletion": None,
        "recovery": None,
        "growth": None,
        "ended_at_records": records,
        "soak": soak(trail, judged, terms),
    }


def soak(trail: Trail, judged: Judged, terms: SoakTerms) -> Soak:
    """Give what the soak proper showed."""
    course = Course(trail, judged)
    found = trends(course)
    warmed = [trend.steady_from_s for trend in found if trend.figure != "harness_memory" and trend.level is not None]
    asked = trail.reconciled[0] if trail.reconciled else None
    memory = found[0].judgement
    return Soak(
        verdict="leaks" if memory == "rises" else memory,
        words=[in_words(trend) for trend in found],
        hold=hold_of(terms, trail.capabilities),
        order=terms.order,
        live_records=terms.live_records,
        seconds=course.seconds,
        trends=found,
        steady_from_s=None if None in warmed else max((at for at in warmed if at is not None), default=None),
        objective_broken_at_s=_broken_at_s(course),
        stored=sum(event.stored for event in trail.soaked),
        deleted=trail.soaked[-1].deleted if trail.soaked else 0,
        searches=sum(event.searches.n for event in trail.soaked),
        ghosts=sum(event.ghosts for event in trail.soaked),
        missing=sum(event.missing for event in trail.soaked),
        live=None if asked is None else asked.live,
        found=None if asked is None else asked.found,
        altered=None if asked is None else asked.altered,
        came_back=None if asked is None else asked.came_back,
        harness_mb=trail.soaked[-1].harness_rss_bytes / _MIB if trail.soaked else None,
    )


def _broken_at_s(course: Course) -> float | None:
    saturation = course.judged.saturation
    if saturation is None:
        return None
    sample = next(sample for sample in course.trail.samples if sample.index == saturation.index)
    return course.minute_of(sample.t_ns) * 60.0


def _totals(trail: Trail) -> tuple[int, int]:
    """Give the records acknowledged and offered in all; of a system that died, acknowledged to the last."""
    records, offered = (trail.soaked[-1].records, trail.soaked[-1].offered) if trail.soaked else (0, 0)
    acknowledged = records if trail.ended is None else max(records, trail.ended.records)
    return acknowledged, max(offered, acknowledged)


def _last(trail: Trail) -> Sequence[Soaked]:
    """Give the stretches that stand for the end."""
    return trail.soaked[-max(1, len(trail.soaked) // _LAST_SHARE) :]


def _held(trail: Trail) -> Known:
    """Give how many records are held at the end: by ``get`` on those that should be, else by ``count``."""
    if trail.reconciled:
        return Known(trail.reconciled[0].found, "get on all live ids")
    final = trail.final()
    return Known(None, None) if final is None or final.held is None else Known(final.held, "count")


def _answers(trail: Trail, config: RunConfig, nothing: Held) -> Answers:
    """Give the recall of the soak's searches whose answer was live, of all: what can be asked changes over a cycle."""
    soaked = [event for event in trail.soaked if event.mark == "soak"] or trail.soaked
    judged = sum(event.judged for event in soaked)
    found = sum(event.recall for event in soaked)
    return msgspec.structs.replace(
        answers(None, config.limit, nothing), n=judged, recall=found / judged if judged else None
    )
