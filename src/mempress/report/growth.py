"""The laws by which a system's figures grew, and what the first third of the load foretold, as tables."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mempress.format import figure, plain
from mempress.report.blocks import Table

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from mempress.model import Foresight, GrowthLaw

SERIES = {
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


def growth_tables(growth: Mapping[str, GrowthLaw | None]) -> Iterator[Table]:
    """Give the laws, and what was foreseen where the first third has enough samples."""
    yield growth_table(growth)
    foreseen = {key: law.foresight for key, law in growth.items() if law is not None and law.foresight is not None}
    if foreseen:
        yield foresight_table(foreseen)


def growth_table(growth: Mapping[str, GrowthLaw | None]) -> Table:
    """Give, for each figure that had enough samples, its law, how well it fits, and where its objective breaks."""
    rows = tuple(_row(label, law) for key, label in SERIES.items() if (law := growth.get(key)) is not None)
    columns = ("Figure", "Law", "With n records", "Off by", "Samples", "Objective")
    note = "Off by: the median residual as a share of the median value. Too few samples: no law." if rows else "No law."
    return Table(columns, rows, frozenset({3, 4}), title="Growth over the load", note=note)


def foresight_table(foreseen: Mapping[str, Foresight]) -> Table:
    """Give what the first third foretold of the end and of the objective, and what came."""
    rows = tuple(_foreseen(label, found) for key, label in SERIES.items() if (found := foreseen.get(key)) is not None)
    first = next(iter(foreseen.values()))
    note = (
        f"By the laws of the samples up to {first.from_records:,} records (n={first.n:,}); measured at "
        f"{first.at_records:,}: the median of the last three samples."
    )
    columns = ("Figure", "Law", "Foreseen", "Measured", "Off by", "Objective")
    return Table(columns, rows, frozenset({2, 3, 4}), title="Foreseen from the first third", note=note)


def _row(label: str, law: GrowthLaw) -> tuple[str, ...]:
    error = figure(law.relative_error, "share")
    return (label, plain(law.law, 20), _formula(law), error, f"{law.n:,}", plain(law.words or "none set", 240))


def _formula(law: GrowthLaw) -> str:
    a, b = law.coefficients
    return _LAWS[law.law].format(a=f"{a:.3g}", b=f"{b:.3g}")


def _foreseen(label: str, found: Foresight) -> tuple[str, ...]:
    off_by = "n/a" if found.error is None else f"{found.error:+.1%}"
    words = plain(found.words or "none set", 240)
    return (label, plain(found.law, 20), _figure(found.foreseen), _figure(found.measured), off_by, words)


def _figure(value: float) -> str:
    return figure(value, "ms")
