"""The budget: how many records and bytes may be held, and how full it is.

Three limits, the tightest binds: ``capacity_records``; ``memory_bytes`` over the bytes that a record takes in memory;
``capacity_bytes`` less the log's reserve, over the records' own bytes, at a fill that leaves room for half-full pages.
SQLite itself refuses to grow the file beyond ``max_pages``: should the fill have been too high for these records, it is
lowered then, and the write tried again.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from mempress.neuroca.wal import PAGE_BYTES

if TYPE_CHECKING:
    from mempress.neuroca.ledger import Floats, Ledger, Slots
    from mempress.neuroca.settings import Settings

LEDGER_BYTES = 95
LARGEST_LOG_BYTES = 32 << 20
LARGEST_LOG_IN_BUDGET_BYTES = 8 << 20
_FIXED_MEMORY_BYTES = 2 << 20
_FIRST_FILL = 0.8
_LOG_BYTES_PER_RECORD = 16_384
_CHUNK = 1_000


class Budget:
    """Limits of one engine.

    Attributes:
        records: the most records, or None.
        max_pages: the most pages of the file, or None.
        log_bytes: what the log may take.
    """

    def __init__(self, settings: Settings, *, vectored: bool) -> None:
        per_record = LEDGER_BYTES + (settings.dimension * 13 // 16 if vectored else 0)
        limits = [settings.capacity_records] if settings.capacity_records is not None else []
        if settings.memory_bytes is not None:
            room = settings.memory_bytes - min(settings.cache_bytes + _FIXED_MEMORY_BYTES, settings.memory_bytes // 2)
            limits.append(max(1, room // per_record))
        self.records: int | None = min(limits, default=None)
        self.log_bytes = LARGEST_LOG_BYTES
        self.max_pages: int | None = None
        self._fill = _FIRST_FILL
        self._soft_ratio = settings.soft_ratio
        if settings.capacity_bytes is not None:
            self.log_bytes = min(LARGEST_LOG_IN_BUDGET_BYTES, settings.capacity_bytes // 4)
            self.max_pages = (settings.capacity_bytes - self.log_bytes - 65_536) // PAGE_BYTES

    @property
    def bytes(self) -> int | None:
        """Give the most bytes of records, or None."""
        return None if self.max_pages is None else int(self.max_pages * PAGE_BYTES * self._fill)

    @property
    def largest_record_bytes(self) -> int | None:
        """Give the size from which on a record is refused: it would take over a sixteenth of the budget."""
        return None if self.bytes is None else self.bytes // 16

    def chunk_records(self, pinned: int) -> int:
        """Give how many records one transaction may write, so that the log and the pause stay bounded."""
        chunk = _CHUNK
        if self.max_pages is not None:
            chunk = min(chunk, max(8, self.log_bytes // 4 // _LOG_BYTES_PER_RECORD))
        if self.records is not None:
            chunk = min(chunk, self.records // 4, self.records - pinned)
        return max(1, chunk)

    def shrink(self) -> None:
        """Lower the fill: the file reached its limit with fewer records than were thought to fit."""
        self._fill *= 0.95

    def excess(self, ledger: Ledger, records: int, size: int) -> tuple[int, int]:
        """Give the records and bytes that must go before ``records`` more of ``size`` bytes together fit."""
        over_records = ledger.live + records - self.records if self.records is not None else 0
        over_bytes = ledger.bytes + size - self.bytes if self.bytes is not None else 0
        return max(0, over_records), max(0, over_bytes)

    def fill(self, ledger: Ledger) -> float | None:
        """Give the share of the tightest limit that is in use; None: there is no limit."""
        shares = []
        if self.records is not None:
            shares.append(ledger.live / self.records)
        if self.bytes is not None:
            shares.append(ledger.bytes / self.bytes)
        return max(shares, default=None)

    def pressure(self, ledger: Ledger) -> float:
        """Give 0 at the soft limit and below, 1 at the hard limit, linear between."""
        fill = self.fill(ledger)
        if fill is None or fill <= self._soft_ratio:
            return 0.0
        return min(1.0, (fill - self._soft_ratio) / max(1.0 - self._soft_ratio, 1e-9))

    def tier_capacity(self, ledger: Ledger) -> int:
        """Give the number of records of which the tiers take shares."""
        if self.records is not None and self.bytes is None:
            return self.records
        return max(ledger.live, 1)

    def cost(self, ledger: Ledger, slots: Slots) -> Floats:
        """Give each record's share of the binding budgets, 1 where only their number is limited."""
        if self.bytes is None:
            return np.ones(len(slots))
        cost = ledger.size[slots] / (ledger.bytes / max(ledger.live, 1))
        return cost if self.records is None else cost * (ledger.bytes / self.bytes) + ledger.live / self.records
