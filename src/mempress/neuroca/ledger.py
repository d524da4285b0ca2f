"""The ledger: what the engine knows of every record, in columns in memory, keyed by slot.

64 bytes a record. Policies read the columns; only the engine's own modules write them. What changes after a record
was stored is marked dirty, as is a new record, and its line reaches the store with a later write (at most the effect of
the last accesses is lost with the process, never a record).
"""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from mempress.neuroca.record import Tier

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

Slots = NDArray[np.int64]
Floats = NDArray[np.float64]

_COLUMNS: dict[str, str] = {
    "tier": "u1",
    "pinned": "?",
    "dirty": "?",
    "importance": "f8",
    "hits": "f4",
    "redundancy": "f4",
    "size": "u4",
    "arrived": "i8",
    "exposed": "f8",
    "stored_at": "f8",
    "used_at": "f8",
    "occurred_at": "f8",
}
FIXED = ("importance", "pinned", "size", "arrived", "exposed", "stored_at", "occurred_at")
"""Columns that stand with the record; importance may be raised by consolidation, and then stands in STATE too."""
STATE = ("tier", "hits", "redundancy", "used_at", "importance")
"""Columns that change after a record was stored."""
LINE = struct.Struct("<qBffdd")
"""A line of the store's ``state``: ``arrived``, by which it is known whose it is, and STATE."""
_LINES = np.dtype([("arrived", "<i8"), *zip(STATE, ("u1", "<f4", "<f4", "<f8", "<f8"), strict=True)])


class Entry(NamedTuple):
    """One record's line. ``exposed`` is the access clock when it arrived; ``occurred_at`` NaN: unknown."""

    slot: int
    importance: float
    pinned: bool
    size: int
    arrived: int
    exposed: float
    stored_at: float
    occurred_at: float
    tier: int
    hits: float
    redundancy: float
    used_at: float


