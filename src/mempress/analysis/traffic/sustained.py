"""Whether a rate was kept up with. Pure functions of an open loop's operations."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from mempress.format import times
from mempress.model.traffic import Backlog

if TYPE_CHECKING:
    from mempress.analysis.traffic.operations import Flags, Operations

LEAST_OPERATIONS = 100
WAITING_SHARE = 0.01
TAIL_SHARE = 0.2
ON_TIME_NS = 1_000_000
STANDARD_ERRORS = 2.0


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether the rate was sustained (None: it cannot be told), and why in words."""

    sustained: bool | None
    words: str


def verdict(operations: Operations, rate: float) -> Verdict:
    """Judge whether ``rate`` operations a second were kept up with.

    The load is behind where, as the last operation falls due, more than 1% of all wait, and none of the last fifth
    began in time. It is then held against the demand of that fifth, the clients that its calls keep busy: rate times
    mean service over the number of clients. At 1 or more, beyond two standard errors, the backlog grows for as long as
    the load lasts: the rate is not sustained. Below, it was on the way to catch up. Between, it cannot be told.
    """
    n = operations.due.size
    if n < LEAST_OPERATIONS:
        return Verdict(None, f"fewer than {LEAST_OPERATIONS} operations were offered")
    tail = slice(n - round(n * TAIL_SHARE), n)
    waiting = backlog_end(operations).operations
    if waiting <= WAITING_SHARE * n or bool(on_time(operations)[tail].any()):
        return Verdict(True, "the load was kept up with until its end")
    demand = operations.service[tail] / 1e9 * rate / operations.clients
    mean, error = float(demand.mean()), float(demand.std()) / demand.size**0.5
    busy = f"serving the last fifth took {times(mean)} the time in which it fell due"
    behind = f"{waiting:,} of {n:,} operations waited at the end"
    if mean - STANDARD_ERRORS * error >= 1.0:
        return Verdict(False, f"{behind}, and {busy}{_last_in_time(operations)}")
    if mean + STANDARD_ERRORS * error < 1.0:
        return Verdict(True, f"{behind}, but {busy}: it was on the way to catch up")
    return Verdict(None, f"{behind}, and {busy}, too near to once to tell: offer more operations")


def backlog_end(operations: Operations) -> Backlog:
    """Give what waited when the last operation fell due; who begins within a millisecond has not waited."""
    late = operations.wait > ON_TIME_NS
    waiting = int((late & (operations.started > operations.due[-1])).sum())
    return Backlog(operations=waiting, ms=float(operations.wait[-1]) / 1e6 if waiting else 0.0)


def backlog_most(operations: Operations) -> Backlog:
    """Give the most that waited at once, and the longest that one waited."""
    late = operations.wait > ON_TIME_NS
    if not late.any():
        return Backlog(operations=0, ms=0.0)
    began = np.sort(operations.started[late])
    waiting = np.arange(1, began.size + 1) - np.searchsorted(began, operations.due[late], side="right")
    return Backlog(operations=int(waiting.max()), ms=float(operations.wait.max()) / 1e6)


def on_time(operations: Operations) -> Flags:
    """Tell which operations began within a millisecond, or their median service, of when they were due."""
    tolerated = max(ON_TIME_NS, float(np.median(operations.service)))
    found: Flags = operations.wait <= tolerated
    return found


def _last_in_time(operations: Operations) -> str:
    places = np.flatnonzero(on_time(operations))
    records = int(operations.stored[places[-1]]) if places.size else 0
    return f"; none began in time after {records:,} record{'' if records == 1 else 's'}"
