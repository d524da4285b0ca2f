"""The lines of a journal.

Each line is one JSON object whose ``type`` names the event; times are nanoseconds since the run began. A record is
named by its ordinal in the workload; no text of a record or a system's answer stands in a journal.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

import msgspec

from mempress.journal.audits import Deleted, IdsAsked, LookedFor, ReadBack, Retrieved, Scripted
from mempress.journal.event import Event
from mempress.journal.faults import Audited, FaultBegan, FaultEnded, FaultSkipped, FaultStage
from mempress.journal.readings import DiskRead, MemoryRead, NoiseRead
from mempress.journal.soaks import Reconciled, Soaked
from mempress.journal.traffic import TrafficSegment

Status = Literal["completed", "saturated", "crashed", "killed_at_limit", "timed_out", "interrupted", "unavailable"]
"""How a run ended."""


class Opened(Event, frozen=True, tag="opened"):
    """The system was constructed in its worker."""

    name: str
    version: str | None
    capabilities: list[str]
    import_ns: int
    init_ns: int


class PhaseBegan(Event, frozen=True, tag="phase"):
    """A phase began: setup, load, recovery, post_recovery or teardown."""

    phase: str


class Settled(Event, frozen=True, tag="settled"):
    """Memory after garbage collection and malloc_trim: ``mark`` is baseline or final."""

    mark: str
    memory: MemoryRead | None


class Stored(Event, frozen=True, tag="stored", omit_defaults=True):
    """A store returned or raised; ``importance`` is that of the records offered, in order."""

    phase: str
    first: int
    importance: Sequence[float]
    latency_ns: int
    error: str | None
    calls: int = 1
    """How many calls of store it took, ``latency_ns`` in all."""


class Asked(msgspec.Struct, frozen=True, array_like=True):
    """One search, judged by the parent: hits are ordinals (-1: an id never offered; -2: no id given)."""

    latency_ns: int
    need: int
    """How many of the answers make a recall of 1; 0: the query has no ground truth."""
    answers: list[int]
    hits: list[int] | None
    """None where the search raised."""
    matched: list[bool] | None
    """For each hit without an id, whether its text holds the answer token; None where all gave ids."""


class Sampled(Event, frozen=True, tag="sampled"):
    """What was known at one checkpoint, after ``records`` acknowledged.

    ``mark`` is batch, fault (after a batch while a fault lasted), before_maintenance, after_maintenance, final,
    saturated, after_emergency or after_restart.
    """

    phase: str
    mark: str
    records: int
    memory: MemoryRead | None
    disk: DiskRead | None
    held: int | None
    health: dict[str, float | None] | None
    flush_ns: int | None
    limit: int
    searches: list[Asked]
    noise: NoiseRead
    embed_misses: int
    """Texts so far whose vectors the system asked for though they were not prepared."""
    over_limit: int
    """How many searches gave more hits than asked for."""
    ids: IdsAsked | None = None
    """Where there is no count: which of some acknowledged records are still there."""


class Maintained(Event, frozen=True, tag="maintained"):
    """A requested maintenance returned or raised."""

    phase: str
    records: int
    emergency: bool
    latency_ns: int
    value: Any
    error: str | None


class Testified(Event, frozen=True, tag="testified"):
    """The system's own testimony, drained at ``records``."""

    phase: str
    records: int
    events: list[Any]


class Failed(Event, frozen=True, tag="failed"):
    """Something went wrong: ``kind`` is exception (the system raised) or violation (it broke the protocol)."""

    phase: str
    records: int
    kind: str
    operation: str
    message: str
    count: int = 1


class Restarted(Event, frozen=True, tag="restarted"):
    """The system was closed and opened again in the same workdir, in a fresh process."""

    records: int
    close_ns: int
    open_ns: int


class Retained(Event, frozen=True, tag="retained"):
    """Which of the acknowledged records are held: ``method`` is get, or search for a sample of them.

    ``asked`` are ordinals or null for all acknowledged, in order; ``held`` a base64 bitmap over them, lowest bit first.
    """

    records: int
    method: str
    asked: list[int] | None
    held: str
    altered: int | None
    """How many texts came back changed; null where the method does not tell."""


class Printed(Event, frozen=True, tag="printed"):
    """What the worker wrote to its standard output and error: how much, and the end of it."""

    total_bytes: int
    tail: str


class Spent(Event, frozen=True, tag="spent"):
    """How long the system was at work in the run's workers, and a schedule of arrivals let time pass."""

    system_ns: int
    waiting_ns: int


class Ended(Event, frozen=True, tag="ended", omit_defaults=True):
    """The run's end: its status, and the reason in words."""

    status: Status
    reason: str
    phase: str
    records: int
    out_of_time: bool = False
    """Its load was ended at ``--time-limit``: timed out, and alive."""


Line = (
    Opened
    | PhaseBegan
    | Settled
    | Stored
    | TrafficSegment
    | Sampled
    | Maintained
    | Testified
    | Failed
    | Restarted
    | Retained
    | Printed
    | Ended
    | FaultBegan
    | FaultStage
    | FaultEnded
    | FaultSkipped
    | Audited
    | ReadBack
    | Retrieved
    | Deleted
    | LookedFor
    | Scripted
    | Soaked
    | Reconciled
    | Spent
)
"""Every kind of event that a journal may hold."""
