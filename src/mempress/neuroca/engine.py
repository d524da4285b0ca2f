"""The engine: one directory, one lock, and the calls that a program makes."""

from __future__ import annotations

import threading
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from mempress.neuroca import tiers
from mempress.neuroca.audit import Finding, audit
from mempress.neuroca.breaker import Breaker
from mempress.neuroca.draft import Batch, batch, draft, unit_vectors
from mempress.neuroca.errors import (
    CapacityError,
    ClosedError,
    DamagedError,
    PartlyStoredError,
    RecordError,
    StorageError,
)
from mempress.neuroca.eviction import Eviction
from mempress.neuroca.health import Health, Meter, assess
from mempress.neuroca.hits import stored
from mempress.neuroca.maintenance import Maintenance, Report
from mempress.neuroca.opening import lock, open_core, rebuild
from mempress.neuroca.policies.reinforcement import shares
from mempress.neuroca.probe import probe
from mempress.neuroca.search import Query, search
from mempress.neuroca.settings import Settings
from mempress.neuroca.single import write_one
from mempress.neuroca.stats import Stats, stats
from mempress.neuroca.writing import make_room, remove, save_changes, settle, slots_of, write

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from types import TracebackType

    from numpy.typing import ArrayLike

    from mempress.neuroca.core import Core
    from mempress.neuroca.draft import Draft
    from mempress.neuroca.events import Event
    from mempress.neuroca.index import Vectors
    from mempress.neuroca.record import Filter, Hit, Record, Stored

    Embed = Callable[[Sequence[str]], Sequence[ArrayLike]]

_TOUCHES_AT_ONCE = 512


