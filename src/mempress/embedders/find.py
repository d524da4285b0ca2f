"""From the name of an embedder to what it gives."""

from __future__ import annotations

import re

from mempress.embedders.model import Embedder
from mempress.embedding import hash_embedder
from mempress.errors import UsageError

_REFERENCE = re.compile(r"[^\W\d]\w*(\.[^\W\d]\w*)*:[^\W\d]\w*")


def find_embedder(name: str, dimension: int) -> Embedder:
    """Give an embedder: ``hash`` (of ``dimension``), ``minilm``, or a function as package.module:function.

    Raises:
        UsageError: there is no such embedder, or it does not work; the text says what to do.
    """
    if name == "hash":
        embed = hash_embedder(dimension)
        words = f"hashed words, {dimension} dimensions"
        return Embedder(name, dimension, words, lambda texts: b"".join(one.tobytes() for one in embed(texts)))
    # Loaded when asked for: the model and its arithmetic are no business of a run without them.
    if name == "minilm":
        from mempress.embedders.minilm import load_minilm  # noqa: PLC0415 - heavy

        return load_minilm()
    if _REFERENCE.fullmatch(name):
        from mempress.embedders.custom import load_function  # noqa: PLC0415 - as above

        return load_function(name)
    raise UsageError(f"--embedder {name!r}: give hash, minilm, or a function as package.module:function.")
