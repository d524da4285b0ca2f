"""Systems that forget, hide or resurrect records after a known script; each states its truth.

A search finds a record by its own text first, then gives the newest.
"""

from __future__ import annotations

import random
from itertools import chain, islice
from time import perf_counter_ns
from typing import TYPE_CHECKING

from mempress.systems.protocol import Hit
from mempress.testing.controls import PlainList
from mempress.testing.scripted import Scripted

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from mempress.systems.protocol import Record, SystemConfig

_NS_PER_MS = 1_000_000


class BlindRandomEvictor:
    """Drops ``percent`` (default 90) of its records in random order once, the moment it holds ``at`` (default 6,000).

    It offers neither ``count`` nor ``get``: only searches tell what is left. Python's allocator keeps the room of
    records that lay between others, so its memory tells nothing.
    """

    name = "blind-random-evictor"
    capabilities: frozenset[str] = frozenset()

    def __init__(self, workdir: Path, config: SystemConfig) -> None:  # noqa: ARG002 - kept in memory alone
        self._at = int(config.options.get("at", 6_000))
        self._percent = int(config.options.get("percent", 90))
        self._held: dict[str, Record] = {}
        self._id_of: dict[str, str] = {}
        self._evicted = False

    def store(self, records: Sequence[Record]) -> None:
        """Keep the records; evict in the middle of a batch where the number falls there."""
        for record in records:
            self._held[record.id] = record
            self._id_of[record.text] = record.id
            if not self._evicted and len(self._held) >= self._at:
                self._evicted = True
                self._evict()

    def search(self, query: str, *, limit: int) -> Sequence[Hit]:
        """Give the record whose text it is, then the newest."""
        exact = self._held.get(self._id_of.get(query, ""))
        found = chain([] if exact is None else [exact], reversed(self._held.values()))
        return [Hit(record.text, record.id) for record in islice(found, limit)]

    def scripted_maintenance(self) -> Sequence[int]:
        """Give after how many records offered it evicted; the harness scores its detectors by that."""
        return [self._at] if self._evicted else []

    def close(self) -> None:
        """Forget all."""
        self._held.clear()

    def _evict(self) -> None:
        count = len(self._held) * self._percent // 100
        for record_id in random.Random(0).sample(list(self._held), count):  # noqa: S311 - the same each time
            del self._held[record_id]


class RandomEvictor(BlindRandomEvictor):
    """As BlindRandomEvictor, and counts truly."""

    name = "random-evictor"
    capabilities = frozenset({"count"})

    def count(self) -> int:
        """Give how many records are held."""
        return len(self._held)


class LateReader(Scripted):
    """Gives a record ``delay_ms`` (default 50) after the store that brought it returned, and not before."""

    name = "late-reader"

    def __init__(self, workdir: Path, config: SystemConfig) -> None:
        super().__init__(workdir, config)
        self._readable_ns: dict[str, int] = {}

    def store(self, records: Sequence[Record]) -> None:
        """Keep the records for later."""
        super().store(records)
        readable_ns = perf_counter_ns() + self.option("delay_ms", 50) * _NS_PER_MS
        self._readable_ns |= dict.fromkeys((record.id for record in records), readable_ns)

    def get(self, ids: Sequence[str]) -> Mapping[str, str]:
        """Give the texts of those that are held and may be read."""
        now = perf_counter_ns()
        return super().get([record_id for record_id in ids if self._readable_ns.get(record_id, 0) <= now])


class Resurrector(PlainList):
    """Deletes in memory alone: what was deleted is there again after a restart."""

    name = "resurrector"

    def delete(self, ids: Sequence[str]) -> int:
        """Forget the ids until the next opening; give how many of them were held."""
        known = [record_id for record_id in dict.fromkeys(ids) if record_id in self._held]
        for record_id in known:
            del self._held[record_id]
            del self._words[record_id]
        return len(known)


class StaleIndex(PlainList):
    """Deletes from its records, not from its index: ``get`` denies what a search still finds, until a restart."""

    name = "stale-index"

    def __init__(self, workdir: Path, config: SystemConfig) -> None:
        super().__init__(workdir, config)
        self._deleted: dict[str, Record] = {}

    def search(self, query: str, *, limit: int) -> Sequence[Hit]:
        """Give a deleted record whose text it is, then what is held."""
        stale = [Hit(record.text, record.id) for record in self._deleted.values() if record.text == query]
        return [*stale, *super().search(query, limit=limit)][:limit]

    def delete(self, ids: Sequence[str]) -> int:
        """Forget the ids, but go on finding them."""
        self._deleted |= {record_id: self._held[record_id] for record_id in ids if record_id in self._held}
        return super().delete(ids)
