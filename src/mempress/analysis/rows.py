"""A run's samples as its curves and tables show them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from mempress.analysis.latency import latency_of
from mempress.analysis.metrics import pss_mb
from mempress.analysis.shares import share_of
from mempress.health import contributions
from mempress.model import SampleRow
from mempress.stats.quantiles import order_interval

if TYPE_CHECKING:
    from mempress.analysis.trail import Judged, Trail

_MIB = 1 << 20


def rows(trail: Trail, judged: Judged) -> list[SampleRow]:
    """Give every sample in order, each with its health."""
    return [
        SampleRow(
            records=sample.records,
            t_s=sample.t_ns / 1e9,
            phase=sample.phase,
            mark=sample.mark,
            memory_mb=pss_mb(sample.memory),
            disk_mb=sample.disk.used_bytes / _MIB if sample.disk is not None else None,
            held=sample.held,
            latency_ms=latency_of(sample),
            store_rate=sample.store_rate,
            recall=sample.answers.recall if sample.answers is not None else None,
            recall_n=sample.answers.n if sample.answers is not None else 0,
            health=judged.healths[sample.index].score,
            components=dict(judged.healths[sample.index].components),
            contributions={
                name: None if part is None else part[1]
                for name, part in contributions(judged.healths[sample.index]).items()
            },
            reported_health=sample.reported_health,
            errors=sample.new_errors,
            sampled_gone=None if sample.sampled_gone is None else share_of(*sample.sampled_gone, sample.records),
            latency_p50_interval_ms=order_interval(np.array(sample.latencies_ms, dtype=np.float64), 0.5),
        )
        for sample in trail.samples
    ]