class Neuroca:
    """A memory of bounded size, on disk, that keeps what matters.

    Safe for threads: each call has the engine to itself. One process at a time: a second is refused.

    Args:
        directory: where the store lives; made if missing.
        settings: see ``Settings``.
        embed: texts -> unit vectors of ``settings.dimension``; None: words alone, or vectors given with each record.
        now: the wall clock, in seconds since 1970; ``monotonic`` and ``sleep`` likewise can be replaced for tests.

    Raises:
        LockedError: another engine has the directory open.
        SettingsError: the store was made with settings that these do not fit.
        DamagedError: the file cannot be read at all; a partly damaged one is salvaged, see ``opening``.
    """

    def __init__(  # noqa: PLR0913 - the three clocks are for tests alone
        self,
        directory: Path | str,
        settings: Settings | None = None,
        *,
        embed: Embed | None = None,
        now: Callable[[], float] = time.time,
        monotonic: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self.settings = settings or Settings()
        self.directory = Path(directory)
        self._embed = embed
        self._now, self._sleep = now, sleep
        self._mutex = threading.RLock()
        self._lock_file = lock(self.directory)
        self._meter = Meter()
        try:
            self._core, self.opening = open_core(
                self.directory,
                self.settings,
                vectored=embed is not None or self.settings.words in {"names", "off"},
                now=now,
            )
        except BaseException:
            self._lock_file.close()
            raise
        breaker = Breaker(self.settings.breaker_failures, self.settings.breaker_cooldown_s, monotonic)
        self._eviction = Eviction(self._core, breaker)
        self._maintenance = Maintenance(self._core, self._eviction, breaker)
        self._closed = False
        if self.settings.overflow == "evict":
            make_room(self._core, self._eviction, 0, 0)

    def store(self, records: Sequence[Record]) -> None:
        """Store records; an id that is held is replaced. On return they are durable and searchable.

        All are checked first. Then they are written in chunks of at most 1,000, each whole or not at all.

        Raises:
            RecordError: a record cannot be used; nothing was stored.
            CapacityError, StorageError: ``error.stored`` says how many of the first records are held.
        """
        if len(records) == 1:
            one = draft(records[0], self.settings.max_text_bytes)
            self._check_sizes((one.id,), (one.size,))
            vectors = self._vectors(records)
            if self._store_one(one, vectors):
                return
            checked = Batch.of_one(one)
        else:
            checked = batch(records, self.settings.max_text_bytes)
            self._check_sizes(checked.ids, checked.sizes)
            vectors = self._vectors(records)
        self._store_many(checked, vectors)

    def search(
        self,
        query: str | None = None,
        *,
        limit: int = 10,
        vector: ArrayLike | None = None,
        where: Filter | None = None,
        reinforce: bool = True,
    ) -> list[Hit]:
        """Give at most ``limit`` records, best first: by the vector's meaning (given, or of the query), and its words.

        ``reinforce``: the hits count as used.

        Raises:
            RecordError: no query and no vector, a limit below 1, or a vector that does not fit.
        """
        if limit < 1:
            raise RecordError(f"limit is {limit}: give at least 1.")
        if query is None and vector is None:
            raise RecordError("A search needs a query, a vector, or both.")
        start = time.perf_counter_ns()
        if vector is None and query is not None and self._embed is not None:
            vector = self._embed([query])[0]
        row = None if vector is None else unit_vectors([vector], self.settings.dimension, "the query")
        with self._using() as core:
            found = search(core, Query(query, row, limit, where))
            if reinforce and found:
                self._touch([slot for slot, _ in found], shares(len(found)))
            self._meter.searched(time.perf_counter_ns() - start)
        return [hit for _, hit in found]

    def get(self, ids: Sequence[str], *, reinforce: bool = True) -> dict[str, Stored]:
        """Give those of the ids that are held; ``reinforce``: each counts as used once."""
        with self._using() as core:
            slots = slots_of(core, ids)
            if reinforce and slots:
                self._touch(list(slots.values()), [1.0] * len(slots))
            tiers.count_accesses(core)
            rows = core.store.rows(list(slots.values()))
            return {row.id: stored(core.ledger, row) for row in rows}

    def delete(self, ids: Sequence[str]) -> int:
        """Forget these; give how many of them were held."""
        with self._using() as core:
            slots = list(slots_of(core, ids).values())
            tiers.count_accesses(core)
            for at in range(0, len(slots), 1_000):
                remove(core, slots[at : at + 1_000])
            return len(slots)

    def count(self) -> int:
        """Give the number of records held."""
        with self._using(settled=False) as core:
            return core.ledger.live

    def __len__(self) -> int:
        return self.count()

    def __contains__(self, record_id: object) -> bool:
        with self._using(settled=False) as core:
            return isinstance(record_id, str) and bool(slots_of(core, [record_id]))

    def flush(self) -> None:
        """Save what is only in memory (uses, tiers) and carry the log into the file with a sync."""
        with self._using() as core:
            tiers.count_accesses(core)
            save_changes(core, everything=True)
            core.store.checkpoint(truncate=True)

    def maintain(self) -> Report:
        """Do all maintenance that waits, and look for redundant records beyond what writes pay for."""
        with self._using():
            return self._maintenance.full_pass()

    def relieve(self, release: float = 0.1) -> Report:
        """Emergency: remove the ``release`` share of all records that is worth least, and give the room back.

        Raises:
            RecordError: the share is not in (0, 1].
        """
        if not 0 < release <= 1:
            raise RecordError(f"release is {release}: give a share above 0 and up to 1.")
        with self._using():
            return self._maintenance.emergency_pass(release)

    def drain_events(self) -> tuple[Event, ...]:
        """Give what maintenance did by itself since the last call."""
        with self._using() as core:
            return core.testimony.drain(core.ledger.live)

    def health(self) -> Health:
        """Give the state of the engine; see ``mempress.neuroca.health`` for the formulas."""
        with self._using() as core:
            damaged = len(self.opening.lost) + self.opening.lost_unnamed
            return assess(core, self._maintenance, self._meter, damaged)

    def probe(self) -> float:
        """Write, read, find and forget; give the seconds it took. It takes no record's place.

        Raises:
            NeurocaError: one of the steps failed; says which.
        """
        with self._using() as core:
            return probe(core)

    def check(self, *, fix: bool = False) -> list[Finding]:
        """Audit every invariant; ``fix``: rebuild ledger and index from the store, and drop damaged records."""
        with self._using() as core:
            findings = audit(core)
            if fix and findings:
                rebuild(core)
                self._eviction.forget_queue()
            return findings

    def stats(self) -> Stats:
        """Give counts and sizes."""
        with self._using() as core:
            return stats(core, self._meter, self._maintenance)

    def close(self) -> None:
        """Save all and release the directory; a second call does nothing."""
        with self._mutex:
            if self._closed:
                return
            try:
                if not self._core.stale:
                    tiers.count_accesses(self._core)
                    save_changes(self._core, everything=True)
            finally:
                self._closed = True
                self._core.store.close()
                self._lock_file.close()

    def __enter__(self) -> Neuroca:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _store_many(self, checked: Batch, vectors: Vectors | None) -> None:
        """Write checked records in chunks; of those with one id, the last."""
        order = sorted({name: at for at, name in enumerate(checked.ids)}.values())
        self._slow_down()
        at = 0
        while at < len(order):
            with self._using() as core, _counting(order[at] if at else 0):
                part = order[at : at + core.budget.chunk_records(core.ledger.pinned_count)]
                whole = len(part) == len(checked)
                given = vectors if whole or vectors is None else vectors[part]
                self._store_chunk(checked if whole else checked.part(part), given)
                self._meter.wrote(len(part))
            at += len(part)

    def _store_one(self, item: Draft, vectors: Vectors | None) -> bool:
        """Try the short way; say whether the record is stored."""
        with self._using(settled=False) as core:
            stored_now = self._maintenance.breaker.state == "closed" and write_one(core, self._eviction, item, vectors)
            if stored_now:
                self._meter.wrote(1)
            return stored_now

    def _store_chunk(self, chunk: Batch, vectors: Vectors | None) -> None:
        core = self._core
        maintained = self._maintenance.step(len(chunk))
        write(core, self._eviction, chunk, vectors)
        if maintained:
            self._maintenance.breaker.succeeded()

    def _vectors(self, records: Sequence[Record]) -> Vectors | None:
        given = [record.vector for record in records]
        missing = [at for at, vector in enumerate(given) if vector is None]
        if missing and self._embed is None:
            if len(missing) < len(given):
                raise RecordError("Some records have a vector and some have none: give all or none, or an embedder.")
            return None
        if missing and self._embed is not None:
            found = self._embed([records[at].text for at in missing])
            for at, vector in zip(missing, found, strict=True):
                given[at] = vector
        return unit_vectors(given, self.settings.dimension, "a record") if given else None

    def _check_sizes(self, ids: Sequence[str], sizes: Sequence[int]) -> None:
        most = self._core.budget.largest_record_bytes
        for record_id, size in zip(ids, sizes, strict=True) if most is not None else ():
            if size > (most or 0):
                raise RecordError(
                    f"Record {record_id!r} takes {size} bytes, over a sixteenth of the budget ({most}): "
                    "split it, or raise capacity_bytes."
                )

    def _slow_down(self) -> None:
        """Slow a writer between soft and hard limit where eviction cannot help, before it has to be refused."""
        with self._using() as core:
            helpless = self.settings.overflow == "reject" or self._maintenance.breaker.state != "closed"
            wait_s = core.budget.pressure(core.ledger) * self.settings.slow_down_ms / 1e3 if helpless else 0.0
        if wait_s > 0:
            self._sleep(wait_s)

    def _touch(self, slots: Sequence[int], weights: Sequence[float]) -> None:
        self._core.touches.append((slots, weights, self._now()))
        if len(self._core.touches) >= _TOUCHES_AT_ONCE:
            tiers.count_accesses(self._core)

    def _using(self, *, settled: bool = True) -> _Use:
        """Have the engine to oneself; ``settled``: index and names know every record."""
        return _Use(self, settled=settled)

    def _enter(self, *, settled: bool) -> Core:
        if self._closed:
            raise ClosedError(f"The engine of {self.directory} was closed: open a new one.")
        if self._core.stale:
            rebuild(self._core)
            self._eviction.forget_queue()
        if settled:
            settle(self._core)
        return self._core

    def _leave(self, error: BaseException | None) -> None:
        if isinstance(error, (StorageError, CapacityError, DamagedError)):
            self._meter.failed()
        self._mutex.release()


class _Use:
    """The time in which one call has the engine to itself; a generator in its place would cost a single store 2 us."""

    __slots__ = ("_engine", "_settled")

    def __init__(self, engine: Neuroca, *, settled: bool) -> None:
        self._engine, self._settled = engine, settled

    def __enter__(self) -> Core:
        self._engine._mutex.acquire()
        try:
            return self._engine._enter(settled=self._settled)
        except BaseException as error:
            self._engine._leave(error)
            raise

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: object) -> None:
        self._engine._leave(error)


@contextmanager
def _counting(stored_before: int) -> Iterator[None]:
    """Say in an error how many of the call's records were stored before."""
    try:
        yield
    except PartlyStoredError as error:
        error.stored = stored_before
        raise
