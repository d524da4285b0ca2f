"""The engine against a plain dictionary, under any sequence of calls."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

import numpy as np
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule
from tests.neuroca.neuroca_kit import engine, record, sound, unit

NUMBERS = st.integers(0, 40)
IMPORTANCE = st.floats(0, 1)


class _Machine(RuleBasedStateMachine):
    """Stores, replaces, deletes, searches, maintains and opens again; ``model`` says what must be held."""

    capacity: int | None = None

    def __init__(self) -> None:
        super().__init__()
        self.directory = Path(tempfile.mkdtemp())
        self.memory = engine(self.directory, capacity_records=self.capacity)
        self.model: dict[str, tuple[str, float, bool]] = {}
        self.version = 0

    @rule(numbers=st.lists(NUMBERS, min_size=1, max_size=12), importance=IMPORTANCE, pinned=st.booleans())
    def store(self, numbers: list[int], importance: float, pinned: bool) -> None:
        self.version += 1
        pinned = pinned and self.capacity is None
        text = f"version {self.version} in Town{self.version}"
        self.memory.store([record(number, importance, text=text, pinned=pinned) for number in numbers])
        self.model |= {f"r{number}": (text, importance, pinned) for number in numbers}

    @rule(numbers=st.lists(NUMBERS, max_size=5))
    def delete(self, numbers: list[int]) -> None:
        ids = [f"r{number}" for number in numbers]
        held = set(self.memory.get(ids, reinforce=False))
        assert self.memory.delete(ids) == len(held)
        for name in ids:
            self.model.pop(name, None)

    @rule(number=NUMBERS)
    def search_finds_itself(self, number: int) -> None:
        hits = self.memory.search(vector=unit(number), limit=3)
        held = self.memory.get([f"r{number}"], reinforce=False)
        assert len(hits) == min(3, self.memory.count())
        assert not held or hits[0].id == f"r{number}"
        assert all(self.model[hit.id][0] == hit.text for hit in hits)

    @rule()
    def search_by_name(self) -> None:
        newest = {name for name, (text, *_) in self.model.items() if text.endswith(f"Town{self.version}")}
        held = set(self.memory.get(sorted(newest), reinforce=False))
        hits = self.memory.search(f"who is in Town{self.version}?", vector=unit(0), limit=50)
        assert held <= {hit.id for hit in hits if hit.why.words == 1.0}

    @rule()
    def maintain(self) -> None:
        self.memory.maintain()

    @rule()
    def reopen(self) -> None:
        before = self.memory.get(sorted(self.model), reinforce=False)
        self.memory.close()
        self.memory = engine(self.directory, capacity_records=self.capacity)
        after = self.memory.get(sorted(self.model), reinforce=False)
        assert {name: (item.text, item.hits) for name, item in after.items()} == {
            name: (item.text, item.hits) for name, item in before.items()
        }

    @invariant()
    def holds_what_the_model_holds(self) -> None:
        held = self.memory.get(sorted(self.model), reinforce=False)
        assert len(held) == self.memory.count()
        for name, item in held.items():
            text, importance, pinned = self.model[name]
            assert (item.text, item.pinned) == (text, pinned)
            assert np.isclose(item.importance, importance)
        if self.capacity is None:
            assert held.keys() == self.model.keys()
        else:
            assert len(held) <= self.capacity

    @precondition(lambda self: self.version % 3 == 0)
    @invariant()
    def is_sound(self) -> None:
        sound(self.memory)

    def teardown(self) -> None:
        self.memory.close()
        shutil.rmtree(self.directory)


class _Bounded(_Machine):
    capacity = 10


class _Tiny(_Machine):
    capacity = 1


_EFFORT = hypothesis_settings(max_examples=10, stateful_step_count=15, deadline=None)
TestUnbounded = _Machine.TestCase
TestUnbounded.settings = _EFFORT
TestBounded = _Bounded.TestCase
TestBounded.settings = _EFFORT
TestTiny = _Tiny.TestCase
TestTiny.settings = hypothesis_settings(_EFFORT, max_examples=5)
