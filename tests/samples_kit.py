"""Events and samples with sound figures, of which a test changes what it is about."""

from __future__ import annotations

from typing import Any

from mempress.health import Terms
from mempress.journal import Asked, MemoryRead, NoiseRead, Opened, Sampled, Stored
from mempress.samples import Answers, Sample

MS = 1_000_000
MIB = 1 << 20
NOISE = NoiseRead(cpu_ticks=0, steal_ticks=0, stall_us=None, load_1m=0.0)


def memory(mib: float) -> MemoryRead:
    size = round(mib * MIB)
    return MemoryRead(size, size, size, size, 0, size, 1)


def timed(*latencies_ms: float) -> list[Asked]:
    """Give searches without ground truth that took so long; a negative latency: it raised."""
    return [Asked(round(abs(ms) * MS), 0, [], [] if ms >= 0 else None, None) for ms in latencies_ms]


def opened(*capabilities: str) -> Opened:
    return Opened(t_ns=1, name="one", version=None, capabilities=list(capabilities), import_ns=0, init_ns=0)


def stored(first: int, importance: list[float], *, error: str | None = None, latency_ns: int = MS) -> Stored:
    return Stored(t_ns=2, phase="load", first=first, importance=importance, latency_ns=latency_ns, error=error)


def sampled(records: int = 0, searches: list[Asked] | None = None, **changes: Any) -> Sampled:
    sound: dict[str, Any] = {
        "t_ns": 3,
        "phase": "load",
        "mark": "batch",
        "memory": None,
        "disk": None,
        "held": None,
        "health": None,
        "flush_ns": None,
        "limit": 10,
        "noise": NOISE,
        "embed_misses": 0,
        "over_limit": 0,
    }
    return Sampled(records=records, searches=searches or [], **(sound | changes))


def sample(**changes: Any) -> Sample:
    """Give a sample after 1,000 sound records: all components of its health under ``TERMS`` are 1."""
    sound: dict[str, Any] = {
        "index": 0,
        "t_ns": 3,
        "phase": "load",
        "mark": "batch",
        "records": 1_000,
        "offered": 1_000,
        "memory": memory(50),
        "disk": None,
        "held": 1_000,
        "removed": 0,
        "reported_health": None,
        "searches": tuple(timed(*[5.0] * 20)),
        "answers": Answers(recall=0.8, attainable=0.8, n=20),
        "stored": 1_000,
        "store_ns": 1_000 * MS,
        "new_errors": 0,
        "new_operations": 21,
        "noise": NOISE,
        "embed_misses": 0,
    }
    return Sample(**(sound | changes))


TERMS = Terms(
    objective_ms=30.0, reference_store_rate=1_000.0, capacity_records=None, memory_limit_bytes=100 * MIB, bounded=False
)
