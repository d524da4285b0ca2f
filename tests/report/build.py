"""Hand-made summaries, with figures chosen to be recognised in a report."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from mempress.config import RunConfig
from mempress.model import (
    Answers,
    CommandTime,
    Deletion,
    DetectorOnRun,
    DetectorScore,
    ErrorEntry,
    FaultOutcome,
    Foresight,
    Forgetting,
    GrowthLaw,
    HarnessCost,
    HealthTerm,
    Latency,
    LookedForDeleted,
    LowestHealth,
    MaintenanceEvent,
    Metrics,
    OverLoad,
    Readability,
    Recall,
    Reconciliation,
    Recovery,
    RecoveryStep,
    RunHead,
    RunTime,
    SampleRow,
    Share,
    StoreRate,
    Summary,
    WorkloadHead,
)
from mempress.result import build_result

if TYPE_CHECKING:
    from mempress.model import Origin, Result

HOSTILE = (
    "</td><script>alert(1)</script>|`\x1b[31mred\x1b[0m\u202eevil\u2066\n# head **b** [x](javascript:y)" + "A" * 10_000
)
WORKLOAD = WorkloadHead(name="facts", sha256="5f" * 32, records=20_000, facts={"seed": 42, "importance": "cycling"})
UNMEASURED = Latency(mean=None, p50=None, p95=None, p99=None, max=None, n=0)


def latency(p50: float, n: int = 50) -> Latency:
    p99 = p50 * 1.6 if n >= 1_000 else None
    return Latency(mean=p50 * 1.05, p50=p50, p95=p50 * 1.3, p99=p99, max=p50 * 2, n=n)


def sample(records: int, p50: float | None, **changes: Any) -> SampleRow:
    row = SampleRow(
        records=records,
        t_s=records / 1_000,
        phase="load",
        mark="batch",
        memory_mb=40.0 + records / 1_000,
        disk_mb=records / 2_000,
        held=records,
        latency_ms=UNMEASURED if p50 is None else latency(p50),
        store_rate=5_000.0 + records % 3_000 / 10,
        recall=0.5,
        recall_n=50,
        health=0.95,
        components={"latency": 1.0, "headroom": None},
        contributions={"latency": 0.95, "headroom": None},
        reported_health=None,
        errors=0,
    )
    return msgspec.structs.replace(row, **changes)


def event(records: int, origin: Origin = "reported", **changes: Any) -> MaintenanceEvent:
    found = MaintenanceEvent(
        records=records,
        t_s=records / 1_000,
        phase="load",
        origin=origin,
        reasons=["records_removed"],
        effects={"held": {"before": 10_900.0, "after": 10_000.0}, "memory_mb": {"before": 51.25, "after": None}},
        evidence={"reported": {"eviction": {"events": 1.0, "removed": 900.0}}},
    )
    return msgspec.structs.replace(found, **changes)


def completed(name: str = "neuroca") -> Summary:
    """20,000 records offered, 10,000 kept, an eviction in each batch from 11,000 on."""
    samples = [sample(load, 0.9 + load / 40_000, held=min(load, 10_000)) for load in range(1_000, 20_001, 1_000)]
    samples.append(msgspec.structs.replace(samples[-1], mark="final", latency_ms=latency(1.4, 1_000)))
    events = [event(5_000, "requested"), *(event(load) for load in range(11_000, 20_001, 1_000))]
    return Summary(
        run=name,
        name=name,
        system=name,
        repeat=0,
        status="completed",
        reason="all 20000 records were offered",
        ended_in_phase="teardown",
        ended_at_records=20_000,
        duration_s=61.25,
        time=RunTime(whole_s=61.25, system_s=55.5, waiting_s=0.0),
        version="0.1.0",
        capabilities=["bounded", "count", "get", "maintenance", "persistence"],
        facts=["does not use the moon"],
        workload=WORKLOAD,
        objective_ms=20.0,
        reference_ms=1.2,
        metrics=Metrics(
            max_records=20_000,
            retained_records=10_000,
            final_memory_mb=58.25,
            peak_memory_mb=71.5,
            memory_per_record_bytes=1_913.6,
            disk_mb=10.0,
            final_query_latency_ms=latency(1.4, 1_000),
            store_records_per_second=StoreRate(mean=5_123.0, first_batch=5_001.0, last_batch=4_987.0),
            health_score=0.95,
            reported_health=0.9,
            maintenance_events=len(events),
            errors_encountered=0,
            recall_at_k=0.62,
            importance_retention=0.975,
            retention_regret=0.05,
            saturated_at_records=None,
        ),
        memory_mb={"baseline": 40.0, "final": 58.25, "peak": 71.5},
        retained_by="get on all ids",
        health_components={"latency": 1.0, "answers": 0.9, "headroom": None},
        health_terms=[
            HealthTerm(component="latency", weight=0.25, formula="1 - log10(3 x search p95 / objective)"),
            HealthTerm(component="answers", weight=0.2, formula="recall / recall that the capacity allows"),
        ],
        lowest_health=LowestHealth(
            records=20_000,
            score=0.95,
            lost={"answers": 0.05},
            words="Lowest at 20,000 records, 0.950: answers took 0.050.",
        ),
        maintenance_events=events,
        detectors=DetectorOnRun(
            truth="testimony",
            testified_samples=10,
            statistical=DetectorScore(found=2, known=1, matched=1, precision=0.5, recall=1.0),
            threshold=DetectorScore(found=0, known=1, matched=0, precision=None, recall=0.0),
        ),
        errors=[],
        answers=answers(),
        reconciliation=reconciliation(),
        forgetting=Forgetting(
            dropped=10_000,
            by_importance=0.91,
            by_importance_of_random=0.5,
            by_use=0.985,
            by_use_of_random=0.95,
        ),
        readability=Readability(
            method="get", n=20, at_first_look=20, median_ms=0.42, max_ms=1.25, missed=0, within_s=2.0
        ),
        deletion=Deletion(
            deleted=20,
            said=20,
            latency_ms=12.5,
            error=None,
            looks=[
                LookedForDeleted(moment="after_delete", got=0, found=0, searched=20, came_back=0),
                LookedForDeleted(moment="after_restart", got=3, found=2, searched=20, came_back=3),
            ],
        ),
        recovery=None,
        growth={"search_p95_ms": law(), "memory_mb": None},
        samples=samples,
        noise={"steal_share": 0.0012, "stall_share": None, "load_1m_max": 1.5},
        output_bytes=0,
        output_tail="",
    )


def law() -> GrowthLaw:
    return GrowthLaw(
        law="linear",
        coefficients=[0.9, 3.25e-05],
        interval=[3e-05, 3.5e-05],
        relative_error=0.02,
        n=20,
        bytes_per_record=None,
        objective=20.0,
        crossing_records=587_692.0,
        crossing_interval=[540_000.0, None],
        passed_at_records=None,
        words="search p95 passes 20 ms at about 590,000 records (540,000 to perhaps never)",
        foresight=Foresight(
            from_records=6_000,
            n=6,
            law="linear",
            at_records=20_000,
            foreseen=1.5,
            measured=1.55,
            error=-0.0323,
            crossing_foreseen=600_000.0,
            crossing_interval=[400_000.0, None],
            crossing_measured=None,
            crossing_error=None,
            words=(
                "that search p95 passes 20 ms was foreseen at about 600,000 records; up to 20,000 it did not, "
                "as foreseen"
            ),
        ),
    )


def reconciliation(**changes: Any) -> Reconciliation:
    found = Reconciliation(
        acknowledged=20_000,
        refused=0,
        held=10_000,
        held_by="get on all ids",
        held_low=10_000,
        held_high=10_000,
        said_removed=10_000,
        expected_low=8_000,
        expected_high=10_000,
        reconciled=True,
        retrievable=Share(share=0.98, low=0.931, high=0.994, n=100),
        retrievable_of="held",
        altered_texts=0,
    )
    return msgspec.structs.replace(found, **changes)


def answers() -> Answers:
    return Answers(
        k=10,
        n=1_000,
        recall=0.62,
        attainable=0.71,
        by_importance=[Recall(low=0.1, high=0.2, recall=0.25, n=120), Recall(low=0.9, high=1.0, recall=0.875, n=88)],
        by_age_records=[Recall(low=0.0, high=4_000.0, recall=0.75, n=300)],
        held_share=0.7,
        held_share_oracle=0.75,
        held_share_random=0.5,
        held_share_fifo=0.48,
        held_share_importance=0.7,
        altered_texts=0,
        over_load=OverLoad(n=1_000, capacity=10_000, answered=0.64, oracle=0.99, fifo=0.73, random=0.75),
    )


def saturated(name: str = "agno") -> Summary:
    """Search time grows with the records; saturates at 7,000, holds all, comes back in part."""
    loads = [sample(load, load / 50) for load in range(1_000, 9_001, 1_000)]
    samples = [
        *(msgspec.structs.replace(row, health=1.0 - row.records / 12_000) for row in loads),
        sample(9_000, 180.0, mark="final", health=0.25),
        sample(9_000, 182.0, phase="recovery", mark="after_restart", health=0.3),
        *(sample(load, load / 50, phase="post_recovery", health=0.2) for load in range(10_000, 14_001, 1_000)),
    ]
    base = completed(name)
    metrics = msgspec.structs.replace(
        base.metrics,
        max_records=7_000,
        retained_records=9_000,
        final_memory_mb=67.0,
        final_query_latency_ms=latency(180.0, 50),
        health_score=0.25,
        reported_health=None,
        maintenance_events=0,
        errors_encountered=3,
        recall_at_k=0.03,
        importance_retention=1.0,
        retention_regret=0.0,
        saturated_at_records=7_000,
    )
    steps = [
        RecoveryStep(
            moment="saturated",
            records=9_000,
            held=9_000,
            memory_mb=67.0,
            p95_ms=234.0,
            health=0.25,
            recall=0.03,
            errors=0,
        ),
        RecoveryStep(
            moment="after_restart",
            records=9_000,
            held=9_000,
            memory_mb=61.5,
            p95_ms=None,
            health=0.3,
            recall=None,
            errors=0,
        ),
    ]
    return msgspec.structs.replace(
        base,
        status="saturated",
        reason="search p95 over 60 ms in 3 samples in a row",
        ended_at_records=14_000,
        capabilities=["count", "get", "persistence"],
        facts=["unbounded: no capacity setting"],
        objective_ms=60.0,
        reference_ms=20.0,
        metrics=metrics,
        maintenance_events=[],
        detectors=None,
        errors=[
            ErrorEntry(
                phase="load", records=6_000, kind="exception", operation="search", message="database is locked", count=3
            )
        ],
        answers=msgspec.structs.replace(answers(), recall=0.03, held_share=1.0, held_share_random=1.0),
        reconciliation=reconciliation(
            acknowledged=9_000,
            held=9_000,
            held_low=9_000,
            held_high=9_000,
            said_removed=0,
            expected_low=9_000,
            expected_high=9_000,
            retrievable=Share(share=0.1, low=0.055, high=0.174, n=100),
        ),
        forgetting=Forgetting(
            dropped=0, by_importance=None, by_importance_of_random=None, by_use=None, by_use_of_random=None
        ),
        readability=Readability(
            method="get", n=9, at_first_look=4, median_ms=120.0, max_ms=950.0, missed=2, within_s=2.0
        ),
        deletion=None,
        recovery=Recovery(
            verdict="partly",
            reason="after restart: search p95 237 ms over 60 ms, but smaller",
            steps=steps,
            records_to_objective=None,
            second_saturation_at_records=10_000,
        ),
        samples=samples,
    )


def broken(name: str = "neuroca") -> Summary:
    """Killed in a store call, where it lost seven records; the disk fault was never reached."""
    killed = FaultOutcome(
        fault="kill",
        phase="load",
        share=0.5,
        made=True,
        verdict="lost 7 of 9,900 acknowledged records; none of 100 deleted records came back; open again after 0.512 s",
        records=10_000,
        mechanism="SIGKILL to every process of the worker's tree",
        method="get",
        population=9_900,
        audited=9_900,
        found=9_893,
        lost=7,
        evicted=0,
        corrupt=1,
        deleted=100,
        came_back=0,
        unacknowledged=1_000,
        unacknowledged_found=250,
        reopened=True,
        downtime_s=0.512,
        in_call_ms=12.3,
        usual_call_ms=45.6,
    )
    missed = FaultOutcome(
        fault="disk-full",
        phase="post_recovery",
        share=0.0,
        made=False,
        verdict="not made: the run had no phase post_recovery",
    )
    return msgspec.structs.replace(completed(name), faults=[killed, missed])


def crashed(name: str = "brittle") -> Summary:
    """Died in its first batch: nearly nothing is known."""
    base = completed(name)
    return msgspec.structs.replace(
        base,
        status="crashed",
        reason="the process was ended by SIGSEGV, in phase load after 0 acknowledged records",
        ended_in_phase="load",
        ended_at_records=0,
        version=None,
        capabilities=[],
        facts=[],
        objective_ms=None,
        reference_ms=None,
        metrics=unmeasured(errors=1),
        memory_mb={"baseline": 31.0, "final": None},
        retained_by=None,
        health_components={},
        health_terms=[],
        lowest_health=None,
        maintenance_events=[],
        detectors=None,
        errors=[ErrorEntry(phase="load", records=0, kind="fatal", operation="store", message="SIGSEGV", count=1)],
        answers=no_answers(),
        reconciliation=reconciliation(
            acknowledged=0,
            said_removed=0,
            held=None,
            held_by=None,
            held_low=None,
            held_high=None,
            reconciled=None,
            retrievable=None,
        ),
        forgetting=None,
        readability=None,
        deletion=None,
        growth=None,
        samples=[],
        noise={"steal_share": None, "stall_share": None, "load_1m_max": None},
        output_bytes=21,
        output_tail="Segmentation fault\n```",
    )


def unavailable(name: str = "missing") -> Summary:
    return msgspec.structs.replace(
        crashed(name), status="unavailable", reason="No module named 'missing'", ended_in_phase="setup", output_tail=""
    )


def interrupted(name: str = "neuroca") -> Summary:
    base = completed(name)
    return msgspec.structs.replace(
        base,
        status="interrupted",
        reason="stopped by the user",
        ended_in_phase="load",
        ended_at_records=4_000,
        samples=base.samples[:4],
        metrics=msgspec.structs.replace(unmeasured(errors=0), max_records=4_000),
        maintenance_events=[],
        detectors=None,
        answers=no_answers(),
    )


def hostile() -> Summary:
    """Every text that a system can write holds markup, escapes, marks and 10,000 characters."""
    base = saturated(HOSTILE)
    return msgspec.structs.replace(
        base,
        system=HOSTILE,
        reason=HOSTILE,
        version=HOSTILE,
        capabilities=[HOSTILE],
        reconciliation=reconciliation(held_by=HOSTILE, retrievable_of=HOSTILE),
        deletion=Deletion(
            deleted=1,
            said=None,
            latency_ms=1.0,
            error=HOSTILE,
            looks=[LookedForDeleted(moment=HOSTILE, got=None, found=0, searched=1, came_back=0)],
        ),
        facts=[HOSTILE],
        retained_by=HOSTILE,
        ended_in_phase=HOSTILE,
        health_components={HOSTILE: 0.5},
        memory_mb={HOSTILE: 1.0},
        maintenance_events=[
            event(
                3_000,
                phase=HOSTILE,
                reasons=[HOSTILE],
                effects={HOSTILE: {"before": 1.0, "after": 2.0}},
                evidence={"x": "</script>" * 500},
            )
        ],
        errors=[ErrorEntry(phase=HOSTILE, records=1, kind="exception", operation=HOSTILE, message=HOSTILE, count=1)],
        output_bytes=99,
        output_tail=HOSTILE,
        faults=[FaultOutcome(fault=HOSTILE, phase=HOSTILE, share=0.5, made=True, verdict=HOSTILE, mechanism=HOSTILE)],
    )


def unmeasured(errors: int) -> Metrics:
    return Metrics(
        max_records=0,
        retained_records=None,
        final_memory_mb=None,
        peak_memory_mb=None,
        memory_per_record_bytes=None,
        disk_mb=None,
        final_query_latency_ms=UNMEASURED,
        store_records_per_second=StoreRate(mean=None, first_batch=None, last_batch=None),
        health_score=None,
        reported_health=None,
        maintenance_events=0,
        errors_encountered=errors,
        recall_at_k=None,
        importance_retention=None,
        retention_regret=None,
        saturated_at_records=None,
    )


def no_answers() -> Answers:
    return Answers(
        k=10,
        n=0,
        recall=None,
        attainable=None,
        by_importance=[],
        by_age_records=[],
        held_share=None,
        held_share_oracle=None,
        held_share_random=None,
        held_share_fifo=None,
        held_share_importance=None,
        altered_texts=None,
        over_load=None,
    )


def head(summary: Summary, **config: Any) -> RunHead:
    return RunHead(
        run=summary.run,
        system=summary.system,
        label=summary.name,
        repeat=summary.repeat,
        started=f"2026-01-02T03:04:{summary.repeat:02d}.000+00:00",
        config=RunConfig(systems=("neuroca", "agno"), capacity_records=10_000, **config),
        workload=summary.workload,
        environment={"cpu": "A processor", "cores": 2, "mechanisms": {"memory": "PSS"}, "cpu_governor": None},
        harness=HarnessCost(
            search_min_ns=410, search_p50_ns=523, searches=2_000, store_p50_ns=18_500, batch_size=1_000
        ),
    )


def result_of(*summaries: Summary, **config: Any) -> Result:
    result = build_result([(head(summary, **config), summary) for summary in summaries])
    time = CommandTime(
        whole_s=125.0,
        systems_s=115.0,
        waiting_s=0.0,
        own_s={"workload": 0.5, "runs": 7.0, "other": 2.5},
        own_share=0.08,
    )
    return msgspec.structs.replace(result, time=time)
