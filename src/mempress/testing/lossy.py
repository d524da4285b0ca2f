"""Systems that keep their promises until a fault meets them; each states what it then loses.

All hold their records in memory and in a log under the workdir. ``store_ns`` (default 0) is what a store call takes at
least, spent before anything is written: a kill in the middle of such a call meets it with nothing of the batch done.
"""

from __future__ import annotations

from contextlib import suppress
from time import perf_counter_ns, time
from typing import TYPE_CHECKING

from mempress.systems.protocol import Record
from mempress.testing.recordlog import RecordLog
from mempress.testing.scripted import Scripted

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from mempress.systems.protocol import JSON, SystemConfig

_HOUR_SECONDS = 3_600


class Logged(Scripted):
    """The sound base: what a store returned for is in the log, and no fault loses any."""

    name = "logged"
    capabilities = frozenset({"count", "get", "persistence"})

    def __init__(self, workdir: Path, config: SystemConfig) -> None:
        super().__init__(workdir, config)
        self._log = RecordLog(workdir / "records.jsonl")
        self._held = self._log.replay()

    def store(self, records: Sequence[Record]) -> None:
        """Keep the records, in the log first."""
        deadline = perf_counter_ns() + self.option("store_ns", 0)
        while perf_counter_ns() < deadline:
            pass
        self.write(records)
        super().store(records)

    def write(self, records: Sequence[Record]) -> None:
        """Append the records to the log."""
        self._log.add(records)

    def close(self) -> None:
        """Release the file."""
        super().close()
        self._log.close()


class LosesUnsynced(Logged):
    """Writes all but the newest ``unsynced`` (default 30) records: those go at a kill; close writes them too."""

    name = "loses-unsynced"

    def __init__(self, workdir: Path, config: SystemConfig) -> None:
        super().__init__(workdir, config)
        self._buffer: list[Record] = []

    def write(self, records: Sequence[Record]) -> None:
        """Buffer the records; write what does not fit the buffer."""
        self._buffer += records
        spare = max(0, len(self._buffer) - self.option("unsynced", 30))
        self._log.add(self._buffer[:spare])
        del self._buffer[:spare]

    def close(self) -> None:
        """Write the buffer."""
        self._log.add(self._buffer)
        super().close()


class AltersAtOpening(Logged):
    """Loses the last word of the oldest ``altered`` (default 1) texts whenever it is opened with records in its log."""

    name = "alters-at-opening"

    def __init__(self, workdir: Path, config: SystemConfig) -> None:
        super().__init__(workdir, config)
        for record in list(self._held.values())[: self.option("altered", 1)]:
            shorter = record.text.rpartition(" ")[0] or "gone"
            self._held[record.id] = Record(record.id, shorter, record.importance, record.metadata)


class SwallowsFullDisk(Logged):
    """Acknowledges what its log refuses, and holds it in memory alone: gone when it is opened again."""

    name = "swallows-full-disk"

    def write(self, records: Sequence[Record]) -> None:
        """Append the records, or not."""
        with suppress(OSError):
            super().write(records)


class Expiring(Logged):
    """Forgets, at each store, what is older than an hour by the wall clock, and tells nobody."""

    name = "expiring"

    def __init__(self, workdir: Path, config: SystemConfig) -> None:
        super().__init__(workdir, config)
        self._stored = dict.fromkeys(self._held, time())

    def store(self, records: Sequence[Record]) -> None:
        """Keep the records, and forget the old ones."""
        super().store(records)
        now = time()
        self._stored.update((record.id, now) for record in records)
        for record_id in [key for key, stored in self._stored.items() if now - stored > _HOUR_SECONDS]:
            del self._held[record_id], self._stored[record_id]
            self.forgot()

    def forgot(self) -> None:
        """Take note of a record that expired."""


class ExpiringTestifying(Expiring):
    """As Expiring, and testifies to it."""

    name = "expiring-testifying"
    capabilities = Expiring.capabilities | {"events"}

    def __init__(self, workdir: Path, config: SystemConfig) -> None:
        super().__init__(workdir, config)
        self._forgotten = 0

    def forgot(self) -> None:
        """Count it."""
        self._forgotten += 1

    def drain_events(self) -> Sequence[Mapping[str, JSON]]:
        """Give how many expired since the last call."""
        forgotten, self._forgotten = self._forgotten, 0
        return [{"kind": "expiry", "removed": forgotten}] if forgotten else []


class Deleting(Logged):
    """As Logged, and deletes in memory and in the log."""

    name = "deleting"
    capabilities = Logged.capabilities | {"delete"}

    def delete(self, ids: Sequence[str]) -> int:
        """Drop those of the ids that are held, in the log too."""
        known = [record_id for record_id in dict.fromkeys(ids) if record_id in self._held]
        self._log.remove(known)
        for record_id in known:
            del self._held[record_id]
        return len(known)


class RevivesDeleted(Deleting):
    """Deletes in memory alone: what was deleted is back when it is opened again."""

    name = "revives-deleted"

    def delete(self, ids: Sequence[str]) -> int:
        """Drop the ids, and leave them in the log."""
        known = [record_id for record_id in dict.fromkeys(ids) if record_id in self._held]
        for record_id in known:
            del self._held[record_id]
        return len(known)


class DeletesNothing(Deleting):
    """Says that it deleted, and deletes nothing."""

    name = "deletes-nothing"

    def delete(self, ids: Sequence[str]) -> int:
        """Give how many it should have deleted."""
        return len(set(ids) & set(self._held))
