"""What stands in a report about the machine and the mechanisms, and what every worker's environment sets."""

from __future__ import annotations

import os
import platform
import sys
import time
from contextlib import suppress
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from mempress.journal import NoiseRead
from mempress.runner.limits import MemoryLimit, enforced_limit
from mempress.runner.processes import available_bytes

SINGLE_THREADED = dict.fromkeys(
    (
        "OMP_NUM_THREADS",
        "OPENBLAS_NUM_THREADS",
        "MKL_NUM_THREADS",
        "NUMEXPR_NUM_THREADS",
        "VECLIB_MAXIMUM_THREADS",
        "RAYON_NUM_THREADS",
        "TOKENIZERS_PARALLELISM",
    ),
    "1",
)
"""Numeric libraries get one thread in every worker: more make latencies depend on what else the machine does."""

TELEMETRY_OFF = {
    "AGNO_TELEMETRY": "false",
    "MEM0_TELEMETRY": "False",
    "ANONYMIZED_TELEMETRY": "False",
    "GRAPHITI_TELEMETRY_ENABLED": "false",
    "TELEMETRY_DISABLED": "1",
    "DO_NOT_TRACK": "1",
    "HF_HUB_OFFLINE": "1",
}
_SAFE_SHARE_OF_FREE_MEMORY = 0.85


def worker_environment() -> dict[str, str]:
    """Give the environment of a worker: the user's own, one thread for numeric libraries, telemetry off."""
    return {**os.environ, **SINGLE_THREADED, **TELEMETRY_OFF, "PYTHONHASHSEED": "0", "PYTHONUNBUFFERED": "1"}


def memory_limit(given_bytes: int | None) -> tuple[MemoryLimit, str]:
    """Give the limit of each worker with what keeps it, and what to say of it."""
    if given_bytes is not None:
        return enforced_limit(given_bytes)
    limit_bytes = int(available_bytes() * _SAFE_SHARE_OF_FREE_MEMORY)
    return MemoryLimit(limit_bytes), f"none asked for; a watchdog guards the machine at {limit_bytes} bytes of PSS"


def describe_machine() -> dict[str, Any]:
    """Give the host, the versions and the clock, as they stand in ``run.json`` and in a report."""
    return {
        "machine": platform.machine(),
        "cpu": _cpu_model(),
        "cores": len(os.sched_getaffinity(0)),
        "memory_bytes": os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES"),
        "system": f"{platform.system()} {platform.release()}",
        "python": platform.python_version(),
        "implementation": sys.implementation.name,
        "clock_source": _text("/sys/devices/system/clocksource/clocksource0/current_clocksource"),
        "clock_resolution_ns": round(time.get_clock_info("perf_counter").resolution * 1e9),
        "cpu_governor": _text("/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor"),
        "mempress": _version("mempress"),
        "worker_settings": SINGLE_THREADED | TELEMETRY_OFF,
    }


def read_noise() -> NoiseRead:
    """Read the counters whose differences tell how much the machine was disturbed."""
    ticks = [int(value) for value in Path("/proc/stat").read_text("ascii").split("\n", 1)[0].split()[1:]]
    stall = None
    with suppress(OSError, ValueError, IndexError):
        stall = int(Path("/proc/pressure/cpu").read_text("ascii").split("\n", 1)[0].rpartition("total=")[2])
    return NoiseRead(
        cpu_ticks=sum(ticks[:8]), steal_ticks=ticks[7], stall_us=stall, load_1m=round(os.getloadavg()[0], 2)
    )


def _cpu_model() -> str | None:
    for line in (_text("/proc/cpuinfo") or "").splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return None


def _text(path: str) -> str | None:
    try:
        return Path(path).read_text("utf-8", "replace").strip()
    except OSError:
        return None


def _version(distribution: str) -> str | None:
    try:
        return version(distribution)
    except PackageNotFoundError:
        return None
