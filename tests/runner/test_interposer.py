"""What a program sees of its disk and its clock under the library that faults preload."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from typing import TYPE_CHECKING, Protocol

import pytest

from mempress.errors import UsageError
from mempress.faultspec import FaultSpec
from mempress.runner.faults.machine import Machine, machine_for
from mempress.runner.faults.orders import Interposer, Order
from mempress.runner.supervisor import Launch

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

DAY = 86_400


class Program(Protocol):
    """Runs Python code under an order; gives its lines, and what the library counted."""

    def __call__(self, code: str, order: Order) -> tuple[list[str], dict[str, int]]: ...


@pytest.fixture(scope="module")
def machine() -> Iterator[Machine]:
    with machine_for([FaultSpec("slow-disk", "load", 0.5)]) as ready:
        yield ready


@pytest.fixture
def under(machine: Machine, tmp_path: Path) -> Program:
    """Run code with ``inside`` and ``outside`` as directories, the first of them the one that is concerned."""
    workdir = (tmp_path / "run" / "workdir").resolve()
    workdir.mkdir(parents=True)

    def run(code: str, order: Order) -> tuple[list[str], dict[str, int]]:
        launch, levers = machine.levers(Launch((sys.executable,), dict(os.environ)), workdir)
        assert isinstance(levers, Interposer)
        levers.give(order, ())
        head = f"import os, sqlite3, time\ninside, outside = {str(workdir)!r}, {str(tmp_path)!r}\n"
        words = [sys.executable, "-I", "-c", head + code]
        done = subprocess.run(words, env=dict(launch.environment), capture_output=True, text=True, check=True)
        return done.stdout.splitlines(), levers.counted()

    return run


WRITES = """
def attempt(what, call):
    try:
        call()
        print(what, "done")
    except OSError as error:
        print(what, error.errno)

path = inside + "/file"
file = os.open(path, os.O_RDWR | os.O_CREAT)
{before}
attempt("append", lambda: os.write(file, b"12"))
attempt("beyond", lambda: os.pwrite(file, b"12", 100))
attempt("vector", lambda: os.writev(file, [b"1", b"2"]))
attempt("longer", lambda: os.ftruncate(file, 10_000))
attempt("allocate", lambda: os.posix_fallocate(file, 0, 10_000))
attempt("directory", lambda: os.mkdir(inside + "/sub"))
attempt("outside", lambda: os.write(os.open(outside + "/file", os.O_WRONLY | os.O_CREAT), b"12"))
attempt("shorter", lambda: os.ftruncate(file, 0))
"""


def test_a_full_disk_refuses_what_needs_room_and_only_there(under: Program) -> None:
    lines, counted = under(WRITES.format(before=""), Order(full=True))
    refused = ["append", "beyond", "vector", "longer", "allocate", "directory"]
    assert lines == [*(f"{what} 28" for what in refused), "outside done", "shorter done"]
    assert counted["refused"] == len(refused)


def test_a_full_disk_lets_a_file_be_written_over(under: Program) -> None:
    """As a file system does that does not copy on write: the blocks are there."""
    under("open(inside + '/file', 'wb').write(b'old ' * 1024)", Order())
    lines, counted = under("print(os.pwrite(os.open(inside + '/file', os.O_RDWR), b'new', 8))", Order(full=True))
    assert (lines, counted["refused"]) == (["3"], 0)
    append = "os.write(os.open(inside + '/file', os.O_RDWR | os.O_APPEND), b'new')"
    lines, _ = under(f"try: {append}\nexcept OSError as error: print(error)", Order(full=True))
    assert lines == ["[Errno 28] No space left on device"]


def test_sqlite_says_that_its_disk_is_full_and_goes_on_where_it_is_not(under: Program) -> None:
    code = (
        "for where in (inside, outside):\n"
        "    base = sqlite3.connect(where + '/base.db')\n"
        "    try: base.execute('create table t (x)'); print('done')\n"
        "    except sqlite3.OperationalError as error: print(error)\n"
    )
    assert under(code, Order(full=True))[0] == ["database or disk is full", "done"]
    assert under(code, Order())[0][0] == "done"


@pytest.mark.parametrize("days", [1, -1, -100_000])
def test_the_wall_clock_jumps_and_the_steady_one_does_not(under: Program, days: int) -> None:
    code = "print(time.time(), time.clock_gettime(time.CLOCK_REALTIME), time.monotonic())"
    before, steady = time.time(), time.monotonic()
    lines, counted = under(code, Order(clock_offset_ns=days * DAY * 10**9))
    precise, again, monotonic = map(float, lines[0].split())
    assert before + days * DAY <= precise <= again <= time.time() + days * DAY
    assert steady <= monotonic <= time.monotonic()
    assert counted["shifted"] >= 2


def test_sqlite_stamps_the_shifted_time(under: Program) -> None:
    code = "print(sqlite3.connect(':memory:').execute(\"select strftime('%s', 'now')\").fetchone()[0])"
    before = int(time.time())
    assert before + DAY <= int(under(code, Order(clock_offset_ns=DAY * 10**9))[0][0]) <= time.time() + DAY


def test_a_slow_disk_delays_each_write_and_each_sync(under: Program) -> None:
    code = (
        "file = os.open(inside + '/file', os.O_RDWR | os.O_CREAT)\n"
        "started = time.perf_counter()\n"
        "for _ in range(3): os.write(file, b'x'); os.fsync(file)\n"
        "print(time.perf_counter() - started)\n"
        "other = os.open(outside + '/file', os.O_RDWR | os.O_CREAT)\n"
        "os.write(other, b'x'); os.fdatasync(other)\n"
    )
    lines, counted = under(code, Order(write_delay_ns=10_000_000, sync_delay_ns=20_000_000))
    assert float(lines[0]) >= 0.09
    assert counted["delayed"] == 6


def test_a_compiler_that_fails_is_named_with_its_words(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    compiler = tmp_path / "cc"
    compiler.write_text("#!/bin/sh\necho 'fatal: no dlfcn.h here' >&2\nexit 1\n", "utf-8")
    compiler.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    refusal = pytest.raises(UsageError, match=r"cannot compile the library that they need \(fatal: no dlfcn.h here\)")
    with refusal, machine_for([FaultSpec("clock-jump", "load", 0.5)]):
        pass
