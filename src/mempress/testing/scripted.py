"""Systems whose cost, size and events follow a known script, driven by the number of records they hold.

Each states its truth, so that a figure that the harness reports of it can be checked. All take their figures from
``config.options``. A search gives the newest records at a cost that the script sets: it spins until a deadline, so
that the latency of a call does not depend on the machine as long as the machine is not overloaded.
"""

from __future__ import annotations

import math
import os
from itertools import islice
from time import perf_counter_ns
from typing import TYPE_CHECKING

from mempress.systems.protocol import Hit
from mempress.testing.recordlog import RecordLog

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from mempress.systems.protocol import JSON, Record, SystemConfig


class Scripted:
    """The sound base: keeps all records in memory; a search takes ``search_ns`` (default 20,000) whatever it holds."""

    name = "scripted"
    capabilities = frozenset({"count", "get"})

    def __init__(self, workdir: Path, config: SystemConfig) -> None:  # noqa: ARG002 - kept in memory alone
        self._options = config.options
        self._held: dict[str, Record] = {}
        self._maintained: list[int] = []

    def store(self, records: Sequence[Record]) -> None:
        """Keep the records."""
        for record in records:
            self._held[record.id] = record

    def search(self, query: str, *, limit: int) -> Sequence[Hit]:  # noqa: ARG002 - the script ignores the query
        """Give the newest records, not before ``search_cost_ns()`` have passed."""
        deadline = perf_counter_ns() + self.search_cost_ns()
        hits = [Hit(record.text, record.id) for record in islice(reversed(self._held.values()), limit)]
        while perf_counter_ns() < deadline:
            pass
        return hits

    def search_cost_ns(self) -> int:
        """Give what a search takes now."""
        return self.option("search_ns", 20_000)

    def option(self, key: str, default: int) -> int:
        """Give a whole-number option."""
        return int(self._options.get(key, default))

    def count(self) -> int:
        """Give how many records are held."""
        return len(self._held)

    def get(self, ids: Sequence[str]) -> Mapping[str, str]:
        """Give the texts of those of the ids that are held."""
        return {record_id: self._held[record_id].text for record_id in ids if record_id in self._held}

    def close(self) -> None:
        """Forget all."""
        self._held.clear()

    def scripted_maintenance(self) -> Sequence[int]:
        """Give after how many records offered it maintained itself; the harness scores its detectors by that."""
        return self._maintained

    def forget_least_important(self, share: float) -> list[str]:
        """Drop this share of the held records, least important first, oldest first where that is equal."""
        ranked = sorted(self._held.values(), key=lambda record: record.importance)
        dropped = [record.id for record in ranked[: int(len(ranked) * share)]]
        for record_id in dropped:
            del self._held[record_id]
        return dropped


class LinearSearch(Scripted):
    """A search takes exactly ``ns_per_record`` (default 1,000) times the records held: 5.0 ms at 5,000 records."""

    name = "linear-search"

    def search_cost_ns(self) -> int:
        """Give the cost of a linear scan."""
        return self.option("ns_per_record", 1_000) * len(self._held)


class LogarithmicSearch(Scripted):
    """A search takes ``ns_per_log`` (default 500,000) times the natural logarithm of 1 + the records held."""

    name = "logarithmic-search"

    def search_cost_ns(self) -> int:
        """Give the cost of a tree's depth."""
        return round(self.option("ns_per_log", 500_000) * math.log1p(len(self._held)))


class QuadraticSearch(Scripted):
    """A search takes ``ns_per_1k_records`` (default 1,000,000) times (records held / 1,000) squared."""

    name = "quadratic-search"

    def search_cost_ns(self) -> int:
        """Give the cost of comparing all with all."""
        return self.option("ns_per_1k_records", 1_000_000) * len(self._held) ** 2 // 1_000**2


class Hoarder(Scripted):
    """Keeps ``bytes_per_record`` (default 20,000) incompressible bytes for each record, besides the record."""

    name = "hoarder"

    def __init__(self, workdir: Path, config: SystemConfig) -> None:
        super().__init__(workdir, config)
        self._hoard: dict[str, bytes] = {}

    def store(self, records: Sequence[Record]) -> None:
        """Keep the records and their ballast."""
        super().store(records)
        for record in records:
            self._hoard[record.id] = os.urandom(self.option("bytes_per_record", 20_000))


class Dropper(Scripted):
    """Acknowledges all and silently drops every ``every``-th record (default 10); count and get tell the truth."""

    name = "dropper"

    def __init__(self, workdir: Path, config: SystemConfig) -> None:
        super().__init__(workdir, config)
        self._offered = 0

    def store(self, records: Sequence[Record]) -> None:
        """Keep all but every tenth of the records ever offered."""
        every = self.option("every", 10)
        first = self._offered + 1
        self._offered += len(records)
        super().store([record for number, record in enumerate(records, first) if number % every])


