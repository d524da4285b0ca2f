"""What must stay the same for ever: what the engine holds in memory, how long its log grows, how much one call does."""

from __future__ import annotations

import os
import platform
import random
import subprocess
import sys
import threading
from collections import deque
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.neuroca.neuroca_kit import engine, record, sound, unit

from mempress.neuroca import Filter, Neuroca
from mempress.neuroca.blocks import BLOCK, chosen, whole_blocks
from mempress.neuroca.ledger import Ledger
from mempress.neuroca.writing import _due

ROOT = Path(__file__).parents[2]


def elements(thing: Any, seen: set[int] | None = None) -> int:
    """Count the elements of every container that is reachable from an object of the engine."""
    seen = set() if seen is None else seen
    if id(thing) in seen or isinstance(thing, (str, bytes, type, threading.Thread)) or callable(thing):
        return 0
    seen.add(id(thing))
    if isinstance(thing, np.ndarray):
        return thing.size
    if isinstance(thing, (list, tuple, set, frozenset, deque, dict)):
        parts = [*thing, *thing.values()] if isinstance(thing, dict) else list(thing)
        return len(parts) + sum(elements(part, seen) for part in parts)
    if not type(thing).__module__.startswith("mempress"):
        return 0
    names = [*getattr(thing, "__dict__", {}), *getattr(type(thing), "__slots__", ())]
    return sum(elements(getattr(thing, name), seen) for name in names)


def live_through(memory: Neuroca, turns: int, chance: random.Random, number: int) -> int:
    """Store in batches of every length, search, read, forget; give the next unused number."""
    for _ in range(turns):
        count = chance.randrange(1, 120)
        memory.store([record(at, chance.random()) for at in range(number, number + count)])
        number += count
        memory.search(
            f"topic {chance.randrange(7)}", vector=unit(chance.randrange(number)), limit=chance.randrange(1, 30)
        )
        memory.search("note", vector=unit(number), where=Filter(min_importance=0.5))
        memory.get([f"r{chance.randrange(number)}" for _ in range(chance.randrange(40))])
        memory.delete([f"r{number - 1 - at}" for at in range(chance.randrange(5))])
    return number


def test_no_container_of_the_engine_grows_once_it_is_full(tmp_path: Path) -> None:
    """Every list, dict, set and array reachable from the engine, after 8 and after 24 times the capacity."""
    chance = random.Random(3)  # noqa: S311 - chance in a test
    with engine(tmp_path, capacity_records=600) as memory:
        number = live_through(memory, 80, chance, 0)
        for _ in range(512):  # the windows of the meter
            memory.search(vector=unit(0))
        memory.flush()
        early = elements(memory)
        live_through(memory, 160, chance, number)
        memory.flush()
        assert early > 10_000
        assert elements(memory) <= 1.01 * early
        sound(memory)


_FLAT = """
import ctypes, gc, sys
from pathlib import Path
import numpy as np
from tests.neuroca.neuroca_kit import engine, records
from mempress.neuroca import tiers


class Allocated(ctypes.Structure):
    _fields_ = [(name, ctypes.c_size_t) for name in "arena o s h mapped u f used free keep".split()]


def allocated():
    gc.collect()
    now = library.mallinfo2()
    return now.used + now.mapped


def work(lengths):
    for length in lengths:
        core.touches.append((range(length), [1e-6] * length, 0.0))
        tiers.count_accesses(core)
        core.ledger.lines(slots[:length])
        memory._eviction.choose(length, 0)
        tiers.age(core, length)


library = ctypes.CDLL(None)
library.mallinfo2.restype = Allocated
slots = np.arange(3_000)
with engine(Path(sys.argv[1]), capacity_records=3_000) as memory:
    core = memory._core
    memory.store(records(range(3_000)))
    work([1_500] * 3)
    before = allocated()
    work(range(1, 1_024, 2))
    print(allocated() - before)
"""


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="reads the allocator of glibc")
def test_work_of_every_length_leaves_no_memory_behind(tmp_path: Path) -> None:
    """Uses, victims, lines and moves of 512 lengths leave 0.1 MB allocated; 1.6 MB if arrays were as long as these.

    With glibc's own caches off: those fill with time, to 0.2 MB a thread.
    """
    done = subprocess.run(
        [sys.executable, "-c", _FLAT, str(tmp_path)],
        cwd=ROOT,
        env={**os.environ, "GLIBC_TUNABLES": "glibc.malloc.tcache_count=0"},
        capture_output=True,
        text=True,
        check=False,
        timeout=110,
    )
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) < 200_000


@given(st.lists(st.tuples(st.integers(0, 1 << 40), st.booleans()), min_size=1, max_size=3 * BLOCK))
def test_whole_blocks_change_nothing_but_the_length(pairs: list[tuple[int, bool]]) -> None:
    slots = [slot for slot, _ in pairs]
    whole = whole_blocks(slots)
    assert len(whole) % BLOCK == 0
    assert len(whole) - len(slots) < BLOCK
    assert whole[: len(slots)].tolist() == slots
    assert set(whole[len(slots) :].tolist()) <= {slots[-1]}
    mask = np.ones(len(whole), "?")
    mask[: len(slots)] = [wanted for _, wanted in pairs]
    assert chosen(whole, mask, len(slots)) == [slot for slot, wanted in pairs if wanted]


def test_a_write_saves_a_bounded_number_of_lines_and_none_is_left_out(tmp_path: Path) -> None:
    """All of 100,000 lines have changed: each write of 256 saves 1,024 at most, going on where the last one ended."""
    with engine(tmp_path) as memory:
        core = memory._core
        core.ledger = Ledger()
        many = range(100_000)
        moments = [0.0] * len(many)
        core.ledger.put(many, [moments, [False] * len(many), [10] * len(many), many, moments, moments, moments])
        for _ in range(100_000 // 1_024 + 2):
            due = _due(core, 256)
            assert len(due) <= 1_024
            core.ledger.dirty[due] = False
        assert not core.ledger.dirty.any()
        core.stale = True  # nothing of this stands in the store
