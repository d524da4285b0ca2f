"""The thread's side of the log: carrying it into the file, and beginning it anew at a good moment.

SQLite begins the log anew with the first transaction after all of it was carried, and that one has to wait until the
new header is on the disk. So a reader is held open here, which prevents it, and when all is carried, the disk is as
swift as usual and nobody writes, a page is written from here.
"""

from __future__ import annotations

from contextlib import suppress
from time import perf_counter
from typing import TYPE_CHECKING, NamedTuple

import apsw

if TYPE_CHECKING:
    from pathlib import Path
    from threading import Lock

_CACHE_PAGES = 16
_FIRST_S = 0.03
_CALM = 3.0
_WEIGHT = 1 / 8
_PATIENCE_MS = 10


class Carried(NamedTuple):
    """What a pass came to: how many pages of the log are in the file now, and whether the log was begun anew."""

    pages: int
    anew: bool


class Carrier:
    """Two connections of one thread; ``turn`` is held by whoever writes to the file."""

    def __init__(self, path: Path, turn: Lock) -> None:
        self._turn = turn
        self._db, self._reader = _connect(path), _connect(path)
        self._usual_s = _FIRST_S

    def carry(self, anew_from: int, limit_bytes: int, *, hurried: bool) -> Carried:
        """Carry all that is there, and begin anew a log of at least ``anew_from`` pages.

        ``limit_bytes``: to which its file is cut back then. ``hurried``: begin it even where this took three times as
        long as usual.

        Raises:
            apsw.Error: the disk is full or failed.
        """
        start = perf_counter()
        pages, carried = self._db.wal_checkpoint(mode=apsw.SQLITE_CHECKPOINT_NOOP)
        if carried < pages:  # a reader of what is in the file already would hold nothing
            self._hold()
        pages, carried = self._db.wal_checkpoint(mode=apsw.SQLITE_CHECKPOINT_PASSIVE)
        calm = self._was_calm(perf_counter() - start) or hurried
        return Carried(carried, carried >= max(pages, anew_from) and calm and self._begin_anew(limit_bytes))

    def release(self) -> None:
        """Let whoever writes next begin the log anew."""
        if self._reader.in_transaction:
            self._reader.execute("ROLLBACK")

    def close(self) -> None:
        """Close both connections."""
        self._reader.close()
        self._db.close()

    def _was_calm(self, took_s: float) -> bool:
        calm = took_s < _CALM * self._usual_s
        self._usual_s += _WEIGHT * (took_s - self._usual_s)
        return calm

    def _hold(self) -> None:
        """Read what is there now, and stay: the log goes on behind it."""
        self.release()
        self._reader.execute("BEGIN")
        self._reader.execute("SELECT 1 FROM sqlite_schema LIMIT 1").fetchall()

    def _begin_anew(self, limit_bytes: int) -> bool:
        """Say whether it was done: not where another writes, or still reads after some milliseconds."""
        if not self._turn.acquire(blocking=False):
            return False
        try:
            self.release()
            self._db.wal_checkpoint(mode=apsw.SQLITE_CHECKPOINT_RESTART)
            self._db.pragma("journal_size_limit", limit_bytes)
            with suppress(apsw.Error):  # the next transaction writes the header
                self._db.pragma("user_version", self._db.pragma("user_version"))
        except apsw.BusyError:
            return False
        else:
            return True
        finally:
            self._turn.release()


def _connect(path: Path) -> apsw.Connection:
    db = apsw.Connection(str(path))
    db.pragma("cache_size", _CACHE_PAGES)
    db.pragma("synchronous", "normal")
    db.set_busy_timeout(_PATIENCE_MS)
    return db