class HalfEvictor(Scripted):
    """Drops the less important half of its records once, the moment it holds ``at`` (default 6,000); says nothing.

    Its search cost is the same before and after, so the records held are the one thing that changes.
    """

    name = "half-evictor"
    capabilities = frozenset({"count", "get", "importance"})

    def __init__(self, workdir: Path, config: SystemConfig) -> None:
        super().__init__(workdir, config)
        self._evicted = False

    def store(self, records: Sequence[Record]) -> None:
        """Keep the records; evict in the middle of a batch where the number falls there."""
        at = self.option("at", 6_000)
        for record in records:
            self._held[record.id] = record
            if not self._evicted and len(self._held) >= at:
                self._evicted = True
                self._maintained.append(len(self._held))
                self.evicted(self.forget_least_important(0.5))

    def evicted(self, ids: Sequence[str]) -> None:
        """Take note of an eviction."""


class HalfEvictorTestifying(HalfEvictor):
    """As HalfEvictor, and testifies to its eviction."""

    name = "half-evictor-testifying"
    capabilities = frozenset({"count", "get", "importance", "events"})

    def __init__(self, workdir: Path, config: SystemConfig) -> None:
        super().__init__(workdir, config)
        self._events: list[Mapping[str, JSON]] = []

    def evicted(self, ids: Sequence[str]) -> None:
        """Remember the testimony."""
        self._events.append({"kind": "eviction", "removed": len(ids), "records_after": len(self._held)})

    def drain_events(self) -> Sequence[Mapping[str, JSON]]:
        """Give the testimony since the last call."""
        drained, self._events = self._events, []
        return drained


class PeriodicMaintainer(Scripted):
    """Drops the least important ``percent`` (default 20) each time ``every`` (default 2,000) records were offered.

    ``perform_maintenance`` does the same at once, ``emergency`` drops half. It testifies to what it did of its own
    accord. A search costs ``ns_per_record`` (default 1,000) for each record held.
    """

    name = "periodic-maintainer"
    capabilities = frozenset({"count", "get", "importance", "maintenance", "events"})

    def __init__(self, workdir: Path, config: SystemConfig) -> None:
        super().__init__(workdir, config)
        self._offered = 0
        self._events: list[Mapping[str, JSON]] = []

    def search_cost_ns(self) -> int:
        """Give the cost of a linear scan."""
        return self.option("ns_per_record", 1_000) * len(self._held)

    def store(self, records: Sequence[Record]) -> None:
        """Keep the records and maintain itself whenever it is due."""
        every = self.option("every", 2_000)
        for record in records:
            self._held[record.id] = record
            self._offered += 1
            if self._offered % every == 0:
                removed = len(self.forget_least_important(self.option("percent", 20) / 100))
                event = {"kind": "cleanup", "removed": removed, "records_after": len(self._held)}
                self._events.append(event)
                self._maintained.append(self._offered)

    def perform_maintenance(self, *, emergency: bool = False) -> Mapping[str, JSON]:
        """Drop the least important at once; give how many."""
        share = 0.5 if emergency else self.option("percent", 20) / 100
        return {"removed": len(self.forget_least_important(share))}

    def drain_events(self) -> Sequence[Mapping[str, JSON]]:
        """Give the testimony since the last call."""
        drained, self._events = self._events, []
        return drained


class Saturating(Scripted):
    """A search takes ``ns_per_10k_records`` (default 20 ms) times (records held / 10,000) squared; it persists.

    Only ``perform_maintenance(emergency=True)`` brings it back: that drops the less important three quarters, and a
    search is sixteen times faster. Maintenance without an emergency, and a restart, change nothing.
    """

    name = "saturating"
    capabilities = frozenset({"count", "get", "importance", "maintenance", "persistence"})

    def __init__(self, workdir: Path, config: SystemConfig) -> None:
        super().__init__(workdir, config)
        self._log = RecordLog(workdir / "records.jsonl")
        self._held = self._log.replay()

    def search_cost_ns(self) -> int:
        """Give the quadratic cost."""
        return self.option("ns_per_10k_records", 20_000_000) * len(self._held) ** 2 // 10_000**2

    def store(self, records: Sequence[Record]) -> None:
        """Keep the records, in the file first."""
        self._log.add(records)
        super().store(records)

    def perform_maintenance(self, *, emergency: bool = False) -> Mapping[str, JSON]:
        """Drop three quarters in an emergency, else nothing; give how many."""
        dropped = self.forget_least_important(0.75) if emergency else []
        self._log.remove(dropped)
        return {"removed": len(dropped)}

    def close(self) -> None:
        """Release the file."""
        super().close()
        self._log.close()


class Leaker(Scripted):
    """Holds at most its capacity (default 1,000 records), yet its memory grows for ever.

    It evicts the oldest records and forgets to free the ``bytes_per_record`` (default 10,000) that came with each.
    """

    name = "leaker"
    capabilities = frozenset({"count", "get", "bounded"})

    def __init__(self, workdir: Path, config: SystemConfig) -> None:
        super().__init__(workdir, config)
        self._capacity = 1_000 if config.capacity_records is None else config.capacity_records
        self._leak: list[bytes] = []

    def store(self, records: Sequence[Record]) -> None:
        """Keep the newest records, and the ballast of all."""
        super().store(records)
        self._leak += [os.urandom(self.option("bytes_per_record", 10_000)) for _ in records]
        for record_id in list(islice(self._held, max(0, len(self._held) - self._capacity))):
            del self._held[record_id]
        if not self._maintained and len(self._leak) > self._capacity:
            self._maintained.append(self._capacity + 1)
