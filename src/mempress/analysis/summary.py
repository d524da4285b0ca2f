"""All that is concluded from one run: the metrics of the contract, and what stands behind them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from mempress.analysis.answers import answers, importance_retention, judged_in, read_held, retained
from mempress.analysis.audits import deletion, readability, reconciliation
from mempress.analysis.detectors import detectors_on_run
from mempress.analysis.errors import errors
from mempress.analysis.facts import facts
from mempress.analysis.faults import faults
from mempress.analysis.forgetting import forgetting
from mempress.analysis.growth import growth
from mempress.analysis.latency import intervals
from mempress.analysis.maintenance import maintenance_events
from mempress.analysis.metrics import loads, memory_mb, regret, weights
from mempress.analysis.noise import noise
from mempress.analysis.observed import observed, read_stretches
from mempress.analysis.recovery import recovery
from mempress.analysis.rows import rows
from mempress.analysis.settling import settling
from mempress.analysis.soak import conclusions
from mempress.analysis.traffic import traffic
from mempress.analysis.trail import judge, read_trail
from mempress.analysis.wellbeing import health_terms, lowest_health
from mempress.analysis.wholeload import over_load
from mempress.journal import read_journal
from mempress.model import Metrics, RunTime, Summary
from mempress.runfiles import RunFiles, read_head

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from mempress.analysis.answers import Held
    from mempress.analysis.trail import Judged, Trail
    from mempress.journal import Event, Status
    from mempress.model import RunHead, Settling


def analyse(directory: Path) -> Summary:
    """Judge a run's directory.

    Raises:
        JournalError: its head or its journal cannot be read.
    """
    files = RunFiles(directory)
    return summarise(read_head(directory), read_journal(files.journal))


def summarise(head: RunHead, events: Iterable[Event]) -> Summary:
    """Judge a run; one whose journal breaks off is interrupted."""
    trail = read_trail(events, head.config)
    case = _Case(head, trail, judge(trail, head.config), read_held(trail), *_status(trail))
    if head.config.soak is not None:
        soaked = conclusions(trail, case.judged, head.config, case.status, case.reason)
        return Summary(**(_identity(case) | _course(case) | _conditions(case) | soaked))
    return Summary(**_identity(case), **_course(case), **_conclusions(case), **_conditions(case))


@dataclass(frozen=True)
class _Case:
    """A run under judgement."""

    head: RunHead
    trail: Trail
    judged: Judged
    held: Held
    status: Status
    reason: str

    @cached_property
    def settling(self) -> Settling | None:
        final = self.trail.final()
        return None if final is None or self.head.config.soak is not None else settling(final.latencies_ms)

    @property
    def saturated(self) -> bool:
        return self.status == "saturated" or self.judged.saturation is not None


def _identity(case: _Case) -> dict[str, Any]:
    """Give which run it is, and of what."""
    head, opened = case.head, case.trail.opened
    return {
        "run": head.run,
        "name": opened[0].name if opened else head.label,
        "system": head.system,
        "repeat": head.repeat,
        "project": head.project,
        "package": head.package,
        "version": opened[0].version if opened else None,
        "capabilities": sorted(case.trail.capabilities),
        "facts": facts(case.trail, head, case.judged, case.settling),
        "workload": head.workload,
    }


def _course(case: _Case) -> dict[str, Any]:
    """Give how the run went and where it ended."""
    trail = case.trail
    return {
        "status": case.status,
        "reason": case.reason,
        "out_of_time": trail.ended is not None and trail.ended.out_of_time,
        "ended_in_phase": trail.ended.phase if trail.ended else trail.phase,
        "ended_at_records": _acknowledged(trail),
        "duration_s": trail.last.t_ns / 1e9 if trail.last else 0.0,
        "time": _time(trail),
        "objective_ms": case.judged.terms.objective_ms,
        "reference_ms": case.judged.reference_ms,
        "samples": rows(trail, case.judged),
        "faults": faults(trail, case.head.config),
        "traffic": traffic(trail, case.head.config),
    }


def _time(trail: Trail) -> RunTime | None:
    """Give where the run's time went; the parts of one that was taken up again add up."""
    if not trail.spent or trail.last is None:
        return None
    return RunTime(
        whole_s=trail.last.t_ns / 1e9,
        system_s=sum(event.system_ns for event in trail.spent) / 1e9,
        waiting_s=sum(event.waiting_ns for event in trail.spent) / 1e9,
    )


def _conclusions(case: _Case) -> dict[str, Any]:
    """Give the metrics, and what stands behind them."""
    trail, judged, held = case.trail, case.judged, case.held
    stretches = read_stretches(trail, judged)
    found = observed(stretches)
    maintained = maintenance_events(trail, judged, found)
    failures = errors(trail, case.status, case.reason)
    known = retained(trail, held)
    answered = answers(trail.final(), case.head.config.limit, held, over_load(trail, known.records))
    metrics = Metrics(
        maintenance_events=len(maintained),
        errors_encountered=sum(entry.count for entry in failures),
        recall_at_k=answered.recall,
        importance_retention=importance_retention(held),
        retention_regret=regret(answered),
        **loads(trail, judged, held, saturated=case.saturated),
        **weights(trail, held),
    )
    return {
        "metrics": metrics,
        "maintenance_events": maintained,
        "detectors": detectors_on_run(trail, stretches, found),
        "settling": case.settling,
        "errors": failures,
        "answers": answered,
        "retained_by": known.by,
        "reconciliation": reconciliation(trail, judged, held, known),
        "forgetting": forgetting(held, judged_in(trail.final())),
        "readability": readability(trail),
        "deletion": deletion(trail),
        "recovery": recovery(trail, judged, case.head.config, saturated=case.saturated),
        "growth": growth(trail, judged, case.head.config),
    }


def _conditions(case: _Case) -> dict[str, Any]:
    """Give the readings that explain the metrics."""
    trail, final = case.trail, case.trail.final()
    return {
        "memory_mb": memory_mb(trail),
        "final_query_latency_intervals_ms": intervals(final.latencies_ms if final is not None else ()),
        "health_components": dict(case.judged.healths[final.index].components) if final is not None else {},
        "health_terms": health_terms(case.judged.terms),
        "lowest_health": lowest_health(trail, case.judged),
        "noise": noise(trail.samples),
        "output_bytes": sum(printed.total_bytes for printed in trail.printed),
        "output_tail": trail.printed[-1].tail if trail.printed else "",
    }


def _status(trail: Trail) -> tuple[Status, str]:
    if trail.ended is not None:
        return trail.ended.status, trail.ended.reason
    where = f"in phase {trail.phase} after {_acknowledged(trail)} acknowledged records"
    return "interrupted", f"the journal breaks off {where}: the harness was stopped"


def _acknowledged(trail: Trail) -> int:
    if trail.soaked:
        return trail.soaked[-1].records
    return sum(len(stored.importance) for stored in trail.stored if stored.error is None)
