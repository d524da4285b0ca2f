"""Hand-made summaries, with figures chosen to be recognised in a report."""

from __future__ import annotations

from tests.report.handmade.failed import crashed, hostile, interrupted, unavailable
from tests.report.handmade.measured import broken, completed, saturated
from tests.report.handmade.parts import (
    HOSTILE,
    UNMEASURED,
    WORKLOAD,
    answers,
    event,
    latency,
    sample,
)
from tests.report.handmade.results import head, result_of

__all__ = [
    "HOSTILE",
    "UNMEASURED",
    "WORKLOAD",
    "answers",
    "broken",
    "completed",
    "crashed",
    "event",
    "head",
    "hostile",
    "interrupted",
    "latency",
    "result_of",
    "sample",
    "saturated",
    "unavailable",
]
