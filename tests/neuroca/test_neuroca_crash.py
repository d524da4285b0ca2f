"""kill -9 at random moments: what was acknowledged is there."""

from __future__ import annotations

import random
import signal
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from tests.neuroca.neuroca_kit import engine, sound, unit

ROOT = Path(__file__).parents[2]
CHILD = "tests.neuroca.neuroca_child"


@dataclass
class Acknowledged:
    """What a killed child acknowledged. ``doubtful``: its deletion may have been done and not yet acknowledged."""

    held: set[str] = field(default_factory=set)
    doubtful: set[str] = field(default_factory=set)

    def read(self, line: str) -> None:
        words = line.split()
        if words[:1] == ["+"] and len(words) == 3 and line.endswith("\n"):
            self.held |= {f"r{number}" for number in range(int(words[1]), int(words[2]) + 1)}
            self.doubtful = {f"r{words[1]}"}
        elif words[:1] == ["-"] and len(words) == 2 and line.endswith("\n"):
            self.held.discard(f"r{words[1]}")


def _run_and_kill(directory: Path, first: int, capacity: int, chance: random.Random) -> Acknowledged:
    """Run a child and kill it at a random moment: before, while and after opening, or after some acknowledged calls."""
    child = subprocess.Popen(
        [sys.executable, "-m", CHILD, str(directory), str(first), str(capacity)],
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
    )
    assert child.stdout is not None
    said = Acknowledged()
    for _ in range(chance.choice([0, 1, 2, 10, 30, 60])):
        said.read(child.stdout.readline())
    spin_until = time.perf_counter_ns() + chance.randrange(20_000_000)
    while time.perf_counter_ns() < spin_until:
        pass
    child.send_signal(signal.SIGKILL)
    for line in child.stdout:
        said.read(line)
    child.wait()
    child.stdout.close()
    return said


def _kill_many_times(directory: Path, rounds: int) -> None:
    chance = random.Random(7)  # noqa: S311 - chance in a test
    held: set[str] = set()
    doubtful: set[str] = set()
    for turn in range(rounds):
        said = _run_and_kill(directory, turn * 100_000, 0, chance)
        held |= said.held
        doubtful |= said.doubtful
        with engine(directory) as memory:
            sound(memory)
            found = memory.get(sorted(held), reinforce=False)
            assert held - doubtful <= found.keys()
            for name in chance.sample(sorted(found), min(5, len(found))):
                assert memory.search(vector=unit(int(name[1:])), limit=1)[0].id == name


def test_what_was_acknowledged_survives_kill_9(tmp_path: Path) -> None:
    _kill_many_times(tmp_path, 8)


def test_a_bounded_store_survives_kill_9_and_keeps_its_newest(tmp_path: Path) -> None:
    """With evictions going on: never over capacity, sound, and the newest are there.

    STM is 300 records: one batch of 150 that was not acknowledged cannot push out the 20 before it.
    """
    chance = random.Random(11)  # noqa: S311 - chance in a test
    for turn in range(4):
        said = _run_and_kill(tmp_path, turn * 100_000, 1_500, chance)
        with engine(tmp_path, capacity_records=1_500) as memory:
            sound(memory)
            assert memory.count() <= 1_500
            newest = set(sorted(said.held, key=lambda name: int(name[1:]))[-20:])
            assert newest - said.doubtful <= memory.get(sorted(newest), reinforce=False).keys()


@pytest.mark.long
@pytest.mark.timeout(1800)
def test_300_kills(tmp_path: Path) -> None:
    for part in range(10):
        _kill_many_times(tmp_path / str(part), 30)
