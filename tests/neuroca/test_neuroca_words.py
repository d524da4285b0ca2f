"""Ranking by words, without an embedder: against BM25 over all records, and where every word is common."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.neuroca.neuroca_kit import engine, record, records

from mempress.neuroca import Filter, Neuroca, Record, Settings

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

_WORDS = [f"w{number}" for number in range(12)]
_TEXTS = st.lists(st.lists(st.sampled_from(_WORDS), min_size=1, max_size=8), min_size=1, max_size=20)


def _bm25(texts: Sequence[Sequence[str]], question: Sequence[str]) -> list[float]:
    """By the book, over all texts: k1 = 1.2, b = 0.75, each word once."""
    sets = [set(text) for text in texts]
    judged = [own for own in sets if own & set(question)]
    mean = sum(map(len, judged)) / max(len(judged), 1)
    scores = []
    for own in sets:
        score = 0.0
        for word in own & set(question):
            having = sum(word in other for other in sets)
            idf = math.log(1 + (len(sets) - having + 0.5) / (having + 0.5))
            score += idf * 2.2 / (1 + 1.2 * (0.25 + 0.75 * len(own) / mean))
        scores.append(score)
    return scores


@settings(max_examples=40, deadline=None)
@given(texts=_TEXTS, question=st.lists(st.sampled_from(_WORDS), min_size=1, max_size=4, unique=True))
def test_few_records_are_ranked_by_bm25_over_all(
    tmp_path_factory: pytest.TempPathFactory, texts: list[list[str]], question: list[str]
) -> None:
    with Neuroca(tmp_path_factory.mktemp("store")) as memory:
        memory.store([Record(str(at), " ".join(text)) for at, text in enumerate(texts)])
        hits = memory.search(" ".join(question), limit=20)
    truth = {str(at): score / (1 + score) for at, score in enumerate(_bm25(texts, question)) if score}
    assert {hit.id: hit.score for hit in hits} == pytest.approx(truth)
    assert [hit.score for hit in hits] == pytest.approx(sorted(truth.values(), reverse=True))


def _text(at: int) -> str:
    """All have ``every`` and a number, half ``odd``, half ``even``, r10 both; one in 150 and r1, r3, r5 ``seldom``."""
    words = ["every", "odd" if at % 2 else "even", f"n{at}"]
    return " ".join([*words, *["odd"] * (at == 10), *["seldom"] * (at % 150 == 0 or at in {1, 3, 5})])


def _crowd(memory: Neuroca) -> None:
    memory.store(
        [
            Record(f"r{at}", _text(at), timestamp=float(at), metadata={"kind": "few" if at % 1_000 == 7 else "many"})
            for at in range(6_000)
        ]
    )


def test_the_record_with_most_of_the_words_comes_first_however_common_they_are(tmp_path: Path) -> None:
    with Neuroca(tmp_path) as memory:
        _crowd(memory)
        assert memory.search("every odd n4321")[0].id == "r4321"
        assert {hit.id for hit in memory.search("every odd or seldom", limit=3)} == {"r1", "r3", "r5"}
        common = memory.search("even odd", limit=30)
        assert (common[0].id, len(common)) == ("r10", 30)
        memory.delete(["r4321"])
        assert memory.search("n4321") == []


@pytest.mark.parametrize(
    ("where", "passing"),
    [
        (Filter(since=5_990.0), range(5_990, 6_000)),
        (Filter(metadata={"kind": "few"}), range(7, 6_000, 1_000)),
        (Filter(metadata={"kind": "few"}, until=3_000.0), range(7, 3_000, 1_000)),
        (Filter(since=9e9), range(0)),
    ],
)
def test_a_filter_finds_the_few_that_pass_among_many_with_the_word(
    tmp_path: Path, where: Filter, passing: range
) -> None:
    with Neuroca(tmp_path) as memory:
        _crowd(memory)
        hits = memory.search("is every one there", limit=20, where=where)
        assert {hit.id for hit in hits} == {f"r{at}" for at in passing}


def test_what_is_stored_between_searches_is_found_though_its_words_were_counted_before(tmp_path: Path) -> None:
    with Neuroca(tmp_path) as memory:
        memory.store([Record("a", "first word")])
        assert memory.search("second word") != []
        memory.store([Record("b", "second thought")])
        assert [hit.id for hit in memory.search("second")] == ["b"]


def test_where_only_names_are_kept_a_question_without_a_vector_finds_by_them(tmp_path: Path) -> None:
    with engine(tmp_path) as memory:
        memory.store([*records(range(50)), record(99, text="Anna Berg moved to Oslo", timestamp=5.0)])
        hit = memory.search("Where does Anna live?")[0]
        assert (hit.id, hit.why.words, hit.why.cosine) == ("r99", 1.0, None)
        assert memory.search("Where does Anna live?", where=Filter(since=6.0)) == []
        assert memory.search("where does nobody live?") == []


@pytest.mark.parametrize("index", ["turbovec", "int8"])
def test_a_filter_on_columns_gives_the_nearest_of_those_that_pass(tmp_path: Path, index: str) -> None:
    """A thousandth, a half and all but one pass; also with records that have no vector."""
    chance = np.random.default_rng(4)
    vectors = chance.standard_normal((4_000, 64)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    with Neuroca(tmp_path, Settings(dimension=64, words="names", index=index)) as memory:
        memory.store([Record(str(at), "text", timestamp=float(at), vector=own) for at, own in enumerate(vectors)])
        memory.store([Record("bare", "no vector", timestamp=1.0)])
        for until in (4, 2_000, 3_999):
            found = 0
            for query in vectors[-20:]:
                best = {str(at) for at in np.argsort(-(vectors[:until] @ query))[:10]}
                hits = memory.search(vector=query, where=Filter(until=float(until)))
                assert len(hits) == min(10, until)
                found += len(best & {hit.id for hit in hits})
            assert found >= 0.98 * 20 * min(10, until)


def test_a_filter_compares_as_json_does(tmp_path: Path) -> None:
    with engine(tmp_path) as memory:
        memory.store([record(1, metadata={"flag": True}), record(2, metadata={"flag": 1}), record(3)])
        for value, expected in ((1, "r2"), (True, "r1")):
            hits = memory.search(vector=record(1).vector, where=Filter(metadata={"flag": value}))
            assert [hit.id for hit in hits] == [expected]
