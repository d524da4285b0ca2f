"""The figures of the contract that come from the samples and from the memory readings."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mempress.analysis.answers import retained
from mempress.analysis.latency import latency, store_rate

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mempress.analysis.answers import Held
    from mempress.analysis.trail import Judged, Trail
    from mempress.journal import MemoryRead
    from mempress.model import Answers

_MIB = 1 << 20


def loads(trail: Trail, judged: Judged, held: Held, *, saturated: bool) -> dict[str, Any]:
    """Give how far the load went, and how fast and how healthy the system was at its end."""
    final = trail.final()
    acknowledged = len(held.acknowledged) + held.deleted
    saturated_at = _saturated_at(judged, acknowledged) if saturated else None
    return {
        "max_records": acknowledged if saturated_at is None else saturated_at,
        "saturated_at_records": saturated_at,
        "final_query_latency_ms": latency(final.latencies_ms if final is not None else ()),
        "store_records_per_second": store_rate(trail.batches()),
        "health_score": judged.healths[final.index].score if final is not None else None,
        "reported_health": final.reported_health if final is not None else None,
    }


def weights(trail: Trail, held: Held) -> dict[str, Any]:
    """Give what the system held at the load's end, and what it weighed."""
    final, memory = trail.final(), memory_mb(trail)
    retained_records = retained(trail, held).records
    growth = growth_mb(memory)
    per_record = None
    if retained_records and growth is not None and growth > 0:
        per_record = growth * _MIB / retained_records
    return {
        "retained_records": retained_records,
        "final_memory_mb": memory["as_is"] if memory["settled"] is None else memory["settled"],
        "peak_memory_mb": memory["peak"],
        "memory_per_record_bytes": per_record,
        "disk_mb": final.disk.used_bytes / _MIB if final is not None and final.disk is not None else None,
    }


def memory_mb(trail: Trail) -> dict[str, float | None]:
    """Give the memory readings in MiB of PSS: baseline and settled after collection, as is at the final load, peak."""
    settled = {event.mark: event.memory for event in trail.settled}
    final = trail.final()
    as_is = final.memory if final is not None else None
    readings = [event.memory for event in trail.settled] + [sample.memory for sample in trail.samples]
    peaks = [reading.peak_bytes for reading in readings if reading is not None]
    return {
        "baseline": pss_mb(settled.get("baseline")),
        "settled": pss_mb(settled.get("final")),
        "as_is": pss_mb(as_is),
        "as_is_uss": as_is.uss_bytes / _MIB if as_is is not None else None,
        "as_is_rss_anon": as_is.rss_anon_bytes / _MIB if as_is is not None else None,
        "as_is_rss_file": as_is.rss_file_bytes / _MIB if as_is is not None else None,
        "peak": max(peaks) / _MIB if peaks else None,
    }


def growth_mb(memory: Mapping[str, float | None]) -> float | None:
    """Give the settled growth over the empty system; other processes that share its libraries can make it negative."""
    if memory["settled"] is None or memory["baseline"] is None:
        return None
    return memory["settled"] - memory["baseline"]


def pss_mb(reading: MemoryRead | None) -> float | None:
    """Give the PSS of a reading in MiB."""
    return None if reading is None else reading.pss_bytes / _MIB


def regret(answered: Answers) -> float | None:
    """Give the share of probes whose answer the oracle would have held and the system did not."""
    if answered.held_share is None or answered.held_share_oracle is None:
        return None
    return answered.held_share_oracle - answered.held_share


def _saturated_at(judged: Judged, acknowledged: int) -> int:
    """Give the load of the first sample in the row; a refusal saturates at what was acknowledged before it."""
    return judged.saturation.records if judged.saturation is not None else acknowledged
