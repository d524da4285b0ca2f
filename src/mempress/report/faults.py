"""What became of a system under each fault, as a table and in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mempress.format import UNMEASURED, figure, plain
from mempress.report.blocks import Points, Table

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mempress.model import FaultOutcome

_NOTE = (
    "Asked: acknowledged records held before the fault and asked about after it. By its rule: gone, as its capacity or "
    "its testimony explains. Back: of the records deleted before, those that came back. Cut short: of the records of "
    "the store call that was cut short, and never acknowledged, those that are there."
)


def faults_table(faults: Sequence[FaultOutcome]) -> Table:
    """Give the figures of each fault."""
    columns = ("Fault", "Records", "Asked", "Found", "Lost", "By its rule", "Altered", "Back", "Cut short", "Down (s)")
    rows = tuple(
        (
            fault_name(found),
            figure(found.records, "records"),
            figure(found.audited, "records"),
            figure(found.found, "records"),
            figure(found.lost, "records"),
            figure(found.evicted, "records"),
            figure(found.corrupt, "records"),
            _of(found.came_back, found.deleted),
            _of(found.unacknowledged_found, found.unacknowledged),
            figure(found.downtime_s, "s"),
        )
        for found in faults
    )
    return Table(columns, rows, frozenset(range(1, len(columns))), title="Faults", note=_NOTE)


def fault_points(faults: Sequence[FaultOutcome]) -> Points:
    """Give each fault's verdict, and how it was made."""
    return Points(tuple(_point(found) for found in faults))


def fault_name(found: FaultOutcome) -> str:
    """Give a fault as it was asked for."""
    return f"{plain(found.fault, 20)}@{plain(found.phase, 20)}:{found.share:g}"


def _point(found: FaultOutcome) -> str:
    made = f" ({plain(found.mechanism, 200)}{_moment(found)})" if found.mechanism else ""
    return f"{fault_name(found)}{made}: {plain(found.verdict, 800)}."


def _moment(found: FaultOutcome) -> str:
    if found.fault != "kill":
        return ""
    if found.in_call_ms is None:
        return ", between two calls"
    usual = "" if found.usual_call_ms is None else f" of the usual {figure(found.usual_call_ms, 'ms')}"
    return f", {figure(found.in_call_ms, 'ms')}{usual} ms into a store call"


def _of(part: int | None, whole: int | None) -> str:
    return UNMEASURED if part is None or whole is None else f"{part:,} of {whole:,}"
