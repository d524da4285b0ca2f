"""What a journal tells of the harness's own look-ups: is a record there, can it be found, does it stay away?

Records are named by their ordinals; a bitmap is base64 over the records asked for, lowest bit first.
"""

from __future__ import annotations

import msgspec

from mempress.journal.event import Event


class IdsAsked(msgspec.Struct, frozen=True, array_like=True):
    """Some acknowledged records, drawn anew at a checkpoint, and a bitmap of those still there.

    ``method`` is get, or search for each by its own text.
    """

    method: str
    asked: list[int]
    held: str


class ReadBack(Event, frozen=True, tag="read_back"):
    """How long after the store's return one of its last records was readable; asked for before any flush.

    ``method`` is get, or search by the record's own text. ``after_ns`` runs from the store's return to the return of
    the call that gave the record; None: it was not there within ``within_ns``, or asking raised ``error``.
    """

    phase: str
    records: int
    ordinal: int
    method: str
    after_ns: int | None
    polls: int
    within_ns: int
    error: str | None


class Retrieved(Event, frozen=True, tag="retrieved"):
    """Whether records are found by their own texts after the load: ``found`` is a bitmap over ``asked``.

    ``known_held``: the records asked for are known to be held (by ``get``); else they are but acknowledged.
    """

    records: int
    asked: list[int]
    found: str
    known_held: bool


class Deleted(Event, frozen=True, tag="deleted"):
    """The harness deleted held records; ``said`` is how many the system says it deleted."""

    phase: str
    records: int
    ordinals: list[int]
    said: int | None
    latency_ns: int
    error: str | None


class LookedFor(Event, frozen=True, tag="looked_for"):
    """Deleted records looked for: ``moment`` is after_delete or after_restart.

    ``got`` are those that ``get`` gave, null where there is no ``get`` or it raised; ``found`` those that a search for
    their own texts gave, out of ``searched``.
    """

    phase: str
    records: int
    moment: str
    got: list[int] | None
    searched: list[int]
    found: list[int]


class Scripted(Event, frozen=True, tag="scripted"):
    """What a scripted control says of its own maintenance: after how many records offered each fell.

    No system under test is asked: a control is one whose class has ``scripted_maintenance``.
    """

    offered: list[int]
