"""The samples of a run as a table: the figures of ``results.json``, a row for each checkpoint."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mempress.report.tables.columns import Column, Table

if TYPE_CHECKING:
    from mempress.model import Summary
    from mempress.report.tables.columns import Chunk

_TEXTS = ("run", "system", "phase", "mark")
_PLAIN = ("records", "held", "t_s", "memory_mb", "disk_mb", "store_rate", "recall", "recall_n", "health")
_LATENCY = ("mean", "p50", "p95", "p99", "max", "n")
_LAST = ("reported_health", "errors")
_WHOLE = frozenset({"records", "held", "recall_n", "errors", "search_n"})
_RENAMED = {"store_rate": "stored_per_second"}


def samples_table(summary: Summary) -> Table:
    """Give all samples of a run; components of health that were measured in any have a column each."""
    components = sorted({name for row in summary.samples for name in row.components})
    chunk = _chunk(summary, components)
    columns = (Column(name, "text" if name in _TEXTS else "whole" if name in _WHOLE else "figure") for name in chunk)
    return Table("samples", tuple(columns), [chunk])


def _chunk(summary: Summary, components: list[str]) -> Chunk:
    rows = summary.samples
    return {
        "run": [summary.run] * len(rows),
        "system": [summary.name] * len(rows),
        "phase": [row.phase for row in rows],
        "mark": [row.mark for row in rows],
        **{_RENAMED.get(name, name): [getattr(row, name) for row in rows] for name in _PLAIN},
        **{_searches(name): [getattr(row.latency_ms, name) for row in rows] for name in _LATENCY},
        **{f"health_{name}": [row.components.get(name) for row in rows] for name in components},
        **{name: [getattr(row, name) for row in rows] for name in _LAST},
    }


def _searches(name: str) -> str:
    return "search_n" if name == "n" else f"search_{name}_ms"
