"""What a journal tells of a soak: not each operation, but what a stretch of time came to.

So a soak's journal is bounded, however long it goes on. Latencies are counts by bucket (``mempress.histogram``).
"""

from __future__ import annotations

import msgspec

from mempress.journal.event import Event
from mempress.journal.readings import DiskRead, MemoryRead, NoiseRead


class Calls(msgspec.Struct, frozen=True):
    """Calls of one kind: how many there were, how many of them raised, and how long those that returned took."""

    n: int
    errors: int
    total_ns: int
    buckets: list[tuple[int, int]]
    """Bucket and count of the latencies in nanoseconds."""


class Soaked(Event, frozen=True, tag="soaked"):
    """A stretch of a soak, and what was known at its end. ``mark`` is fill or soak; totals are since the run began."""

    phase: str
    mark: str
    records: int
    """Acknowledged in all."""
    offered: int
    deleted: int
    """Deleted by the harness in all."""
    live: int | None
    """How many should be held now; null where the system chooses what it keeps."""
    stored: int
    """Acknowledged in this stretch."""
    stores: Calls
    """A call stores one batch."""
    deletes: Calls
    searches: Calls
    recall: float
    """Sum of the recalls of the searches whose answer was live."""
    judged: int
    """How many those are."""
    ghosts: int
    """Hits on records that were deleted before the search."""
    missing: int
    """Live records that a delete did not find."""
    over_limit: int
    memory: MemoryRead | None
    disk: DiskRead | None
    held: int | None
    health: dict[str, float | None] | None
    flush_ns: int | None
    noise: NoiseRead
    embed_misses: int
    harness_rss_bytes: int
    """Resident size of the harness itself."""


class Reconciled(Event, frozen=True, tag="reconciled"):
    """The end of a soak that deletes: of the live records so many were found, of those last deleted so many."""

    live: int
    found: int
    altered: int
    deleted: int
    """How many deleted ones were asked for."""
    came_back: int
