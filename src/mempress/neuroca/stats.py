"""Counts and sizes of an engine, for people and for exporters."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from mempress.neuroca.record import Tier

if TYPE_CHECKING:
    from mempress.neuroca.core import Core
    from mempress.neuroca.health import Meter
    from mempress.neuroca.maintenance import Maintenance


@dataclass(frozen=True, slots=True)
class Stats:
    """What is held and what it takes. ``memory_bytes`` counts columns, index and page cache, as estimated."""

    records: int
    stm: int
    mtm: int
    ltm: int
    pinned: int
    capacity_records: int | None
    record_bytes: int
    disk_bytes: int
    memory_bytes: int
    stored_total: int
    searches_total: int
    errors_total: int
    maintenance_failures_total: int
    breaker: str
    index: str
    schema_version: int


def stats(core: Core, meter: Meter, maintenance: Maintenance) -> Stats:
    """Read the counts of one engine."""
    ledger = core.ledger
    parts = (ledger, core.index, core.words, core.ids, core.facts)
    return Stats(
        records=ledger.live,
        stm=ledger.by_tier[Tier.STM],
        mtm=ledger.by_tier[Tier.MTM],
        ltm=ledger.by_tier[Tier.LTM],
        pinned=ledger.pinned_count,
        capacity_records=core.budget.records,
        record_bytes=ledger.bytes,
        disk_bytes=core.store.disk_bytes(),
        memory_bytes=sum(part.memory_bytes() for part in parts) + core.settings.cache_bytes,
        stored_total=meter.stored,
        searches_total=meter.searches,
        errors_total=meter.errors,
        maintenance_failures_total=maintenance.breaker.failures,
        breaker=maintenance.breaker.state,
        index=core.index.name,
        schema_version=core.store.schema_version(),
    )
