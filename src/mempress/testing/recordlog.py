"""A file of JSON lines that remembers which records were stored and which were deleted."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING

from mempress.systems.protocol import Record

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path


class RecordLog:
    """Append-only log of one workdir; a process that is killed loses nothing that an append returned for.

    A line is ``["+", id, text, importance, metadata]`` or ``["-", id]``. A last line that a kill cut short is removed
    at the next opening.
    """

    def __init__(self, path: Path) -> None:
        self._file = path.open("a+b", buffering=0)

    def replay(self) -> dict[str, Record]:
        """Give the records that the log says are held, oldest first."""
        held: dict[str, Record] = {}
        whole_bytes = 0
        self._file.seek(0)
        for line in self._file.readall().splitlines(keepends=True):
            if not line.endswith(b"\n"):
                break
            whole_bytes += len(line)
            sign, record_id, *rest = json.loads(line)
            held.pop(record_id, None)
            if sign == "+":
                held[record_id] = Record(record_id, *rest)
        self._file.truncate(whole_bytes)
        return held

    def add(self, records: Iterable[Record]) -> None:
        """Append the records in one write."""
        self._append(["+", r.id, r.text, r.importance, dict(r.metadata)] for r in records)

    def remove(self, ids: Iterable[str]) -> None:
        """Append that these ids are gone."""
        self._append(["-", record_id] for record_id in ids)

    def sync(self) -> None:
        """Return when the log is on the disk."""
        os.fsync(self._file.fileno())

    def close(self) -> None:
        """Release the file."""
        self._file.close()

    def _append(self, entries: Iterable[list[object]]) -> None:
        remaining = memoryview(b"".join(json.dumps(entry).encode() + b"\n" for entry in entries))
        while remaining:
            remaining = remaining[self._file.write(remaining) :]
