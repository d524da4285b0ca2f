"""The default embedder gives the same unit vectors on every machine, near where texts share rare words."""

from __future__ import annotations

import hashlib
import math
import subprocess
import sys
from typing import TYPE_CHECKING

from hypothesis import given
from hypothesis import strategies as st

from mempress.embedding import hash_embed, hash_embedder

if TYPE_CHECKING:
    from array import array

TEXTS = [
    "",
    "the of and",
    "Ann moved to Lisbon in March 2024.",
    "ann MOVED to lisbon, in march 2024",
    "Lisbon Lisbon Lisbon",
    "東京で会いましょう ありがとう",
    "Straße ÀÉ ﬁ ǅ",
    "a\ud800b \x00 \u200b",
    "word " * 1_000,
]
DIGEST = "8eca2fdc6b988d44c3c26a73e680222852ec84079e9ebdd6fca3f3ff1616a56f"


def cosine(a: array[float], b: array[float]) -> float:
    return math.fsum(x * y for x, y in zip(a, b, strict=True))


def test_the_vectors_are_those_of_every_other_machine() -> None:
    """A changed digest means that no figure may be compared with one of an earlier version."""
    assert hashlib.sha256(b"".join(vector.tobytes() for vector in hash_embed(TEXTS))).hexdigest() == DIGEST


def test_the_vectors_do_not_depend_on_the_process_or_on_what_was_embedded_before() -> None:
    program = (
        "import sys; from mempress.embedding import hash_embed; print(hash_embed([sys.argv[1]])[0].tobytes().hex())"
    )
    text = "Ann moved to Lisbon, and Lisbon is far."
    child = subprocess.run([sys.executable, "-c", program, text], check=True, capture_output=True, text=True)
    hash_embed(["Lisbon is a city"])
    assert hash_embed([text])[0].tobytes().hex() == child.stdout.strip()


@given(st.lists(st.text(), max_size=4), st.integers(1, 400))
def test_each_text_gets_a_unit_vector_of_the_dimension(texts: list[str], dimension: int) -> None:
    vectors = hash_embedder(dimension)(texts)
    assert len(vectors) == len(texts)
    for vector in vectors:
        assert (vector.typecode, len(vector)) == ("f", dimension)
        assert math.isclose(cosine(vector, vector), 1.0, abs_tol=1e-5)


def test_case_punctuation_and_function_words_change_nothing() -> None:
    plain, shouted = hash_embed(["Ann moved to Lisbon", "ANN -- moved, from the LISBON!"])
    assert plain == shouted


def test_texts_without_a_word_share_one_fixed_vector() -> None:
    empty, stops, signs = hash_embed(["", "the of and", "?!..."])
    assert empty == stops == signs
    assert list(empty[:2]) == [1.0, 0.0]


def test_texts_that_share_rare_words_are_near_and_others_are_not() -> None:
    note, question, paraphrase, other = hash_embed(
        [
            "Ann's allergy to hazelnuts was diagnosed in Coimbra",
            "Which allergy to hazelnuts did Ann have?",
            "She cannot eat certain kernels",
            "The quarterly budget of the harbour office was approved",
        ]
    )
    assert cosine(note, question) > 0.5
    assert abs(cosine(note, other)) < 0.2
    assert abs(cosine(note, paraphrase)) < 0.2


def test_a_word_said_more_often_weighs_more_but_less_than_in_proportion() -> None:
    once, often, lisbon, porto = hash_embed(["Lisbon Porto", "Lisbon Porto " + "Lisbon " * 9, "Lisbon", "Porto"])
    assert abs(cosine(once, lisbon) - cosine(once, porto)) < 0.1
    ratio = cosine(often, lisbon) / cosine(often, porto)
    assert 2.0 < ratio < 5.0
