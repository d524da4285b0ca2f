"""Search: by meaning as exact search would, by names, by words, and within filters."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from tests.neuroca.neuroca_kit import DIMENSION, engine, near, record, records, unit

from mempress.neuroca import Filter, Neuroca, Record, RecordError, Settings, Tier

if TYPE_CHECKING:
    from pathlib import Path


def _clustered(count: int, dimension: int) -> np.ndarray:
    chance = np.random.default_rng(3)
    centres = chance.standard_normal((40, dimension))
    vectors = centres[chance.integers(0, 40, count)] + chance.standard_normal((count, dimension))
    return np.asarray(vectors / np.linalg.norm(vectors, axis=1, keepdims=True), np.float32)


@pytest.mark.parametrize("index", ["turbovec", "int8"])
def test_recall_of_exact_search_is_at_least_0_98(tmp_path: Path, index: str) -> None:
    vectors = _clustered(3_100, 384)
    stored, queries = vectors[:3_000], vectors[3_000:]
    with Neuroca(tmp_path, Settings(words="names", index=index)) as memory:
        memory.store([Record(f"r{at}", "text", vector=vector) for at, vector in enumerate(stored)])
        found = 0
        for query in queries:
            best = np.argsort(-(stored @ query))[:10]
            found += len({hit.id for hit in memory.search(vector=query)} & {f"r{at}" for at in best})
    assert found >= 0.98 * 1_000


def test_hits_carry_score_tier_and_why(tmp_path: Path) -> None:
    with engine(tmp_path) as memory:
        memory.store([record(1, 0.7, text="Anna moved to Oslo", metadata={"tags": ["x"]}, timestamp=5.0), record(2)])
        hit = memory.search("Where is Anna?", vector=near(unit(1), 0.8), limit=1)[0]
        assert (hit.id, hit.text, hit.tier, hit.importance) == ("r1", "Anna moved to Oslo", Tier.STM, 0.7)
        assert (hit.metadata, hit.timestamp) == ({"tags": ["x"]}, 5.0)
        assert hit.why.cosine == pytest.approx(0.8, abs=1e-3)
        assert (hit.why.words, hit.why.redundancy) == (1.0, 0.0)
        assert hit.score == pytest.approx(0.95, abs=1e-3)


def test_a_name_is_found_where_the_vector_is_far(tmp_path: Path) -> None:
    """Also right after storing, after a flush of the words, and after opening again."""
    with engine(tmp_path) as memory:
        memory.store(records(range(500)))
        memory.store([record(900, text="the parcel of Zoë Quist, code 4711")])
        for question in ("Where is Quist?", "ZOE?", "What is 4711?"):
            assert "r900" in {hit.id for hit in memory.search(question, vector=unit(3), limit=60)}
        memory.flush()
        assert "r900" in {hit.id for hit in memory.search("Zoë?", vector=unit(3), limit=60)}
    with engine(tmp_path) as memory:
        assert "r900" in {hit.id for hit in memory.search("Zoë?", vector=unit(3), limit=60)}
        memory.delete(["r900"])
        assert "r900" not in {hit.id for hit in memory.search("Zoë?", vector=unit(3), limit=600)}


def test_without_an_embedder_words_find(tmp_path: Path) -> None:
    with Neuroca(tmp_path) as memory:
        memory.store([Record("a", "the cat sat on the mat"), Record("b", "a dog barked"), Record("c", "cat and dog")])
        assert [hit.id for hit in memory.search("dog bark cat", limit=1)] == ["c"]
        assert [hit.id for hit in memory.search("the barked dog")] == ["b", "c"]
        first, second = memory.search("mat cat")
        assert (first.id, second.id) == ("a", "c")
        assert 0 < (second.why.words or 0) < (first.why.words or 0) < 1
        assert {hit.id for hit in memory.search("cat")} == {"a", "c"}
        assert memory.search("zebra") == []
        assert memory.search("the of and") == []
        memory.store([Record("c", "nothing of the kind")])
        assert {hit.id for hit in memory.search("cat")} == {"a"}


@pytest.mark.parametrize(
    "query", ['"', "NEAR(", "a AND OR", "*", "x:y", "'; DROP TABLE records", "\x00", "😀", "", "é" * 9_000]
)
def test_any_text_is_a_query(tmp_path: Path, query: str) -> None:
    with Neuroca(tmp_path) as memory:
        memory.store([Record("a", "some text")])
        assert isinstance(memory.search(query), list)


@pytest.mark.parametrize(
    ("where", "expected"),
    [
        (Filter(metadata={"kind": "rare"}), {0, 400, 800}),
        (Filter(metadata={"kind": "rare", "n": 400}), {400}),
        (Filter(metadata={"kind": "none"}), set()),
        (Filter(min_importance=0.99), {990, 991, 992, 993, 994, 995, 996, 997, 998, 999}),
        (Filter(since=10.0, until=13.0), {10, 11, 12}),
        (Filter(tiers=frozenset({Tier.LTM}), until=3.0), set()),
        (Filter(metadata={"flag": True, "n": 3}), {3}),
        (Filter(metadata={"list": [1]}, since=5.0, until=6.0), {5}),
    ],
)
def test_filters_find_all_that_pass_however_few(tmp_path: Path, where: Filter, expected: set[int]) -> None:
    with engine(tmp_path) as memory:
        memory.store(
            [
                record(
                    number,
                    number / 1_000,
                    timestamp=float(number),
                    metadata={
                        "kind": "rare" if number % 400 == 0 else "common",
                        "n": number,
                        "flag": True,
                        "list": [1],
                    },
                )
                for number in range(1_000)
            ]
        )
        hits = memory.search(vector=unit(1), limit=10, where=where)
        assert {hit.id for hit in hits} == {f"r{number}" for number in expected}


def test_search_on_nothing_and_bad_arguments(tmp_path: Path) -> None:
    with engine(tmp_path) as memory:
        assert memory.search(vector=unit(0)) == []
        for arguments in ({"limit": 0, "query": "x"}, {}, {"vector": [0.0] * DIMENSION}, {"vector": [1.0]}):
            with pytest.raises(RecordError):
                memory.search(**arguments)