class Ledger:
    """Columns by slot, counts and sums that always agree with them, and the two clocks.

    Attributes:
        live: records held; ``by_tier`` and ``bytes`` (their sizes) likewise.
        arrivals: records ever stored; a record's ``arrived`` is its number.
        access_clock: uses that a record held from the start would have had, were all used alike.
    """

    def __init__(self) -> None:
        self.tier = np.zeros(0, "u1")
        self.pinned = np.zeros(0, "?")
        self.dirty = np.zeros(0, "?")
        self.importance = np.zeros(0, "f8")
        self.hits = np.zeros(0, "f4")
        self.redundancy = np.zeros(0, "f4")
        self.size = np.zeros(0, "u4")
        self.arrived = np.zeros(0, "i8")
        self.exposed = np.zeros(0, "f8")
        self.stored_at = np.zeros(0, "f8")
        self.used_at = np.zeros(0, "f8")
        self.occurred_at = np.zeros(0, "f8")
        self.live = 0
        self.bytes = 0
        self.pinned_count = 0
        self.by_tier = [0, 0, 0, 0]
        self.arrivals = 0
        self.access_clock = 0.0
        self.top = 0
        self._free: list[int] = []

    def take(self, count: int) -> list[int]:
        """Take ``count`` free slots, used ones first; they stay free in the columns until ``put``."""
        cut = max(0, len(self._free) - count)
        slots = self._free[cut:]
        del self._free[cut:]
        fresh = count - len(slots)
        self._grow(self.top + fresh)
        slots.extend(range(self.top, self.top + fresh))
        self.top += fresh
        return slots

    def give_back(self, slots: Iterable[int]) -> None:
        """Return taken slots that were not filled, or that ``drop`` has emptied."""
        self._free.extend(slots)

    def put(self, entries: Sequence[Entry]) -> None:
        """Fill free slots."""
        if not entries:
            return
        columns = list(zip(*entries, strict=True))
        slots = np.array(columns[0], "i8")
        self._grow(int(slots.max()) + 1)
        for name, values in zip(Entry._fields[1:], columns[1:], strict=True):
            getattr(self, name)[slots] = values
        self.dirty[slots] = True
        self.top = max(self.top, int(slots.max()) + 1)
        self._count(slots, 1)

    def put_one(self, entry: Entry) -> None:
        """Fill one slot, and empty it first where it holds a record."""
        slot = entry.slot
        self._grow(slot + 1)
        tier = int(self.tier[slot])
        if tier:
            self.live -= 1
            self.bytes -= int(self.size[slot])
            self.pinned_count -= int(self.pinned[slot])
            self.by_tier[tier] -= 1
        for name, value in zip(Entry._fields[1:], entry[1:], strict=True):
            getattr(self, name)[slot] = value
        self.dirty[slot] = True
        self.top = max(self.top, slot + 1)
        self.live += 1
        self.bytes += entry.size
        self.pinned_count += entry.pinned
        self.by_tier[entry.tier] += 1

    def lines(self, slots: Slots) -> list[bytes]:
        """Give the lines of these slots as the store keeps them."""
        columns = [getattr(self, name)[slots].tolist() for name in ("arrived", *STATE)]
        return [LINE.pack(*values) for values in zip(*columns, strict=True)]

    def drop(self, slots: Slots) -> None:
        """Empty live slots; whoever drops them gives them back or fills them."""
        if len(slots):
            self._count(slots, -1)
            self.tier[slots] = Tier.FREE
            self.dirty[slots] = False

    def move(self, slots: Slots, tier: Tier) -> None:
        """Move live records to another tier.

        From STM to MTM needs no saving: age alone moved it, and would again.
        """
        if len(slots):
            self._count_tiers(slots, -1)
            if tier != Tier.MTM:
                self.dirty[slots] = True
            else:
                self.dirty[slots] |= self.tier[slots] == Tier.LTM
            self.tier[slots] = tier
            self._count_tiers(slots, 1)

    def adopt(self, entries: Sequence[Entry]) -> None:
        """Fill from a store at opening; ``finish_adopting`` ends it."""
        self.put(entries)

    def adopt_lines(self, slots: Sequence[int], joined: bytes) -> None:
        """Take over saved lines, each where it is that of the slot's record; a record without one stays dirty."""
        at, lines = np.asarray(slots, np.int64), np.frombuffer(joined, _LINES)
        if len(lines):
            self.arrivals = max(self.arrivals, int(lines["arrived"].max()) + 1)
        known = self.held(at)
        at, lines = at[known], lines[known]
        own = (lines["arrived"] == self.arrived[at]) & (lines["tier"] >= Tier.STM) & (lines["tier"] <= Tier.LTM)
        at, lines = at[own], lines[own]
        self._count_tiers(at, -1)
        for name in STATE:
            getattr(self, name)[at] = lines[name]
        self._count_tiers(at, 1)
        self.dirty[at] = False

    def finish_adopting(self) -> None:
        """Find the free slots and the clocks after the last ``adopt``."""
        used = np.flatnonzero(self.tier)
        self._free = [int(slot) for slot in np.flatnonzero(self.tier[: self.top] == Tier.FREE)]
        if len(used):
            self.arrivals = max(self.arrivals, int(self.arrived[used].max()) + 1)

    def free_slots(self) -> list[int]:
        """Give the slots that may be taken (a copy)."""
        return list(self._free)

    def alive(self) -> Slots:
        """Give all live slots in order."""
        return np.flatnonzero(self.tier[: self.top])

    def held(self, slots: Slots) -> NDArray[np.bool_]:
        """Say for each slot whether it holds a record; slots beyond the columns hold none."""
        inside = slots < self.top
        return inside & (self.tier[np.where(inside, slots, 0)] != Tier.FREE) if self.top else inside

    def memory_bytes(self) -> int:
        """Give the bytes of all columns."""
        return sum(int(getattr(self, name).nbytes) for name in _COLUMNS)

    def _count(self, slots: Slots, sign: int) -> None:
        self.live += sign * len(slots)
        self.bytes += sign * int(self.size[slots].sum(dtype=np.int64))
        self.pinned_count += sign * int(np.count_nonzero(self.pinned[slots]))
        self._count_tiers(slots, sign)

    def _count_tiers(self, slots: Slots, sign: int) -> None:
        counts = np.bincount(self.tier[slots], minlength=4)
        for tier in (Tier.STM, Tier.MTM, Tier.LTM):
            self.by_tier[tier] += sign * int(counts[tier])

    def _grow(self, slots: int) -> None:
        have = len(self.tier)
        if slots <= have:
            return
        want = max(slots, have + have // 8, 1024)
        for name, kind in _COLUMNS.items():
            column = np.zeros(want, kind)
            column[:have] = getattr(self, name)
            setattr(self, name, column)
