"""What a journal tells of faults: when one began and ended, what was done, and what was there before and after.

``fault`` is the place of a fault in the run's configuration. Records are named by ordinals, as ranges
``[first, count]``; a bitmap is base64 of its bits, lowest bit first, one for each ordinal asked about, in order.
"""

from __future__ import annotations

from typing import Any

import msgspec

from mempress.journal.event import Event


class FaultBegan(Event, frozen=True, tag="fault_began"):
    """A fault begins: the audits before it are done after this line, the fault itself follows them."""

    fault: int
    name: str
    phase: str
    records: int
    offered: int
    mechanism: str
    terms: dict[str, Any]
    """What was stated beforehand: shares, numbers of batches, delays."""


class FaultStage(Event, frozen=True, tag="fault_stage"):
    """A fault that lasts for several batches enters a stage."""

    fault: int
    stage: str
    batches: int


class Reopened(msgspec.Struct, frozen=True):
    """A worker ended and another one opened the system again, or could not: then ``error`` says why."""

    down_ns: int
    """From the kill, or the call of close, to the system's being open in its new worker."""
    open_ns: int
    """Of that, from the start of the new worker on."""
    error: str | None


class Struck(msgspec.Struct, frozen=True):
    """How a kill met the store call that it was meant for."""

    first: int
    count: int
    """The records of that call; 0: the kill fell between two calls from the start."""
    acknowledged: bool
    """Whether the call had returned, before the kill, without an error."""
    into_call_ns: int | None
    """How long the call had lasted; None: it had returned."""
    usual_call_ns: int | None
    attempts: int


class FaultEnded(Event, frozen=True, tag="fault_ended"):
    """A fault is over: the audits after it are done, and the load goes on."""

    fault: int
    phase: str
    records: int
    struck: Struck | None
    reopened: Reopened | None
    counted: dict[str, int]
    """What the mechanism counted: calls refused, delayed, told another time; empty where it counts nothing."""


class FaultSkipped(Event, frozen=True, tag="fault_skipped"):
    """A fault was due and could not be made with this system, for this reason."""

    fault: int
    phase: str
    records: int
    reason: str


class Audited(Event, frozen=True, tag="audited"):
    """What was there of some records: ``moment`` is before, between or after a fault.

    ``subject`` is acknowledged (stored and acknowledged, not deleted), deleted, restored (deleted and stored again), or
    unacknowledged (of the store call that a kill cut short). ``method`` is get, or search for each record by its own
    text. After a fault those are asked about that were there before it.
    """

    fault: int
    moment: str
    subject: str
    method: str
    population: int
    """How many records the subject has; where fewer were asked about, they are a random sample."""
    asked: list[list[int]] | str
    """Where that is shorter, a bitmap over the ordinals from 0 on."""
    found: str
    changed: str | None
    """Whose text differs: before a fault from what was offered, afterwards from what was there before it."""
