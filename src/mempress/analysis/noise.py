"""How much the machine disturbed a run."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mempress.samples import Sample

NOISY_STEAL_SHARE = 0.02
NOISY_STALL_SHARE = 0.20


def noise(samples: Sequence[Sample]) -> dict[str, float | None]:
    """Give the share of processor time stolen, the share of time in which some task waited for one, and the load."""
    if len(samples) < 2:
        return {"steal_share": None, "stall_share": None, "load_1m_max": None}
    first, last = samples[0].noise, samples[-1].noise
    ticks = last.cpu_ticks - first.cpu_ticks
    elapsed_us = (samples[-1].t_ns - samples[0].t_ns) / 1_000
    stall = None
    if first.stall_us is not None and last.stall_us is not None and elapsed_us:
        stall = (last.stall_us - first.stall_us) / elapsed_us
    return {
        "steal_share": (last.steal_ticks - first.steal_ticks) / ticks if ticks else None,
        "stall_share": stall,
        "load_1m_max": max(sample.noise.load_1m for sample in samples),
    }


def is_noisy(found: dict[str, float | None]) -> bool:
    """Tell whether the machine was busy enough with other things to doubt the latencies."""
    return (found["steal_share"] or 0.0) > NOISY_STEAL_SHARE or (found["stall_share"] or 0.0) > NOISY_STALL_SHARE
