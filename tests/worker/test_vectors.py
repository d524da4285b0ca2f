"""A system gets the vectors that the parent prepared; only texts that it made itself cost a question."""

from __future__ import annotations

from array import array
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mempress.worker.vectors import PreparedVectors

if TYPE_CHECKING:
    from collections.abc import Sequence

DIMENSION = 3
TEXTS = st.lists(st.sampled_from("abcdef"), max_size=8)


def vector(text: str) -> array[float]:
    return array("f", [ord(text), 0.5, -1.0])


class Parent:
    """The other end of the line: it embeds, and remembers what it was asked."""

    def __init__(self) -> None:
        self.asked: list[list[str]] = []

    def __call__(self, texts: Sequence[str]) -> bytes:
        self.asked.append(list(texts))
        return b"".join(vector(text).tobytes() for text in texts)


def prepared(texts: Sequence[str]) -> tuple[PreparedVectors, Parent]:
    parent = Parent()
    vectors = PreparedVectors(DIMENSION, parent)
    vectors.prepare(texts, b"".join(vector(text).tobytes() for text in texts))
    return vectors, parent


@given(ready=TEXTS, wanted=TEXTS)
def test_every_text_gets_its_vector_and_each_unknown_one_is_asked_for_once(ready: list[str], wanted: list[str]) -> None:
    vectors, parent = prepared(ready)
    unknown = list(dict.fromkeys(text for text in wanted if text not in ready))
    assert vectors.embed(wanted) == [vector(text) for text in wanted]
    assert vectors.misses == len(unknown)
    assert parent.asked == ([unknown] if unknown else [])


def test_prepared_texts_cost_no_question() -> None:
    vectors, parent = prepared(["a", "b"])
    assert vectors.embed(["b", "a", "b"]) == [vector("b"), vector("a"), vector("b")]
    assert (vectors.misses, parent.asked) == (0, [])


def test_what_was_prepared_is_forgotten_so_that_it_is_not_taken_for_the_system_s_memory() -> None:
    vectors, parent = prepared(["a"])
    vectors.forget()
    vectors.embed(["a"])
    assert (vectors.misses, parent.asked) == (1, [["a"]])


def test_a_question_s_answer_is_not_kept() -> None:
    vectors, parent = prepared([])
    vectors.embed(["a"])
    vectors.embed(["a"])
    assert (vectors.misses, parent.asked) == (2, [["a"], ["a"]])


def test_vectors_forgotten_while_a_question_is_under_way_are_still_given() -> None:
    """A thread of the system embeds while its main thread's command ends."""
    vectors, _ = prepared(["a"])
    asking = Parent()

    def forget_first(texts: Sequence[str]) -> bytes:
        vectors.forget()
        return asking(texts)

    slow = PreparedVectors(DIMENSION, forget_first)
    vectors = slow
    slow.prepare(["a"], vector("a").tobytes())
    assert slow.embed(["a", "b"]) == [vector("a"), vector("b")]
    assert asking.asked == [["b"]]


def test_a_parent_that_answers_with_too_few_vectors_is_not_believed() -> None:
    vectors = PreparedVectors(DIMENSION, lambda _: b"")
    with pytest.raises(ValueError, match="shorter"):
        vectors.embed(["a"])
