"""The laws by which a system's figures grew, as a table."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mempress.format import figure, plain
from mempress.report.blocks import Table

if TYPE_CHECKING:
    from collections.abc import Mapping

_SERIES = {
    "search_p95_ms": "Search p95 (ms)",
    "memory_mb": "Memory (MiB)",
    "disk_mb": "Disk (MiB)",
    "store_us_per_record": "Store, a record (us)",
}
_LAWS = {
    "constant": "{a}",
    "log": "{a} + {b} log n",
    "linear": "{a} + {b} n",
    "n log n": "{a} + {b} n log n",
    "quadratic": "{a} + {b} n^2",
}


def growth_table(growth: Mapping[str, Any]) -> Table:
    """Give, for each figure that had enough samples, its law, how well it fits, and where its objective breaks."""
    rows = tuple(_row(label, fit) for key, label in _SERIES.items() if (fit := growth.get(key)) is not None)
    columns = ("Figure", "Law", "With n records", "Off by", "Samples", "Objective")
    note = "Off by: the median residual as a share of the median value. Too few samples: no law." if rows else "No law."
    return Table(columns, rows, frozenset({3, 4}), title="Growth over the load", note=note)


def _row(label: str, fit: Mapping[str, Any]) -> tuple[str, ...]:
    error = figure(fit["relative_error"], "share")
    return (label, plain(fit["law"], 20), _formula(fit), error, f"{fit['n']:,}", _words(fit))


def _formula(fit: Mapping[str, Any]) -> str:
    a, b = fit["coefficients"]
    return _LAWS[fit["law"]].format(a=f"{a:.3g}", b=f"{b:.3g}")


def _words(fit: Mapping[str, Any]) -> str:
    return plain(fit.get("words", "none set"), 240)
