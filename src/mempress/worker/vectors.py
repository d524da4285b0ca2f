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
        ready = self._ready  # stays whole while another thread's command is forgotten
        try:
            return [ready[text] for text in texts]
        except KeyError:
            found = self._ask_for([text for text in dict.fromkeys(texts) if text not in ready])
            return [ready[text] if text in ready else found[text] for text in texts]

    def _ask_for(self, unknown: Sequence[str]) -> dict[str, array[float]]:
        with self._lock:
            self.misses += len(unknown)
            return dict(zip(unknown, self._split(self._ask(unknown)), strict=True))

    def _split(self, payload: bytes | memoryview) -> list[array[float]]:
        vectors = []
        for start in range(0, len(payload), self._vector_bytes):
            vector = array("f")
            vector.frombytes(payload[start : start + self._vector_bytes])
            vectors.append(vector)
        return vectors
