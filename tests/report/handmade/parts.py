"""What summaries are made of: times, samples, events, answers, with figures chosen to be recognised in a report."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from mempress.model import (
    Answers,
    Foresight,
    GrowthLaw,
    Latency,
    MaintenanceEvent,
    Metrics,
    OverLoad,
    Recall,
    Reconciliation,
    SampleRow,
    Share,
    StoreRate,
    WorkloadHead,
)

if TYPE_CHECKING:
    from mempress.model import Origin

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
