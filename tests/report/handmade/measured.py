"""Systems that were measured to an end: one that keeps within its capacity, one that saturates, one that was broken."""

from __future__ import annotations

import msgspec

from mempress.model import (
    Deletion,
    DetectorOnRun,
    DetectorScore,
    ErrorEntry,
    FaultOutcome,
    Forgetting,
    HealthTerm,
    LookedForDeleted,
    LowestHealth,
    Metrics,
    Readability,
    Recovery,
    RecoveryStep,
    RunTime,
    Share,
    StoreRate,
    Summary,
)
from tests.report.handmade.parts import WORKLOAD, answers, event, latency, law, reconciliation, sample


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
