"""The log: carried and begun anew by a thread beside the writer, never longer than its limit and a transaction."""

from __future__ import annotations

import subprocess
import sys
import threading
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any

import apsw
import pytest
from tests.neuroca.neuroca_kit import engine, records, sound

from mempress.neuroca import carrier, wal
from mempress.neuroca.carrier import Carried, Carrier
from mempress.neuroca.wal import PAGE_BYTES

if TYPE_CHECKING:
    from collections.abc import Iterator


ENOUGH = 64 << 20
ROOT = Path(__file__).parents[2]


class Writer:
    """A connection that writes pages into a log which nobody carries but the ``carrier``; ``pages``: its length."""

    def __init__(self, path: Path) -> None:
        self.db = apsw.Connection(str(path))
        self.db.pragma("journal_mode", "wal")
        self.db.pragma("wal_autocheckpoint", 0)
        self.db.execute("CREATE TABLE rows(n INTEGER PRIMARY KEY, body)")
        self.pages = 0
        self.db.set_wal_hook(self._committed)
        self.turn = Lock()
        self.carrier = Carrier(path, self.turn)

    def write(self, pages: int) -> int:
        """Write so many rows of a page each in one transaction; give the length of the log after it."""
        with self.db:
            self.db.executemany("INSERT INTO rows(body) VALUES (zeroblob(3500))", ((),) * pages)
        return self.pages

    def _committed(self, _db: apsw.Connection, _name: str, pages: int) -> int:
        self.pages = pages
        return apsw.SQLITE_OK


@pytest.fixture
def writer(tmp_path: Path) -> Iterator[Writer]:
    made = Writer(tmp_path / "log.db")
    yield made
    made.carrier.close()
    made.db.close()


def test_a_log_that_was_carried_whole_is_not_begun_anew_before_it_is_long_enough(writer: Writer) -> None:
    """It goes on behind what was carried, so that no transaction has to sync a header."""
    before = writer.write(20)
    for _ in range(3):
        assert writer.carrier.carry(1_000, ENOUGH, hurried=True) == (before, False)
        after = writer.write(20)
        assert after > before
        before = after


def test_a_log_that_is_long_enough_is_begun_anew_from_the_thread(writer: Writer) -> None:
    """However large the transaction after it is: the thread's own page stands before it."""
    before = writer.write(20)
    for pages in (40, 80):
        assert writer.carrier.carry(20, ENOUGH, hurried=True) == (before, True)
        after = writer.write(pages)
        assert pages < after < before + pages
        before = after


def test_nobody_begins_a_log_anew_while_another_writes(writer: Writer) -> None:
    before = writer.write(20)
    with writer.turn:
        assert writer.carrier.carry(20, ENOUGH, hurried=True) == (before, False)
    assert writer.write(20) > before


