"""From the segments of a load's traffic to what is reported of it."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise
from statistics import fmean
from typing import TYPE_CHECKING, Any

import numpy as np

from mempress.analysis.traffic.meanwhile import meanwhile
from mempress.analysis.traffic.operations import read_operations
from mempress.analysis.traffic.quantiles import quantiles
from mempress.analysis.traffic.sustained import backlog_end, backlog_most, verdict
from mempress.model.traffic import Quantiles, TrafficFigures, TrafficRow
from mempress.traffic import KINDS

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from mempress.analysis.traffic.operations import Operations, Times
    from mempress.analysis.trail import Trail
    from mempress.config import RunConfig
    from mempress.journal import TrafficSegment
    from mempress.traffic import Traffic

ALL = "all"
_NO_DELETE = "it declares no delete"
_NOTHING_HELD = "no record was acknowledged before the last segment"


def traffic(trail: Trail, config: RunConfig) -> TrafficFigures | None:
    """Give the figures of the load's traffic; None where there was none."""
    segments = [segment for segment in trail.traffic if segment.phase == "load" and segment.kinds]
    if config.traffic is None or not segments:
        return None
    return figures(segments, config.traffic, config.batch_size, can_delete="delete" in trail.capabilities)


def figures(segments: Sequence[TrafficSegment], asked: Traffic, batch_size: int, *, can_delete: bool) -> TrafficFigures:
    """Give the figures of segments on one schedule, of which there is one at least."""
    operations = read_operations(segments, batch_size)
    counts = Counter({letter: sum(segment.kinds.count(letter) for segment in segments) for letter in KINDS})
    recalls = [value for segment in segments for value in segment.recall if value is not None]
    ended_s = float(operations.ended.max()) / 1e9
    loop = _open(operations, asked, counts) if operations.open_loop else _closed()
    measured = operations.service if loop["response_ms"] is None else operations.response
    return TrafficFigures(
        asked=asked,
        clients=operations.clients,
        operations={kind: counts[letter] for letter, kind in KINDS.items() if counts[letter]},
        failed=_failed(operations),
        left_out=_left_out(asked, counts, can_delete=can_delete),
        schedule_s=ended_s,
        achieved_per_second=operations.kind.size / ended_s if ended_s else 0.0,
        service_ms=_by_kind(operations, operations.service),
        searches_from="service" if loop["response_ms"] is None else "response",
        meanwhile=meanwhile(operations, segments, measured),
        rows=list(_rows(operations, measured)),
        recall=fmean(recalls) if recalls else None,
        recall_n=len(recalls),
        deleted=sum(len(segment.deleted) for segment in segments),
        updated=counts["u"],
        drained_s=sum(segment.drain_ns for segment in segments) / 1e9,
        **loop,
    )


def _open(operations: Operations, asked: Traffic, counts: Counter[str]) -> dict[str, Any]:
    """Give what an open loop alone tells; overload has no response time that would not depend on the run's length."""
    offered = sum(asked.mix.get(kind, 0.0) for letter, kind in KINDS.items() if counts[letter]) / sum(
        asked.mix.values()
    )
    rate = (asked.rate or 0.0) * offered
    judged = verdict(operations, rate)
    return {
        "offered_per_second": _per_second(operations),
        "sustained": judged.sustained,
        "sustained_words": judged.words,
        "backlog_end": backlog_end(operations),
        "backlog_most": backlog_most(operations),
        "response_ms": _by_kind(operations, operations.response) if judged.sustained else None,
        "begun_late_us": _begun_late_us(operations),
    }


def _per_second(operations: Operations) -> float | None:
    """Give at which rate the operations fell due; by chance it differs from the one that was asked for."""
    span_ns = int(operations.due[-1] - operations.due[0])
    return (operations.due.size - 1) * 1e9 / span_ns if span_ns else None


def _closed() -> dict[str, Any]:
    words = "closed loop: the next operation waits for the last one, so no rate was asked for"
    names = ("offered_per_second", "sustained", "backlog_end", "backlog_most", "response_ms", "begun_late_us")
    return dict.fromkeys(names) | {"sustained_words": words}


def _by_kind(operations: Operations, measured: Times) -> dict[str, Quantiles]:
    """Give the times of those that returned, all together and of each kind that was offered."""
    returned = ~operations.failed
    found = {ALL: quantiles(measured[returned])}
    for letter, kind in KINDS.items():
        if (of_kind := operations.are(letter)).any():
            found[kind] = quantiles(measured[returned & of_kind])
    return found


def _failed(operations: Operations) -> dict[str, int]:
    counts = {kind: int((operations.are(letter) & operations.failed).sum()) for letter, kind in KINDS.items()}
    return {kind: count for kind, count in counts.items() if count}


def _left_out(asked: Traffic, counts: Counter[str], *, can_delete: bool) -> dict[str, str]:
    missing = [kind for letter, kind in KINDS.items() if asked.mix.get(kind) and not counts[letter]]
    return dict.fromkeys(missing, _NOTHING_HELD if can_delete else _NO_DELETE)


def _rows(operations: Operations, measured: Times) -> Iterator[TrafficRow]:
    searches, wait = operations.are("q") & ~operations.failed, operations.wait
    bounds = np.flatnonzero(np.diff(operations.batch)) + 1
    for start, end in pairwise([0, *bounds.tolist(), operations.batch.size]):
        found = quantiles(measured[start:end][searches[start:end]], intervals=False)
        yield TrafficRow(
            records=int(operations.stored[end - 1]),
            operations=end - start,
            late_ms=float(wait[end - 1]) / 1e6 if operations.open_loop else None,
            search_p50_ms=found.p50,
            search_p95_ms=found.p95,
        )


def _begun_late_us(operations: Operations) -> float | None:
    """Give the median lateness of operations that found the only client idle: the harness alone made them late."""
    if operations.clients > 1 or operations.due.size < 2:
        return None
    idle = operations.due[1:] > operations.ended[:-1]
    return float(np.median(operations.wait[1:][idle])) / 1e3 if idle.any() else None
