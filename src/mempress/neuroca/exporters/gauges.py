"""What both exporters say of an engine: a name, a text, and how to read it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mempress.neuroca.engine import Neuroca


@dataclass(frozen=True, slots=True)
class Reading:
    """One value now. ``total``: it only ever grows."""

    name: str
    help: str
    value: float
    total: bool = False


def readings(engine: Neuroca) -> Iterator[Reading]:
    """Read all metrics; what was not measured is left out."""
    stats, health = engine.stats(), engine.health()
    yield Reading("records", "Records held.", stats.records)
    yield Reading("records_stm", "Records in working memory.", stats.stm)
    yield Reading("records_mtm", "Records in episodic memory.", stats.mtm)
    yield Reading("records_ltm", "Records in semantic memory.", stats.ltm)
    yield Reading("records_pinned", "Records that are never evicted.", stats.pinned)
    yield Reading("disk_bytes", "Bytes of file and log.", stats.disk_bytes)
    yield Reading("memory_bytes", "Bytes of columns, index and cache, estimated.", stats.memory_bytes)
    yield Reading("stored", "Records stored since opening.", stats.stored_total, total=True)
    yield Reading("searches", "Searches since opening.", stats.searches_total, total=True)
    yield Reading("errors", "Failed calls since opening.", stats.errors_total, total=True)
    yield Reading("maintenance_failures", "Failed rules since opening.", stats.maintenance_failures_total, total=True)
    parts = ("overall", "capacity", "latency", "integrity", "maintenance", "errors")
    for part in parts:
        value = getattr(health, part)
        if value is not None:
            yield Reading(f"health_{part}", f"Health, {part}: 0 to 1.", value)
    if health.search_ms_p95 is not None:
        yield Reading("search_seconds_p95", "95th percentile of the last 512 searches.", health.search_ms_p95 / 1e3)
