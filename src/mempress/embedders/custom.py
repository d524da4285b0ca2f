"""An embedder of the user's own: a function from texts to vectors."""

from __future__ import annotations

import importlib
import math
import sys
from array import array
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mempress.embedders.cached import CachedVectors
from mempress.embedders.model import Embedder
from mempress.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

_TRIAL = ("a first text", "another one")
_LEAST_NORM = 1e-12


def load_function(reference: str) -> Embedder:
    """Load ``package.module:function``; modules in the current directory are found too.

    The function takes a list of texts and gives as many vectors (lists, arrays, a matrix) of one length; they are
    brought to length 1.

    Raises:
        UsageError: it cannot be imported, raises, or gives something else.
    """
    module_name, _, attribute = reference.partition(":")
    if str(Path.cwd()) not in sys.path:
        sys.path.insert(0, str(Path.cwd()))
    try:
        function = getattr(importlib.import_module(module_name), attribute)
    except Exception as error:  # a user's module may raise anything
        raise UsageError(f"--embedder {reference}: it cannot be imported ({type(error).__name__}: {error}).") from error
    dimension = len(_vectors(reference, function, _TRIAL, None)[0])
    words = f"{reference}, {dimension} dimensions"

    def compute(texts: Sequence[str]) -> bytes:
        return b"".join(vector.tobytes() for vector in _vectors(reference, function, texts, dimension))

    return Embedder(reference, dimension, words, CachedVectors(compute, dimension))


def _vectors(
    reference: str, function: Callable[[list[str]], Any], texts: Sequence[str], dimension: int | None
) -> list[array[float]]:
    """Call the function and give what it gives as unit vectors; ``dimension`` None: any, the same for all."""
    try:
        vectors = [array("f", (float(value) for value in vector)) for vector in function(list(texts))]
    except Exception as error:  # a user's function may raise anything
        raise UsageError(f"--embedder {reference}: it raised {type(error).__name__}: {error}.") from error
    sizes = {len(vector) for vector in vectors}
    if len(vectors) != len(texts) or len(sizes) > 1 or 0 in sizes or (dimension is not None and sizes - {dimension}):
        raise UsageError(
            f"--embedder {reference}: for {len(texts)} texts it gave {len(vectors)} vectors of {sorted(sizes)} values; "
            f"give one for each text, all of {dimension or 'one'} {'values' if dimension else 'length'}."
        )
    return [_unit(reference, vector) for vector in vectors]


def _unit(reference: str, vector: array[float]) -> array[float]:
    norm = math.sqrt(math.fsum(value * value for value in vector))
    if not math.isfinite(norm) or norm < _LEAST_NORM:
        raise UsageError(f"--embedder {reference}: it gave a vector without a direction (length {norm:g}).")
    return array("f", (value / norm for value in vector))
