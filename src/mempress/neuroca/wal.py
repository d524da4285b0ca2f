"""The log (WAL): how long it may grow, and who carries it into the file.

Carrying writes each page a second time and syncs log and file, which a disk may take its time for. So a thread with a
connection of its own does it while the engine goes on (a passive checkpoint stops neither readers nor the writer),
after each quarter of the limit. SQLite starts the log anew with the first transaction that begins after all of it was
carried. So one that would pass the limit waits for the thread first, and carries what is left where that is not all.
"""

from __future__ import annotations

from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from threading import Lock
from typing import TYPE_CHECKING

import apsw

if TYPE_CHECKING:
    from pathlib import Path

PAGE_BYTES = 4096
_LEAST_PAGES = 16
_EARLY = 4


class Log:
    """The log of one file. ``headroom``: by how much it must stay below its limit, so that a last write still fits."""

    def __init__(self, path: Path, limit_bytes: int, headroom: int) -> None:
        self._path = path
        self._limit_bytes, self._headroom = limit_bytes, headroom
        self._limit_pages = self._pages = self._last_pages = self._pages_at_pass = 0
        self._one_at_a_time = Lock()
        self._carrier: apsw.Connection | None = None
        self._thread: ThreadPoolExecutor | None = None
        self._passing: Future[int] | None = None

    def attend(self, db: apsw.Connection) -> None:
        """Take over from SQLite when the log of this connection is carried."""
        db.pragma("wal_autocheckpoint", 0)
        db.set_wal_hook(self._committed)

    def fit(self, db: apsw.Connection, wanted_bytes: int) -> None:
        """Let the log grow to about ``wanted_bytes``, within its limit."""
        wanted = min(wanted_bytes, self._limit_bytes)
        self._limit_pages = max(_LEAST_PAGES, wanted // self._headroom // PAGE_BYTES)
        db.pragma("journal_size_limit", wanted)

    def begin(self, db: apsw.Connection) -> None:
        """Before a transaction: see whether it starts the log anew; wait for that only at the limit."""
        if self._passing is not None:
            if not self._passing.done() and self._pages + self._last_pages < self._limit_pages:
                return
            if self._passing.result() >= self._pages:
                self._all_carried()
            self._passing = None
        if self._pages >= self._limit_pages:
            with suppress(apsw.Error):  # a disk that fails speaks at the write
                self.carry(db)

    def tend(self, db: apsw.Connection) -> None:
        """After a commit: have the log carried where it has grown."""
        due = self._pages - self._pages_at_pass >= self._limit_pages // _EARLY or self._pages >= self._limit_pages
        if due and self._passing is None and not self._start_pass():
            with suppress(apsw.Error):  # the commit stands; a disk that fails speaks at the next write
                self.carry(db)

    def carry(self, db: apsw.Connection, *, truncate: bool = False) -> None:
        """Carry all of it now, and ``truncate`` it where asked."""
        mode = apsw.SQLITE_CHECKPOINT_TRUNCATE if truncate else apsw.SQLITE_CHECKPOINT_PASSIVE
        with self._one_at_a_time:
            pages, carried = db.wal_checkpoint(mode=mode)
        if carried >= pages:
            self._all_carried()

    def close(self) -> None:
        """End the thread; whoever closes the writer's connection after this carries what is left."""
        if self._thread is not None:
            self._thread.shutdown()
        if self._carrier is not None:
            self._carrier.close()

    def _start_pass(self) -> bool:
        """Begin a pass; False: the interpreter is ending and starts no more of them."""
        self._pages_at_pass = self._pages
        self._thread = self._thread or ThreadPoolExecutor(1, "neuroca-log")
        try:
            self._passing = self._thread.submit(self._pass)
        except RuntimeError:
            return False
        return True

    def _all_carried(self) -> None:
        """Take note that the next transaction starts the log anew."""
        self._pages = self._pages_at_pass = 0

    def _committed(self, _db: apsw.Connection, _name: str, pages: int) -> int:
        self._last_pages = pages - self._pages
        self._pages = pages
        return apsw.SQLITE_OK

    def _pass(self) -> int:
        """Carry what is there; give how many pages of the log are in the file now, 0 where that failed."""
        with self._one_at_a_time, suppress(apsw.Error):  # a full disk, say: the writer meets it too, and says so
            if self._carrier is None:
                self._carrier = apsw.Connection(str(self._path))
                self._carrier.pragma("cache_size", _LEAST_PAGES)
            return self._carrier.wal_checkpoint(mode=apsw.SQLITE_CHECKPOINT_PASSIVE)[1]
        return 0
