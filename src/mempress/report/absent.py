"""Why a figure of the tables is n/a: a sentence for each reason, with the systems that it holds for."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from mempress.format import listed, name

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from mempress.model import Summary


def absences(systems: Mapping[str, Summary]) -> Iterator[str]:
    """Give each reason once."""
    found: dict[str, list[str]] = defaultdict(list)
    for key, summary in systems.items():
        for reason in _reasons(summary):
            found[reason].append(name(key))
    yield from (f"{reason}: {listed(names)}." for reason, names in found.items())


def _reasons(summary: Summary) -> Iterator[str]:
    if summary.status == "unavailable":
        yield "Nothing was measured, for it never started"
        return
    if not summary.samples:
        yield "Nothing was measured, for its run ended before a first batch was searched"
        return
    if summary.version is None:
        yield "No version, for it tells none"
    yield from _unmeasured(summary)
    if summary.metrics.retained_records is None:
        yield f"Records held are unknown, for {_unheld(summary)}"
    if summary.metrics.memory_per_record_bytes is None:
        yield f"No memory per record, for {_unweighed(summary)}"


def _unmeasured(summary: Summary) -> Iterator[str]:
    metrics = summary.metrics
    if metrics.final_query_latency_ms.p50 is None:
        yield "No search time, for no search returned at its last load"
    if metrics.store_records_per_second.mean is None:
        yield "No store rate, for no batch was acknowledged"
    if metrics.importance_retention is None:
        yield "No importance retention, for it is not known of each record whether it is held"
    if metrics.recall_at_k is None:
        yield "No recall, for no search with a known answer returned at its last load"
    if metrics.disk_mb is None:
        yield "No disk, for it could not be read"


def _unheld(summary: Summary) -> str:
    if {"count", "get"} & set(summary.capabilities):
        return "its run ended before it was asked"
    return "it has neither count nor get, and too few searches for its records returned"


def _unweighed(summary: Summary) -> str:
    if not summary.metrics.retained_records:
        return "it held no record, or nobody knows how many"
    if summary.memory_mb.get("settled") is None:
        return "its run ended before its memory had settled"
    return "its memory did not grow by more than can be told"
