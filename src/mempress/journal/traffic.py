"""What a journal tells of traffic."""

from __future__ import annotations

from collections.abc import Sequence

from mempress.journal.event import Event


class TrafficSegment(Event, frozen=True, tag="traffic"):
    """Single operations that were offered one after the other on a schedule; some 30 bytes each.

    All times are nanoseconds on the phase's schedule, which stands still from one segment's end to the next one's
    begin. An operation is due when the schedule says; in a closed loop, when it started.
    """

    phase: str
    clients: int
    first: int
    """The ordinal of the first store's record; the others follow."""
    kinds: str
    """A letter for each operation, in the order of their turn: s store, q search, u update, d delete."""
    gap_ns: Sequence[int]
    """When each was due, less when the one before was; of the first, since the schedule began."""
    wait_ns: Sequence[int]
    """From when it was due to when it started; empty in a closed loop."""
    service_ns: Sequence[int]
    """What the call itself took."""
    failed: list[int]
    """The places of those that raised."""
    recall: Sequence[float | None]
    """Of each search in turn; null where its query has no ground truth."""
    targets: list[int]
    """The ordinal of each update's and delete's record in turn."""
    removed: list[int | None]
    """What delete said to each of them, records removed; null where it raised or gave no number."""
    began_ns: int
    ended_ns: int
    drain_ns: int
    """From when the first client had nothing left to do until the last call returned; 0 with one client."""
    maintained: tuple[int, int] | None
    """From when to when a requested maintenance went on that ended in this segment."""

    @property
    def deleted(self) -> list[int]:
        """Give the ordinals of the records that were deleted; one whose update raised may be, and counts as such."""
        if not self.targets:
            return []
        turns = ((turn, kind) for turn, kind in enumerate(self.kinds) if kind in "ud")
        failed = frozenset(self.failed)
        edits = zip(turns, self.targets, strict=True)
        return [ordinal for (turn, kind), ordinal in edits if (kind == "d") != (turn in failed)]
