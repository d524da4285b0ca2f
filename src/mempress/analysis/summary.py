"""All that is concluded from one run: the metrics of the contract, and what stands behind them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mempress.analysis.answers import answers, importance_retention, read_held, retained
from mempress.analysis.errors import errors
from mempress.analysis.facts import facts
from mempress.analysis.growth import growth
from mempress.analysis.latency import latency
from mempress.analysis.maintenance import maintenance_events
from mempress.analysis.metrics import loads, memory_mb, pss_mb, regret, weights
from mempress.analysis.noise import noise
from mempress.analysis.recovery import recovery
from mempress.analysis.trail import judge, read_trail
from mempress.journal import read_journal
from mempress.model import Metrics, SampleRow, Summary
from mempress.runfiles import RunFiles, read_head

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from mempress.analysis.trail import Judged, Trail
    from mempress.journal import Event, Status
    from mempress.model import RunHead

_MIB = 1 << 20


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
    judged = judge(trail, head.config)
    held = read_held(trail)
    status, reason = _status(trail)
    maintained = maintenance_events(trail, judged)
    failures = errors(trail, status, reason)
    answered = answers(trail.final(), head.config.limit, held)
    saturated = status == "saturated" or judged.saturation is not None
    metrics = Metrics(
        maintenance_events=len(maintained),
        errors_encountered=sum(entry.count for entry in failures),
        recall_at_k=answered.recall,
        importance_retention=importance_retention(held),
        retention_regret=regret(answered),
        **loads(trail, judged, held, saturated=saturated),
        **weights(trail, held),
    )
    final = trail.final()
    return Summary(
        run=head.run,
        name=trail.opened[0].name if trail.opened else head.label,
        system=head.system,
        repeat=head.repeat,
        status=status,
        reason=reason,
        ended_in_phase=trail.ended.phase if trail.ended else trail.phase,
        ended_at_records=_acknowledged(trail),
        duration_s=trail.last.t_ns / 1e9 if trail.last else 0.0,
        version=trail.opened[0].version if trail.opened else None,
        capabilities=sorted(trail.capabilities),
        facts=facts(trail, head, judged),
        workload=head.workload,
        objective_ms=judged.terms.objective_ms,
        reference_ms=judged.reference_ms,
        metrics=metrics,
        memory_mb=memory_mb(trail),
        retained_by=retained(trail, held)[1],
        health_components=dict(judged.healths[final.index].components) if final is not None else {},
        maintenance_events=maintained,
        errors=failures,
        answers=answered,
        recovery=recovery(trail, judged, head.config, saturated=saturated),
        growth=growth(trail, judged, head.config),
        samples=_rows(trail, judged),
        noise=noise(trail.samples),
        output_bytes=sum(printed.total_bytes for printed in trail.printed),
        output_tail=trail.printed[-1].tail if trail.printed else "",
    )


def _status(trail: Trail) -> tuple[Status, str]:
    if trail.ended is not None:
        return trail.ended.status, trail.ended.reason
    where = f"in phase {trail.phase} after {_acknowledged(trail)} acknowledged records"
    return "interrupted", f"the journal breaks off {where}: the harness was stopped"


def _acknowledged(trail: Trail) -> int:
    return sum(len(stored.importance) for stored in trail.stored if stored.error is None)


def _rows(trail: Trail, judged: Judged) -> list[SampleRow]:
    return [
        SampleRow(
            records=sample.records,
            t_s=sample.t_ns / 1e9,
            phase=sample.phase,
            mark=sample.mark,
            memory_mb=pss_mb(sample.memory),
            disk_mb=sample.disk.used_bytes / _MIB if sample.disk is not None else None,
            held=sample.held,
            latency_ms=latency(sample.latencies_ms),
            store_rate=sample.store_rate,
            recall=sample.answers.recall if sample.answers is not None else None,
            health=judged.healths[sample.index].score,
            components=dict(judged.healths[sample.index].components),
            reported_health=sample.reported_health,
            errors=sample.new_errors,
        )
        for sample in trail.samples
    ]
