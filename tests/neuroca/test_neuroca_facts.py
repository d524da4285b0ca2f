"""Facts that a later record states anew: told by the keys in the metadata, and by nothing else."""

from __future__ import annotations

import math
from shutil import copytree
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.neuroca.neuroca_kit import engine, record, sound, unit

from mempress.neuroca import Filter, Neuroca, Record, Settings, SettingsError
from mempress.neuroca.policies.supersession import fact_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

_KEYS = ("subject", "attribute")


def _fact(number: int, subject: object, attribute: object, **fields: Any) -> Record:
    return record(number, metadata={"subject": subject, "attribute": attribute}, **fields)


def _redundancy(memory: Neuroca) -> dict[str, float]:
    return {hit.id: hit.why.redundancy for hit in memory.search(vector=unit(1), limit=1_000, reinforce=False)}


@pytest.mark.parametrize(
    ("metadata", "fact"),
    [
        ('{"subject":"Anna","attribute":"home"}', '["anna", "home"]'),
        ('{"attribute":" HOME ","subject":"anna","source":"chat"}', '["anna", "home"]'),
        ('{"subject":7,"attribute":"home"}', '["7", "home"]'),
        ('{"subject":"Anna"}', None),
        ('{"subject":"Anna","attribute":""}', None),
        ('{"subject":"Anna","attribute":null}', None),
        ('{"subject":["Anna"],"attribute":"home"}', None),
        ('{"subject":true,"attribute":"home"}', None),
        ('{"note":"\\"subject\\" \\"attribute\\""}', None),
        ('{"inner":{"subject":"Anna","attribute":"home"}}', None),
    ],
)
def test_a_fact_is_named_by_all_its_keys(metadata: str, fact: str | None) -> None:
    assert fact_of(metadata, _KEYS) == fact
    assert fact_of(metadata, ()) is None


def test_the_later_statement_replaces_the_earlier_at_once(tmp_path: Path) -> None:
    """Whatever the texts and vectors; another attribute, another subject or no statement is left alone."""
    with engine(tmp_path) as memory:
        memory.store([_fact(1, "Anna", "home", importance=0.9), _fact(2, "Anna", "pet"), _fact(3, "Berit", "home")])
        memory.get(["r1"])
        memory.store([record(4, text="Anna has a home"), _fact(5, "anna", "home", importance=0.2)])
        assert _redundancy(memory) == {"r1": 1.0, "r2": 0.0, "r3": 0.0, "r4": 0.0, "r5": 0.0}
        newer = memory.get(["r5"], reinforce=False)["r5"]
        assert (newer.importance, newer.hits) == (0.9, 1.0)
        sound(memory)


@settings(max_examples=30, deadline=None)
@given(
    stated=st.lists(
        st.tuples(st.sampled_from("ab"), st.sampled_from("xy"), st.none() | st.integers(0, 3)), min_size=1, max_size=25
    ),
    batch=st.integers(1, 25),
    reopened=st.booleans(),
)
def test_of_each_fact_the_latest_alone_holds(
    tmp_path_factory: pytest.TempPathFactory, stated: list[tuple[str, str, int | None]], batch: int, *, reopened: bool
) -> None:
    """By its time, and where that is the same by arrival; stored in any order, one by one or many, also opened anew."""
    now = 1_700_000_000.0
    place = tmp_path_factory.mktemp("store")
    records = [
        _fact(at, subject, attribute, timestamp=None if time is None else now + time - 1)
        for at, (subject, attribute, time) in enumerate(stated)
    ]
    with engine(place) as memory:
        for start in range(0, len(records), batch):
            memory.store(records[start : start + batch])
        if not reopened:
            found = _redundancy(memory)
    if reopened:
        with engine(place) as memory:
            found = _redundancy(memory)
    assert {name for name, extent in found.items() if extent == 0.0} == _latest(records, now)


def _latest(records: Sequence[Record], now: float) -> set[str]:
    latest: dict[tuple[str, str], tuple[float, int, str]] = {}
    for at, item in enumerate(records):
        moment = now if item.timestamp is None else item.timestamp
        fact = (item.metadata["subject"], item.metadata["attribute"])
        latest[fact] = max(latest.get(fact, (-math.inf, -1, "")), (moment, at, item.id))
    return {name for _, _, name in latest.values()}


