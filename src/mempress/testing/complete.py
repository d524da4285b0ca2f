"""A sound system with every capability: what a conformance check has to pass on, whatever it asks for."""

from __future__ import annotations

import subprocess
import sys
import threading
from typing import TYPE_CHECKING

from mempress.testing.controls import PlainList

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from mempress.systems.protocol import JSON, Hit, Record, SystemConfig

_SERVER = "import sys; sys.stdin.read()"  # ends by itself once its parent closes the pipe or dies


class Complete(PlainList):
    """A PlainList that keeps within ``capacity_records`` by evicting its least important records, and testifies.

    Emergency maintenance drops the least important tenth. A server process that does nothing runs beside it. Each call
    has the system to itself, whatever thread it comes from.
    """

    name = "complete"
    capabilities = PlainList.capabilities | {
        "maintenance",
        "health",
        "events",
        "processes",
        "importance",
        "embedding",
        "bounded",
        "threads",
    }

    def __init__(self, workdir: Path, config: SystemConfig) -> None:
        super().__init__(workdir, config)
        self._alone = threading.RLock()
        self._capacity = config.capacity_records
        self._embed = config.embed
        self._events: list[Mapping[str, JSON]] = []
        command = [sys.executable, "-I", "-S", "-c", _SERVER]
        self._server = subprocess.Popen(command, stdin=subprocess.PIPE)  # noqa: S603 - the command is our own

    def store(self, records: Sequence[Record]) -> None:
        """Keep the records and come back within the capacity."""
        self._embed([record.text for record in records])
        with self._alone:
            super().store(records)
            excess = 0 if self._capacity is None else len(self._held) - self._capacity
            if excess > 0:
                self._drop_least_important(excess)
                self._events.append({"kind": "eviction", "removed": excess})

    def search(self, query: str, *, limit: int) -> Sequence[Hit]:
        """Give the records that share most words with the query."""
        with self._alone:
            return super().search(query, limit=limit)

    def get(self, ids: Sequence[str]) -> Mapping[str, str]:
        """Give the texts of those of the ids that are held."""
        with self._alone:
            return super().get(ids)

    def delete(self, ids: Sequence[str]) -> int:
        """Forget the ids; give how many of them were held."""
        with self._alone:
            return super().delete(ids)

    def perform_maintenance(self, *, emergency: bool = False) -> Mapping[str, JSON]:
        """Drop the least important tenth in an emergency, else nothing; give how many."""
        with self._alone:
            removed = len(self._held) // 10 if emergency else 0
            self._drop_least_important(removed)
        return {"removed": removed}

    def health(self) -> Mapping[str, float]:
        """Give the room left within the capacity, and an overall health of 1 for as long as it works."""
        room = 1.0 if not self._capacity else 1 - len(self._held) / self._capacity
        return {"overall_health": 1.0, "room": room}

    def drain_events(self) -> Sequence[Mapping[str, JSON]]:
        """Give the testimony since the last call."""
        with self._alone:
            drained, self._events = self._events, []
        return drained

    def process_ids(self) -> Sequence[int]:
        """Give the server's process."""
        return (self._server.pid,)

    def close(self) -> None:
        """End the server and release the file."""
        self._server.communicate()
        super().close()

    def _drop_least_important(self, number: int) -> None:
        ranked = sorted(self._held.values(), key=lambda record: record.importance)
        self.delete([record.id for record in ranked[:number]])
