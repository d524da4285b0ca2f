"""What the harness itself costs, measured with the null system."""

from __future__ import annotations

import tempfile
from dataclasses import replace
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

from mempress.model import HarnessCost
from mempress.runner.client import SystemClient
from mempress.runner.environment import memory_limit
from mempress.systems.registry import find_system

if TYPE_CHECKING:
    from mempress.runner.client import WorkerSettings
    from mempress.workload.prepare import Workload

_NULL = "mempress.testing.controls:Null"
_CALIBRATION_SEARCHES = 2_000
_CALIBRATION_STORES = 10
_SECOND_NS = 1_000_000_000


def measure_harness(settings: WorkerSettings, workload: Workload) -> HarnessCost:
    """Measure, with the null system in a worker like any other, what the harness adds to a call.

    The memory limit is for systems: here the machine's guard stands alone.
    """
    client = SystemClient(replace(settings, memory_limit=memory_limit(None)[0]))
    batch = workload.batch(0)
    try:
        with tempfile.TemporaryDirectory(prefix="mempress-") as workdir:
            client.open(find_system(_NULL), Path(workdir), {})
            stores = [client.store(batch.payload, ())["latency_ns"] for _ in range(_CALIBRATION_STORES)]
            queries = [probe.query for probe in workload.probes(batch.count, 50)] or ["nothing"]
            wanted = (queries * _CALIBRATION_SEARCHES)[:_CALIBRATION_SEARCHES]
            reply = client.search(wanted, limit=10, budget_ns=10 * _SECOND_NS, at_least=len(wanted))
    finally:
        client.release()
    return HarnessCost(
        search_min_ns=min(reply["latency_ns"]),
        search_p50_ns=round(median(reply["latency_ns"])),
        searches=len(reply["latency_ns"]),
        store_p50_ns=round(median(stores)),
        batch_size=batch.count,
    )
