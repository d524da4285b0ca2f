"""The index of names against a plain dictionary, across the making of lists and the border of two shards."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from tests.neuroca.neuroca_kit import engine, record, records, unit

from mempress.neuroca.name_rows import Hashes, name_rows, row_of
from mempress.neuroca.names import Names
from mempress.neuroca.terms import names_in

if TYPE_CHECKING:
    from pathlib import Path

_BORDER = 65_536
_VOCABULARY = [f"name{number}" for number in range(40)]
_SOME = st.lists(st.sampled_from(_VOCABULARY), max_size=8, unique=True)
_SLOTS = st.integers(0, 30) | st.integers(_BORDER - 5, _BORDER + 5)


def _rows(names: list[list[str]]) -> Hashes:
    return np.array([row_of(each) for each in names], np.uint16).reshape(-1, 8)


def _filled(seed: int, slots: int) -> tuple[Names, dict[int, list[str]]]:
    """Five thousand and more writes, so that lists are made and slots change hands after that."""
    chance = np.random.default_rng(seed)
    index, held = Names(), dict[int, list[str]]()
    for _ in range(6):
        places = chance.permutation(slots)[:1_000].tolist()
        names = [chance.choice(_VOCABULARY, chance.integers(0, 9), replace=False).tolist() for _ in places]
        index.put(places, _rows(names))
        held |= dict(zip(places, names, strict=True))
    return index, held


@settings(max_examples=40, deadline=None)
@given(
    writes=st.lists(st.tuples(_SLOTS, _SOME), max_size=60),
    wanted=st.lists(st.sampled_from(_VOCABULARY), min_size=1, max_size=3, unique=True),
    one_by_one=st.booleans(),
)
def test_all_holders_of_the_names_are_found(
    writes: list[tuple[int, list[str]]], wanted: list[str], one_by_one: bool
) -> None:
    """What is given may hold a slot too many (it is checked by its text), never one too few."""
    index, held = Names(), dict(writes)
    if one_by_one:
        for slot, names in writes:
            index.put([slot], _rows([names]))
    else:
        index.put([slot for slot, _ in writes], _rows([names for _, names in writes]))
    holders = {slot for slot, names in held.items() if set(wanted) <= set(names)}
    assert holders <= set(index.having(wanted, 1_000))


@pytest.mark.parametrize("slots", [1_500, 70_000])
def test_lists_made_anew_lose_nobody_and_kept_is_exact(slots: int) -> None:
    index, held = _filled(1, slots)
    for name in _VOCABULARY:
        holders = {slot for slot, names in held.items() if name in names}
        assert holders <= set(index.having([name], slots))
    both = {slot for slot, names in held.items() if {"name1", "name2"} <= set(names)}
    assert set(index.having(["name1", "name2"], slots)) == both
    places = sorted(held)
    kept = index.kept(places, _VOCABULARY)
    assert kept.T.tolist() == [[name in held[slot] for name in _VOCABULARY] for slot in places]


def test_a_name_of_too_many_records_is_no_help() -> None:
    index, held = _filled(2, 1_500)
    holders = sum("name3" in names for names in held.values())
    assert index.having(["name3"], holders // 2) == []
    assert index.having(["nobody"], 10) == []


@pytest.mark.parametrize(
    ("text", "question"),
    [
        ("ask Jürgen Grünwald about it", "who is JURGEN?"),
        ("Анна живёт в Осло", "где Анна?"),
        ("ガラス と 猫", "ガラス"),
        ("the strasse called Weißgasse", "WEISSGASSE"),
        ("plain Smithson", "Smithson?"),
    ],
)
@pytest.mark.parametrize("words", ["names", "all"])
def test_a_name_counts_whatever_its_letters(tmp_path: Path, text: str, question: str, words: str) -> None:
    """Among other texts beyond ASCII and within, full marks go to the one that has the name."""
    with engine(tmp_path, words=words) as memory:
        memory.store([*records(range(20)), record(50, text="héllo wörld"), record(99, text=text)])
        hits = memory.search(question, vector=unit(3), limit=22)
        assert {hit.id: hit.why.words for hit in hits if hit.why.words} == {"r99": 1.0}


@settings(deadline=None)
@given(st.lists(st.text(alphabet="aeZQ19 _-.\n'\u00e9\u00df", max_size=90), max_size=6), st.integers(0, 70_000))
@example(["The McDonald of iPhone B2b at 99", "1a 1A a1", "Ann Ann Bo Cy Di Ed Flo Guy Hal Ira Jo", "x"], 65_000)
def test_the_names_of_many_texts_are_those_of_each(texts: list[str], blanks: int) -> None:
    """Also beyond the first characters that count, and beside a text long enough to part them from the others."""
    texts = [*texts, " " * blanks + "Anna9 Bob", *texts]
    assert name_rows(texts).tolist() == [row_of(names_in(text)) for text in texts]