def test_what_was_replaced_is_evicted_first(tmp_path: Path) -> None:
    with engine(tmp_path, capacity_records=100) as memory:
        memory.store([_fact(at, f"person {at % 40}", "home", importance=0.9) for at in range(80)])
        memory.store([record(at, importance=0.3) for at in range(100, 160)])
        held = memory.get([f"r{at}" for at in range(80)])
        assert set(held) == {f"r{at}" for at in range(40, 80)}
        sound(memory)


def test_a_slot_that_changes_hands_states_what_its_record_states(tmp_path: Path) -> None:
    """Deleted, replaced by the same id, and evicted statements replace nobody any more."""
    with engine(tmp_path, capacity_records=50) as memory:
        memory.store([_fact(1, "Anna", "home"), _fact(2, "Berit", "home")])
        memory.delete(["r1"])
        memory.store([_fact(2, "Berit", "pet")])
        memory.store([_fact(3, "Anna", "home"), _fact(4, "Berit", "home")])
        assert set(_redundancy(memory).values()) == {0.0}
        memory.store([record(at) for at in range(100, 190)])
        memory.store([_fact(5, "Anna", "home")])
        assert memory.search(vector=record(5).vector, limit=1)[0].id == "r5"
        sound(memory)


@pytest.mark.parametrize("words", ["names", "off", "all"])
def test_it_works_with_and_without_an_index_of_words(tmp_path: Path, words: str) -> None:
    with engine(tmp_path, fact_keys=("user", "key"), words=words) as memory:
        memory.store([record(at, metadata={"user": "u", "key": "city"}) for at in range(3)])
        assert _redundancy(memory) == {"r0": 1.0, "r1": 1.0, "r2": 0.0}


def test_without_vectors_the_older_statement_ranks_behind(tmp_path: Path) -> None:
    with Neuroca(tmp_path) as memory:
        memory.store([Record("old", "Anna lives in Bergen", metadata={"subject": "Anna", "attribute": "home"})])
        memory.store([Record("new", "Anna lives in Oslo", metadata={"subject": "Anna", "attribute": "home"})])
        assert [hit.id for hit in memory.search("Anna lives Bergen", where=Filter(metadata={"subject": "Anna"}))] == [
            "old",
            "new",
        ]
        assert [(hit.id, hit.why.redundancy) for hit in memory.search("Anna lives")] == [("new", 0.0), ("old", 1.0)]


def test_a_fact_may_change_as_often_as_it_likes(tmp_path: Path) -> None:
    with engine(tmp_path) as memory:
        memory.store([_fact(at, "Anna", "mood", timestamp=float(at)) for at in range(3_000)])
        for at in range(3_000, 3_020):
            memory.store([_fact(at, "Anna", "mood", timestamp=float(at))])
        held = {hit.id for hit in memory.search(vector=unit(1), limit=4_000) if not hit.why.redundancy}
        assert held == {"r3019"}


def test_a_killed_process_takes_no_mark_with_it(tmp_path: Path) -> None:
    """The marks were not saved yet: the opening sees again what states the same."""
    with engine(tmp_path / "one") as memory:
        memory.store([_fact(at, f"person {at % 3}", "home") for at in range(9)])
        found = _redundancy(memory)
        copytree(tmp_path / "one", tmp_path / "two")
    assert sum(found.values()) == 6
    with engine(tmp_path / "two") as memory:
        assert _redundancy(memory) == found


def test_no_keys_no_rule(tmp_path: Path) -> None:
    with engine(tmp_path, fact_keys=()) as memory:
        memory.store([_fact(1, "Anna", "home"), _fact(2, "Anna", "home")])
        assert set(_redundancy(memory).values()) == {0.0}


@pytest.mark.parametrize("keys", ["subject", ("subject", 1), ("",), ('a"b',), None])
def test_bad_keys_are_refused(keys: Any) -> None:
    with pytest.raises(SettingsError, match="give a tuple of metadata keys"):
        Settings(fact_keys=keys)
