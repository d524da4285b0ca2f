"""What /proc tells of real processes: who belongs to a system, and what it weighs."""

from __future__ import annotations

import os
import subprocess
import sys
from contextlib import contextmanager
from typing import IO, TYPE_CHECKING

import pytest

from mempress.runner.processes import available_bytes, is_alive, memory_of, reset_peaks, resident_bytes, tree_of

if TYPE_CHECKING:
    from collections.abc import Iterator

MIB = 1 << 20

WEIGHTS = """
import sys

kept = []
for line in sys.stdin:
    command, mib = line.split()
    if command == "take":
        kept.append(b"\\x01" * (int(mib) << 20))
    else:
        kept.clear()
    print("done", flush=True)
"""

FAMILY = """
import os, subprocess, sys

# The leader's children: one in its session, one in a session of its own, which has a child in yet another.
wait = [sys.executable, "-c", "import sys; sys.stdin.read()"]
alone = [sys.executable, "-c", '''
import subprocess, sys
child = subprocess.Popen([sys.executable, "-c", "import sys; sys.stdin.read()"], start_new_session=True)
print(child.pid, flush=True)
sys.stdin.read()
''']
near = subprocess.Popen(wait)
far = subprocess.Popen(alone, start_new_session=True, stdout=subprocess.PIPE, text=True)
print(near.pid, far.pid, int(far.stdout.readline()), flush=True)
sys.stdin.read()
"""


class Process:
    """A program that answers each line with one."""

    def __init__(self, program: str) -> None:
        command = [sys.executable, "-c", program]
        pipe = subprocess.PIPE
        self._process = subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True, start_new_session=True)
        self.pid = self._process.pid

    def tell(self, line: str) -> str:
        stream(self._process.stdin).write(line + "\n")
        stream(self._process.stdin).flush()
        return self.answer()

    def answer(self) -> str:
        return stream(self._process.stdout).readline().strip()

    def end(self) -> None:
        """Close its input, which ends it and, since they share it, its family."""
        stream(self._process.stdin).close()
        self._process.wait(10)
        stream(self._process.stdout).close()


def stream(file: IO[str] | None) -> IO[str]:
    assert file is not None
    return file


@contextmanager
def running(program: str) -> Iterator[Process]:
    process = Process(program)
    try:
        yield process
    finally:
        process.end()


def test_children_in_sessions_of_their_own_belong_to_the_tree_and_strangers_do_not() -> None:
    with running(FAMILY) as leader, running(WEIGHTS) as stranger:
        family = {leader.pid, *map(int, leader.answer().split())}
        tree = tree_of(leader.pid)
        assert set(tree) == family
        assert len(family) == 4
        assert stranger.pid not in tree
        assert family | {stranger.pid, os.getpid()} <= set(tree_of(os.getpid()))
        assert all(is_alive(pid, started) for pid, started in tree.items())
        assert not is_alive(leader.pid, tree[leader.pid] + 1)
        use, alone = memory_of(tree), memory_of([leader.pid])
    assert use is not None
    assert alone is not None
    assert (use.processes, alone.processes) == (4, 1)
    assert use.pss_bytes > alone.pss_bytes


def test_a_process_that_is_dead_is_in_no_tree_weighs_nothing_and_is_not_alive() -> None:
    """It stays a zombie until its parent asks for it, here at the end of the block."""
    with subprocess.Popen([sys.executable, "-c", ""], stdout=subprocess.PIPE) as child:
        assert child.stdout is not None
        child.stdout.read()
        os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)
        assert tree_of(child.pid) == {}
        assert child.pid not in tree_of(os.getpid())
        assert memory_of([child.pid]) is None
        assert resident_bytes([child.pid]) == 0
        reset_peaks([child.pid])


def test_fifty_megabytes_that_a_process_takes_are_fifty_megabytes_in_each_figure() -> None:
    with running(WEIGHTS) as process:
        assert process.tell("take 0") == "done"
        before, resident = memory_of([process.pid]), resident_bytes([process.pid])
        process.tell("take 50")
        after, resident_after = memory_of([process.pid]), resident_bytes([process.pid])
    assert before is not None
    assert after is not None
    for figure in ("pss_bytes", "uss_bytes", "rss_bytes", "rss_anon_bytes", "peak_bytes"):
        grown = getattr(after, figure) - getattr(before, figure)
        assert grown == pytest.approx(50 * MIB, abs=2 * MIB), figure
    assert resident_after - resident == pytest.approx(50 * MIB, abs=2 * MIB)
    assert abs(after.rss_file_bytes - before.rss_file_bytes) < 2 * MIB


def test_a_peak_is_that_since_the_last_reset() -> None:
    with running(WEIGHTS) as process:
        process.tell("take 0")
        low = memory_of([process.pid])
        process.tell("take 50")
        process.tell("free 0")
        freed = memory_of([process.pid])
        reset_peaks([process.pid])
        reset = memory_of([process.pid])
    assert low is not None
    assert freed is not None
    assert reset is not None
    assert freed.pss_bytes - low.pss_bytes < 5 * MIB
    assert freed.peak_bytes - low.pss_bytes == pytest.approx(50 * MIB, abs=5 * MIB)
    assert reset.peak_bytes - low.pss_bytes < 5 * MIB


def test_the_memory_that_the_machine_can_hand_out_is_less_than_it_has() -> None:
    assert 0 < available_bytes() < os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
