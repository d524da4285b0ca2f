"""What every worker of a benchmark is started with, and how that is told in a run's head."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

from mempress.embedders import find_embedder
from mempress.runner.client import WorkerSettings
from mempress.runner.environment import describe_machine, memory_limit, worker_environment
from mempress.runner.supervisor import Launch

if TYPE_CHECKING:
    from mempress.config import RunConfig


def worker_settings(config: RunConfig) -> tuple[WorkerSettings, dict[str, Any]]:
    """Give what every worker of a benchmark is started with, and the environment as its runs' heads describe it."""
    embedder = find_embedder(config.embedder, config.dimension)
    limit, limit_words = memory_limit(config.memory_limit_bytes)
    settings = WorkerSettings(
        launch=Launch((sys.executable,), worker_environment()),
        config={
            "capacity_records": config.capacity_records,
            "capacity_bytes": config.capacity_bytes,
            "dimension": embedder.dimension,
        },
        timeout_seconds=config.timeout_seconds,
        memory_limit=limit,
        embed=embedder.embed,
        allow_network=config.allow_network,
    )
    mechanisms = {
        "memory": "PSS of the worker's process tree, from smaps_rollup, between timed windows",
        "memory_limit": limit_words,
        "network": _network_words(config),
        "latency": "perf_counter_ns around the call alone, in the worker; searches at checkpoints in a closed loop",
        **_traffic_mechanisms(config),
        "embedder": f"{embedder.words}, prepared outside the timed window",
    }
    return settings, describe_machine() | {"mechanisms": mechanisms}


def _network_words(config: RunConfig) -> str:
    if config.allow_network:
        return "allowed"
    return "this machine alone: what a system asks of Python's sockets beyond it is refused and counted as an error"


def _traffic_mechanisms(config: RunConfig) -> dict[str, str]:
    """Say how traffic is timed, where there is any."""
    if config.traffic is None:
        return {}
    if config.traffic.rate is None:
        return {
            "traffic": "closed loop: service around the call alone; each client's next starts when its last returned"
        }
    return {
        "traffic": "open loop: response from the moment when an operation was due, service around the call alone; the "
        "schedule stands still while the harness takes samples"
    }
