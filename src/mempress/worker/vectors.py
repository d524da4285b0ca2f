"""The worker's embedder: hands out vectors that the parent made ready before the timed window."""

from __future__ import annotations

import threading
from array import array
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

_FLOAT_BYTES = 4


class PreparedVectors:
    """``embed(texts)`` for a system: a look-up for texts made ready, a question to the parent for any other.

    A text that the system made itself (a summary, say) is a miss: it costs a round trip inside the timed window, and
    ``misses`` counts it. The vectors of one command are forgotten at the next.
    """

    def __init__(self, dimension: int, ask: Callable[[Sequence[str]], bytes]) -> None:
        self._vector_bytes = dimension * _FLOAT_BYTES
        self._ask = ask
        self._ready: dict[str, array[float]] = {}
        self._lock = threading.Lock()
        self.misses = 0

    def prepare(self, texts: Sequence[str], payload: bytes | memoryview) -> None:
        """Make ready the vectors of ``texts``: float32, one after the other."""
        self._ready = dict(zip(texts, self._split(payload), strict=True))

    def forget(self) -> None:
        """Drop what was made ready, so that it is not taken for the system's memory."""
        self._ready = {}

    def embed(self, texts: Sequence[str]) -> list[array[float]]:
        """Give a unit vector for each text."""
        ready = self._ready
        try:
            return [ready[text] for text in texts]
        except KeyError:
            return self._with_misses(texts)

    def _with_misses(self, texts: Sequence[str]) -> list[array[float]]:
        unknown = list(dict.fromkeys(text for text in texts if text not in self._ready))
        with self._lock:
            self.misses += len(unknown)
            found = dict(zip(unknown, self._split(self._ask(unknown)), strict=True))
        return [self._ready.get(text) or found[text] for text in texts]

    def _split(self, payload: bytes | memoryview) -> list[array[float]]:
        vectors = []
        for start in range(0, len(payload), self._vector_bytes):
            vector = array("f")
            vector.frombytes(payload[start : start + self._vector_bytes])
            vectors.append(vector)
        return vectors
