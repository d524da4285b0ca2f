"""The log (WAL): how long it may grow, and when it is carried into the file.

Carrying writes each page a second time and syncs log and file, which a disk may take its time for. So a thread
(``carrier``) does it while the engine goes on, after each eighth of the limit, and begins the log anew. The log grows
to its limit once, and its file keeps that length: the disk in use is steady. From then on half of the limit is its
usual length, so that there is room for when the disk stands still. A transaction that would exceed the usual length, or
finds the thread late, waits for it, at most 30 ms for each eighth of the limit that was written: the time is shared out
among many calls. Should all that not suffice, the log grows to three times its limit, unless the bytes are budgeted,
and is cut back afterwards; only at that length does a call wait as long as it takes.
"""

from __future__ import annotations

from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from threading import Lock
from time import perf_counter
from typing import TYPE_CHECKING

import apsw

from mempress.neuroca.carrier import Carried, Carrier

if TYPE_CHECKING:
    from pathlib import Path

PAGE_BYTES = 4096
_LEAST_PAGES = 16
_SHARE_S = 0.03
_LATE_S = 0.06
_STRETCH = 3
_EIGHTH = 8
_FAILED = Carried(0, anew=False)


class Log:
    """The log of one file. ``strict``: it stays below its limit, and so far below it that a last write still fits.

    Attributes:
        turn: held by whoever writes to the file.
    """

    def __init__(self, path: Path, limit_bytes: int, *, strict: bool) -> None:
        self._path = path
        self._limit_bytes, self._strict = limit_bytes, strict
        self._limit_pages = self._longest_pages = 0
        self._pages = self._next_pages = self._pages_at_pass = 0
        self.turn = Lock()
        self._one_at_a_time = Lock()
        self._carrier: Carrier | None = None
        self._thread: ThreadPoolExecutor | None = None
        self._passing: Future[Carried] | None = None
        self._passing_since, self._hurried = 0.0, False
        self._patience_s = _SHARE_S

    def attend(self, db: apsw.Connection) -> None:
        """Take over from SQLite when the log of this connection is carried."""
        db.pragma("wal_autocheckpoint", 0)
        db.set_wal_hook(self._committed)

    def fit(self, db: apsw.Connection, wanted_bytes: int) -> None:
        """Let the log grow to about ``wanted_bytes``, within its limit."""
        pages = min(wanted_bytes, self._limit_bytes) // PAGE_BYTES
        self._limit_pages = max(_LEAST_PAGES, pages // 2 if self._strict else pages)
        db.pragma("journal_size_limit", self._limit_pages * PAGE_BYTES)

    def begin(self, db: apsw.Connection) -> None:
        """Before a transaction: note what was carried, and wait for that where the log has grown."""
        if self._passing is not None and self._passing.done():
            self._end(self._passing, None)
        wanted = self._pages + self._next_pages
        if wanted >= self._most_pages:
            self._catch_up(None)
        elif wanted >= self._usual_pages or self._is_late():
            start = perf_counter()
            self._catch_up(self._patience_s)
            self._patience_s = max(0.0, self._patience_s - (perf_counter() - start))
        if self._pages >= self._most_pages:  # the thread could not: a disk that fails, or somebody reads the log
            self._carry_here(db)

    def tend(self, db: apsw.Connection) -> None:
        """After a commit: have the log carried where it has grown."""
        due = self._pages - self._pages_at_pass >= self._limit_pages // _EIGHTH
        if due and self._passing is None and self._start() is None:
            self._carry_here(db)

    def carry(self, db: apsw.Connection, *, truncate: bool = False) -> None:
        """Carry all of it now, and ``truncate`` it where asked."""
        mode = apsw.SQLITE_CHECKPOINT_TRUNCATE if truncate else apsw.SQLITE_CHECKPOINT_PASSIVE
        with self._one_at_a_time:
            if self._carrier is not None:
                self._carrier.release()
            pages, carried = db.wal_checkpoint(mode=mode)
        if carried >= pages:
            self._begun_anew()
        if truncate:
            self._longest_pages = 0

    def close(self) -> None:
        """End the thread; whoever closes the writer's connection after this carries what is left."""
        if self._thread is not None:
            self._thread.shutdown()
        if self._carrier is not None:
            self._carrier.close()

    def _catch_up(self, within_s: float | None) -> None:
        """Wait until the log begins anew, or a pass over all of it ended otherwise; for so long at most."""
        end = None if within_s is None else perf_counter() + within_s
        while self._pages and (passing := self._passing or self._start(hurried=end is None)):
            last = self._pages_at_pass == self._pages and (self._hurried or end is not None)
            if not self._end(passing, None if end is None else max(0.0, end - perf_counter())) or last:
                return

    def _carry_here(self, db: apsw.Connection) -> None:
        with suppress(apsw.Error):  # what was committed stands; a disk that fails speaks at the next write
            self.carry(db)

    def _start(self, *, hurried: bool = False) -> Future[Carried] | None:
        """Start a pass; None: the interpreter is ending and starts no more of them."""
        self._pages_at_pass, self._passing_since, self._hurried = self._pages, perf_counter(), hurried
        self._thread = self._thread or ThreadPoolExecutor(1, "neuroca-log")
        try:
            self._passing = self._thread.submit(self._pass, hurried)
        except RuntimeError:
            return None
        return self._passing

    def _end(self, passing: Future[Carried], within_s: float | None) -> bool:
        """Wait for the pass and note what it came to; say whether it has ended."""
        try:
            carried = passing.result(within_s)
        except TimeoutError:
            return False
        self._passing = None
        if carried.anew:
            self._begun_anew()
        return True

    @property
    def _most_pages(self) -> int:
        return self._limit_pages if self._strict else _STRETCH * self._limit_pages

    @property
    def _usual_pages(self) -> int:
        return self._limit_pages // 2 if self._is_grown() else self._limit_pages

    @property
    def _anew_from_pages(self) -> int:
        """The length from which on the log is begun anew: sooner than it is usual, once its file is long."""
        return 3 * self._limit_pages // _EIGHTH if self._is_grown() else self._limit_pages

    def _is_grown(self) -> bool:
        return self._longest_pages >= self._limit_pages

    def _is_late(self) -> bool:
        return self._passing is not None and perf_counter() - self._passing_since > _LATE_S

    def _begun_anew(self) -> None:
        self._pages = self._pages_at_pass = 0

    def _committed(self, _db: apsw.Connection, _name: str, pages: int) -> int:
        if pages < self._pages:
            self._begun_anew()
        written = pages - self._pages
        self._patience_s = min(_SHARE_S, self._patience_s + _SHARE_S * _EIGHTH * written / self._limit_pages)
        self._next_pages = max(written, 7 * self._next_pages // 8)  # large and small ones alternate
        self._pages = pages
        self._longest_pages = max(pages, self._longest_pages)
        return apsw.SQLITE_OK

    def _pass(self, hurried: bool) -> Carried:
        with self._one_at_a_time, suppress(apsw.Error):  # a full disk, say: the writer meets it too, and says so
            self._carrier = self._carrier or Carrier(self._path, self.turn)
            return self._carrier.carry(self._anew_from_pages, self._limit_pages * PAGE_BYTES, hurried=hurried)
        return _FAILED
