"""The ledger: what the engine knows of every record, in columns in memory, keyed by slot.

64 bytes a record. Policies read the columns; only the engine's own modules write them. What changes after a record
was stored is marked dirty, as is a new record, and its line reaches the store with a later write (at most the effect of
the last accesses is lost with the process, never a record).

A column is read whole as an array, and slot by slot through its memoryview (a cell costs a third of what an array
element does, and leaves no small array behind, see ``blocks``).
"""

from __future__ import annotations

import struct
from itertools import compress
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from mempress.neuroca.record import Tier

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

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
_FREE, _STM, _MTM, _LTM = (int(tier) for tier in Tier)
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


_VALUES = Entry._fields[1:]


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
        self._cells: dict[str, memoryview[Any]] = {name: getattr(self, name).data for name in _COLUMNS}
        self._in_order = [self._cells[name] for name in _VALUES]

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

    def put(self, slots: Sequence[int], fixed: Sequence[Sequence[Any]]) -> None:
        """Fill free slots with records as just stored; ``fixed`` are their columns in the order of FIXED."""
        if not slots:
            return
        at = np.array(slots, np.int64)
        end = int(at.max()) + 1
        self._grow(end)
        columns = dict(zip(FIXED, fixed, strict=True))
        pinned, sizes = columns.pop("pinned"), columns["size"]
        for name, values in columns.items():
            getattr(self, name)[at] = values
        self.tier[at], self.hits[at], self.redundancy[at], self.dirty[at] = _STM, 0.0, 0.0, True
        self.used_at[at] = columns["stored_at"]
        self.pinned[at] = False
        for slot in compress(slots, pinned):
            self._cells["pinned"][slot] = True
        self.by_tier[_STM] += len(slots)
        self.bytes += sum(sizes)
        self.pinned_count += sum(pinned)
        self.live += len(slots)
        self.top = max(self.top, end)

    def set_hits(self, hits: Mapping[int, float]) -> None:
        """Set the uses of these slots."""
        for slot, uses in hits.items():
            self._cells["hits"][slot] = uses

    def put_one(self, entry: Entry) -> None:
        """Fill one slot, and empty it first where it holds a record."""
        slot = entry.slot
        if slot >= len(self.tier):
            self._grow(slot + 1)
        cells = self._cells
        if cells["tier"][slot]:
            self.drop((slot,))
        for column, value in zip(self._in_order, entry[1:], strict=True):
            column[slot] = value
        cells["dirty"][slot] = True
        self.by_tier[entry.tier] += 1
        self.bytes += entry.size
        self.pinned_count += entry.pinned
        self.live += 1
        self.top = max(self.top, slot + 1)

    def holds(self, slot: int) -> bool:
        """Say whether a slot holds a record."""
        return slot < self.top and bool(self._cells["tier"][slot])

    def shown(self, slot: int) -> tuple[int, float, float | None]:
        """Give tier, importance and time (None: unknown) of the record in a slot."""
        cells = self._cells
        happened = cells["occurred_at"][slot]
        return cells["tier"][slot], cells["importance"][slot], happened if happened == happened else None  # noqa: PLR0124 - NaN: unknown

    def size_of(self, slot: int) -> int:
        """Give the size of the record in a slot."""
        return int(self._cells["size"][slot])

    def hits_of(self, slot: int) -> float:
        """Give the uses of the record in a slot."""
        return float(self._cells["hits"][slot])

    def unchanged(self, slot: int, arrived: int, hits: float) -> bool:
        """Say whether a slot still holds the record that arrived then, with no more uses than these."""
        cells = self._cells
        return bool(cells["tier"][slot]) and cells["arrived"][slot] == arrived and cells["hits"][slot] == hits

    def standing(self, slots: Iterable[int]) -> list[tuple[float, int]]:
        """Give how redundant each of these is, and its arrival."""
        redundancy, arrived = self._cells["redundancy"], self._cells["arrived"]
        return [(redundancy[slot], arrived[slot]) for slot in slots]

    def lines(self, slots: Slots) -> list[bytes]:
        """Give the lines of these slots as the store keeps them."""
        arrived, tier, hits, redundancy, used_at, importance = (self._cells[name] for name in ("arrived", *STATE))
        return [
            LINE.pack(arrived[at], tier[at], hits[at], redundancy[at], used_at[at], importance[at])
            for at in slots.tolist()
        ]

    def drop(self, slots: Sequence[int]) -> None:
        """Empty live slots; whoever drops them gives them back or fills them."""
        tier, size, pinned, dirty = (self._cells[name] for name in ("tier", "size", "pinned", "dirty"))
        for slot in slots:
            self.by_tier[tier[slot]] -= 1
            self.bytes -= size[slot]
            self.pinned_count -= pinned[slot]
            tier[slot] = _FREE
            dirty[slot] = False
        self.live -= len(slots)

    def move(self, slots: Iterable[int], tier: Tier) -> None:
        """Move live records to another tier.

        From STM to MTM needs no saving: age alone moved it, and would again.
        """
        tiers, dirty, target = self._cells["tier"], self._cells["dirty"], int(tier)
        for slot in slots:
            was = tiers[slot]
            tiers[slot] = target
            if target != _MTM or was == _LTM:
                dirty[slot] = True
            self.by_tier[was] -= 1
            self.by_tier[target] += 1

    def use(self, slots: Sequence[int], weights: Sequence[float], moment: float) -> list[int]:
        """Count uses of those slots that hold a record, and give these."""
        tier, hits, used_at, dirty = (self._cells[name] for name in ("tier", "hits", "used_at", "dirty"))
        uses, used = 0.0, []
        for slot, weight in zip(slots, weights, strict=True):
            if slot < self.top and tier[slot]:
                hits[slot] += weight
                used_at[slot] = max(used_at[slot], moment)
                dirty[slot] = True
                uses += weight
                used.append(slot)
        self.access_clock += uses / max(self.live, 1)
        return used

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
        """Find the free slots and the clocks after the last ``put`` of an opening."""
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
            self._cells[name] = column.data
        self._in_order = [self._cells[name] for name in _VALUES]
