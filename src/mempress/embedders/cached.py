"""Keeps vectors in a temporary file, so that several systems and repeats share what a model has computed."""

from __future__ import annotations

import os
import tempfile
import weakref
from hashlib import blake2b
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

_FLOAT_BYTES = 4


class CachedVectors:
    """Texts to the bytes of their vectors; each distinct text is computed once. The file goes with it."""

    def __init__(self, compute: Callable[[Sequence[str]], bytes], dimension: int) -> None:
        self._compute = compute
        self._vector_bytes = dimension * _FLOAT_BYTES
        with tempfile.TemporaryFile() as file:
            self._descriptor = os.dup(file.fileno())
        weakref.finalize(self, os.close, self._descriptor)
        self._places: dict[bytes, int] = {}

    def __call__(self, texts: Sequence[str]) -> bytes:
        """Give the vectors of the texts in order."""
        keys = [blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).digest() for text in texts]
        self._add({key: text for key, text in zip(keys, texts, strict=True) if key not in self._places})
        size = self._vector_bytes
        return b"".join(os.pread(self._descriptor, size, size * self._places[key]) for key in keys)

    def _add(self, missing: dict[bytes, str]) -> None:
        if not missing:
            return
        data = memoryview(self._compute(list(missing.values())))
        place = len(self._places) * self._vector_bytes
        while data:
            written = os.pwrite(self._descriptor, data, place)
            data, place = data[written:], place + written
        for key in missing:
            self._places[key] = len(self._places)
