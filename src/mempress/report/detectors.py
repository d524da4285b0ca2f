"""How well the detectors did on a run, where the truth is known."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mempress.format import figure
from mempress.report.blocks import Table

if TYPE_CHECKING:
    from mempress.model import DetectorOnRun, DetectorScore

_TRUTHS = {
    "script": "The truth is the control's own script.",
    "testimony": (
        "The truth is the system's testimony and what requested maintenance says it did; the same kind batch after "
        "batch is one event, where it begins."
    ),
}


def detectors_table(found: DetectorOnRun) -> Table:
    """Give found, true and matching events of both detectors, with precision and recall."""
    columns = ("Detector", "Found", "True", "Matched", "Precision", "Recall")
    rows = (_row("statistical", found.statistical), _row("threshold", found.threshold))
    said = f" It testified at {found.testified_samples:,} samples." if found.testified_samples else ""
    small = f" At {found.too_small:,} it touched under 1% of what was held: not counted." if found.too_small else ""
    note = f"{_TRUTHS[found.truth]}{said}{small} Matched: within one sample."
    return Table(columns, rows, frozenset(range(1, 6)), title="Detectors on this run", note=note)


def _row(name: str, score: DetectorScore) -> tuple[str, ...]:
    return (
        name,
        f"{score.found:,}",
        f"{score.known:,}",
        f"{score.matched:,}",
        figure(score.precision, "share"),
        figure(score.recall, "share"),
    )
