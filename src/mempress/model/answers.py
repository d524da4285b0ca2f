"""What a system answered, and what it kept."""

from __future__ import annotations

import msgspec


class Recall(msgspec.Struct, frozen=True, kw_only=True):
    """Recall of the probes whose answer falls in a range, with their number."""

    low: float
    high: float
    recall: float
    n: int


class Share(msgspec.Struct, frozen=True, kw_only=True):
    """A share seen in a sample of ``n``, with its 95% interval."""

    share: float
    low: float
    high: float
    n: int


class OverLoad(msgspec.Struct, frozen=True, kw_only=True):
    """The probes of the whole load that one record answers, against other ways to keep ``capacity`` records.

    ``answered`` is the share that the system answered, the others those whose answer would have been held.
    """

    n: int
    capacity: int
    answered: float
    oracle: float
    """No way of keeping could have held more: ``analysis.oracle`` says why."""
    fifo: float
    random: float


class Answers(msgspec.Struct, frozen=True, kw_only=True):
    """How the final load's probes were answered, and whether their answers were held at all."""

    k: int
    n: int
    recall: float | None
    attainable: float | None
    by_importance: list[Recall]
    by_age_records: list[Recall]
    held_share: float | None
    """Share of the probes whose answer was held, found or not."""
    held_share_oracle: float | None
    """The same for the best choice of equally many records, made with knowledge of the probes."""
    held_share_random: float | None
    held_share_fifo: float | None
    held_share_importance: float | None
    altered_texts: int | None
    over_load: OverLoad | None


class Reconciliation(msgspec.Struct, frozen=True, kw_only=True):
    """What was acknowledged, what of it is held, and what of that is found, at the end of the load."""

    acknowledged: int
    refused: int
    """Offered, and not acknowledged."""
    held: int | None
    held_by: str | None
    held_low: int | None
    """Where ``held`` is an estimate its 95% interval; else it is exact."""
    held_high: int | None
    said_removed: int
    """What the system itself says it removed."""
    expected_low: int
    """As many as this should be held, by what it says and by its capacity."""
    expected_high: int
    reconciled: bool | None
    """Whether what is held lies within what should be; None: what is held is unknown."""
    retrievable: Share | None
    """Found by a search for their own texts, of those held (``retrievable_of``), else of those acknowledged."""
    retrievable_of: str | None
    altered_texts: int | None


class Forgetting(msgspec.Struct, frozen=True, kw_only=True):
    """How much of what was dropped deserved it: was no part of the best choice of as many records as are held.

    The best choice by importance is out of all acknowledged; by use it is that which answers most of the final probes.
    """

    dropped: int
    by_importance: float | None
    by_importance_of_random: float | None
    """What dropping as many at random would get on average."""
    by_use: float | None
    by_use_of_random: float | None


class Readability(msgspec.Struct, frozen=True, kw_only=True):
    """From a store's return until one of its last records could be read, asked once a batch."""

    method: str
    n: int
    at_first_look: int
    """The time to the first look is the harness's own; these were readable then, or sooner."""
    median_ms: float | None
    """Of those that were readable in time."""
    max_ms: float | None
    missed: int
    """Not readable within ``within_s``; after three in a row the harness asks no more."""
    within_s: float


class LookedForDeleted(msgspec.Struct, frozen=True, kw_only=True):
    """Deleted records looked for at one moment: how many ``get`` gave (None: not asked) and a search found."""

    moment: str
    got: int | None
    found: int
    searched: int
    came_back: int
    """Records that either gave."""


class Deletion(msgspec.Struct, frozen=True, kw_only=True):
    """Held records that the harness deleted at the end of the run, and whether they stayed away."""

    deleted: int
    said: int | None
    """How many the system says it deleted."""
    latency_ms: float
    """Of the one call that deleted them."""
    error: str | None
    looks: list[LookedForDeleted]
