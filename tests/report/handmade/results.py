"""Summaries together, as a benchmark's result."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from mempress.comparison.result import build_result
from mempress.config import RunConfig
from mempress.model import CommandTime, HarnessCost, RunHead, Summary

if TYPE_CHECKING:
    from mempress.model import Result


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
