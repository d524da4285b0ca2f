"""Embedders by name, and one of the user's own in a real run."""

from __future__ import annotations

import json
import math
from array import array
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mempress.embedders import find_embedder
from mempress.embedders.cached import CachedVectors
from mempress.embedding import hash_embed
from mempress.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from tests.conftest import Bench

TOY = "tests.embedders.toy"


def vectors(data: bytes, dimension: int) -> list[list[float]]:
    values = array("f", data)
    return [list(values[start : start + dimension]) for start in range(0, len(values), dimension)]


def test_hash_is_the_default_embedder() -> None:
    found = find_embedder("hash", 384)
    assert found.embed(["one", "two"]) == b"".join(vector.tobytes() for vector in hash_embed(["one", "two"]))
    assert (found.dimension, found.words) == (384, "hashed words, 384 dimensions")


def test_a_function_gives_its_own_dimension_and_its_vectors_get_length_one() -> None:
    found = find_embedder(f"{TOY}:embed", 384)
    assert (found.name, found.dimension) == (f"{TOY}:embed", 8)
    assert found.words == f"{TOY}:embed, 8 dimensions"
    first, second = vectors(found.embed(["a banana", "a nest"]), 8)
    assert math.hypot(*first) == pytest.approx(1.0)
    assert first == pytest.approx([value / math.hypot(5, 1, 1, 1, 1, 3, 1, 1) for value in (5, 1, 1, 1, 1, 3, 1, 1)])
    assert first != second


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("nothing", "give hash, minilm, or a function as package.module:function"),
        ("a/file.py:embed", "give hash, minilm, or a function"),
        ("no_such_module:embed", "cannot be imported (ModuleNotFoundError"),
        (f"{TOY}:no_such_name", "cannot be imported (AttributeError"),
        (f"{TOY}:raises", "it raised RuntimeError: no model for 2 texts"),
        (f"{TOY}:NOT_A_FUNCTION", "it raised TypeError"),
        (f"{TOY}:not_numbers", "it raised ValueError"),
        (f"{TOY}:one_too_few", "for 2 texts it gave 1 vectors"),
        (f"{TOY}:of_two_lengths", "2 vectors of [1, 2] values"),
        (f"{TOY}:without_direction", "a vector without a direction"),
    ],
)
def test_what_is_no_embedder_is_refused_with_the_reason(name: str, told: str) -> None:
    with pytest.raises(UsageError) as caught:
        find_embedder(name, 384)
    assert told in str(caught.value)
    assert name in str(caught.value)


@given(st.lists(st.lists(st.sampled_from(["", "a", "b", "\ud800", "ab"]), max_size=5), max_size=5))
def test_the_cache_gives_what_was_computed_and_computes_each_text_once(calls: list[list[str]]) -> None:
    computed: list[str] = []

    def compute(texts: Sequence[str]) -> bytes:
        computed.extend(texts)
        return b"".join(array("f", [len(text), text.count("a")]).tobytes() for text in texts)

    cached = CachedVectors(compute, 2)
    for texts in calls:
        assert vectors(cached(texts), 2) == [[len(text), text.count("a")] for text in texts]
    assert sorted(computed) == sorted({text for texts in calls for text in texts})


def test_a_system_gets_the_vectors_of_the_user_s_function_and_the_report_names_it(bench: Bench, tmp_path: Path) -> None:
    (summary,) = bench("tests.embedders.checking:Checking", embedder=f"{TOY}:embed")
    assert summary.errors == []
    head = json.loads((tmp_path / "out" / "runs" / "checking" / "run.json").read_text("utf-8"))
    assert head["config"]["embedder"] == f"{TOY}:embed"
    told = head["environment"]["mechanisms"]["embedder"]
    assert told == f"{TOY}:embed, 8 dimensions, prepared outside the timed window"


def test_the_system_that_checks_does_raise_with_another_embedder(bench: Bench) -> None:
    (summary,) = bench("tests.embedders.checking:Checking")
    assert summary.errors[0].operation == "store"
    assert "promised" in summary.errors[0].message