def test_a_disk_slower_than_usual_is_not_asked_for_another_sync_unless_in_a_hurry(
    writer: Writer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is usual is learned: a disk that is always slow begins its log anew like any other."""
    clock = iter(range(1_000))
    monkeypatch.setattr(carrier, "perf_counter", lambda: float(next(clock)))
    before = writer.write(20)
    assert writer.carrier.carry(20, ENOUGH, hurried=False) == (before, False)
    assert writer.write(1) > before
    assert writer.carrier.carry(20, ENOUGH, hurried=True).anew
    passes = 0
    while writer.write(20) and not writer.carrier.carry(20, ENOUGH, hurried=False).anew:
        passes += 1
    assert passes in range(1, 5)


def test_what_another_still_reads_is_not_overwritten(writer: Writer, tmp_path: Path) -> None:
    """It is carried as far as that goes, and wholly once it has ended."""
    writer.write(20)
    reader = apsw.Connection(str(tmp_path / "log.db"))
    reader.execute("BEGIN")
    count = reader.execute("SELECT count(*) FROM rows").fetchall()
    before = writer.write(20)
    carried = writer.carrier.carry(1, ENOUGH, hurried=True)
    assert 0 < carried.pages < before
    assert not carried.anew
    writer.write(1)
    assert reader.execute("SELECT count(*) FROM rows").fetchall() == count == [(20,)]
    reader.close()
    assert writer.carrier.carry(1, ENOUGH, hurried=True) == (writer.pages, True)


def test_a_reader_of_all_that_was_carried_is_waited_for_in_vain(writer: Writer, tmp_path: Path) -> None:
    """It began before all was carried and reads on: the log is not said to have begun anew."""
    before = writer.write(20)
    reader = apsw.Connection(str(tmp_path / "log.db"))
    reader.execute("BEGIN")
    assert reader.execute("SELECT count(*) FROM rows").fetchall() == [(20,)]
    assert writer.carrier.carry(1, ENOUGH, hurried=True) == (before, False)
    assert writer.write(20) > before
    reader.close()
    assert writer.carrier.carry(1, ENOUGH, hurried=True).anew


def test_the_version_of_the_tables_survives_a_log_begun_anew(writer: Writer) -> None:
    writer.db.pragma("user_version", 7)
    assert writer.carrier.carry(1, ENOUGH, hurried=True).anew
    assert writer.db.pragma("user_version") == 7


def test_the_log_is_carried_beside_the_writer_and_stays_within_its_limit(tmp_path: Path) -> None:
    """At its default limit of 4 MiB for a small store, and a transaction beyond it."""
    largest = 0
    with engine(tmp_path, capacity_records=2_000) as memory:
        log = memory._core.store._log
        for number in range(0, 10_000, 100):
            memory.store(records(range(number, number + 100)))
            largest = max(largest, (tmp_path / "neuroca.db-wal").stat().st_size)
        assert 3 << 20 <= largest < (4 << 20) + 2 * 100 * PAGE_BYTES
        assert log._carrier is not None
    assert not [thread.name for thread in threading.enumerate() if thread.name.startswith("neuroca-log")]
    with engine(tmp_path, capacity_records=2_000) as memory:
        sound(memory)


class EndlessError(Exception):
    """A write waited for a pass without a limit."""


class Stuck(Future[Any]):
    """A pass on a disk that stands still. ``waited_s``: how long all of them were waited for, by the test's clock."""

    waited_s = 0.0

    def result(self, timeout: float | None = None) -> Any:
        if timeout is None:
            raise EndlessError
        assert timeout <= 0.03
        Stuck.waited_s += timeout
        raise TimeoutError


class StandsStill(ThreadPoolExecutor):
    """Passes that do not end."""

    def submit(self, *_: object, **__: object) -> Future[Any]:
        return Stuck()


@pytest.mark.parametrize(("budget", "times"), [({}, 3), ({"capacity_bytes": 16 << 20}, 1)])
def test_writes_go_on_while_the_disk_stands_still_as_far_as_the_log_may_grow(
    tmp_path: Path, budget: dict[str, Any], times: int
) -> None:
    """To three times its limit, or to its limit where the bytes are budgeted; it is cut back when the disk goes on."""
    with engine(tmp_path, capacity_records=5_000, **budget) as memory:
        log = memory._core.store._log
        log._thread, number = StandsStill(1), 0
        with pytest.raises(EndlessError):
            while log._pages < 10 * log._limit_pages:
                memory.store(records(range(number, number + 100)))
                number += 100
        assert log._limit_pages == (1_024 if times == 3 else 512)
        assert times - 1 < (log._pages + log._next_pages) / log._limit_pages < times + 0.1
        log._thread = log._passing = None
        for _ in range(20):
            memory.store(records(range(number, number + 100)))
            number += 100
        assert (tmp_path / "neuroca.db-wal").stat().st_size <= (5 << 20)
        sound(memory)


def test_a_late_thread_is_waited_for_in_proportion_to_what_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Single stores are hardly slowed by a disk that stands still."""
    monkeypatch.setattr(Stuck, "waited_s", 0.0)
    monkeypatch.setattr(wal, "perf_counter", lambda: Stuck.waited_s)
    monkeypatch.setattr(wal, "_LATE_S", -1.0)
    with engine(tmp_path, capacity_records=5_000) as memory:
        log = memory._core.store._log
        log._thread = StandsStill(1)
        for number in range(400):
            memory.store(records([number]))
        assert log._limit_pages // 8 < log._pages < log._limit_pages
        assert 0 < Stuck.waited_s < 0.03 * (1 + 8 * log._pages / log._limit_pages)
        log._thread = log._passing = None


class CarriesNothing(ThreadPoolExecutor):
    """Passes that end at once and carry nothing, as on a disk that fails."""

    def submit(self, *_: object, **__: object) -> Future[Any]:
        done: Future[Any] = Future()
        done.set_result(Carried(0, anew=False))
        return done


def test_a_writer_carries_the_log_itself_where_the_thread_does_not(tmp_path: Path) -> None:
    """The log still stays within its limit and a transaction."""
    with engine(tmp_path, capacity_records=2_000) as memory:
        log = memory._core.store._log
        log._thread = CarriesNothing(1)
        for number in range(0, 10_000, 100):
            memory.store(records(range(number, number + 100)))
            assert (tmp_path / "neuroca.db-wal").stat().st_size < (4 << 20) + 2 * 100 * PAGE_BYTES
        assert log._carrier is None
        sound(memory)


_LATE = """
import atexit, sys
from pathlib import Path
from tests.neuroca.neuroca_kit import engine, records

memory = engine(Path(sys.argv[1]))


def late():
    for number in range(0, 4_000, 500):
        memory.store(records(range(number, number + 500)))
    print(memory.count(), memory._core.store._log._carrier)
    memory.close()


atexit.register(late)
"""


def test_a_program_may_still_store_while_it_ends(tmp_path: Path) -> None:
    """No thread can be started any more: the writer carries the log."""
    done = subprocess.run(
        [sys.executable, "-c", _LATE, str(tmp_path)], cwd=ROOT, capture_output=True, text=True, check=False, timeout=110
    )
    assert (done.stdout.split(), done.stderr) == (["4000", "None"], "")
