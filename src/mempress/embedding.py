"""The default embedder: hashed words, deterministic on every machine, in the standard library alone.

Each word adds eight signed entries of a sparse random projection (Achlioptas, 2003), weighted by 1 + log of its count;
frequent function words are dropped. Texts that share rare words are near each other; paraphrases without a common
word are not. The benchmark hands the same vectors to every system, so this limits no system more than another.
"""

from __future__ import annotations

import math
import re
from array import array
from collections import Counter
from functools import lru_cache
from hashlib import blake2b
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

_WORD = re.compile(r"\w+")
_ENTRIES_PER_WORD = 8
_STOP_WORDS = frozenset(
    """
    a an and are as at be been but by did do does for from had has have he her his how i in is it its me my of
    on or our she so that the their them they this to was we were what when where which who why will with you
    your
    """.split()
)


def hash_embedder(dimension: int) -> Callable[[Sequence[str]], list[array[float]]]:
    """Give an embedder: texts -> unit vectors of ``dimension`` float32; a text without words gets a fixed one."""

    @lru_cache(maxsize=65_536)
    def entries(word: str) -> tuple[tuple[int, float], ...]:
        digest = blake2b(word.encode("utf-8", "surrogatepass"), digest_size=4 * _ENTRIES_PER_WORD).digest()
        numbers = (int.from_bytes(digest[i : i + 4], "little") for i in range(0, len(digest), 4))
        return tuple(((number >> 1) % dimension, 1.0 if number & 1 else -1.0) for number in numbers)

    def embed_one(text: str) -> array[float]:
        vector = [0.0] * dimension
        words = Counter(word for word in _WORD.findall(text.lower()) if word not in _STOP_WORDS)
        for word, count in words.items():
            weight = 1.0 + math.log(count) if count > 1 else 1.0
            for index, sign in entries(word):
                vector[index] += sign * weight
        norm = math.sqrt(math.fsum(value * value for value in vector))
        if norm == 0.0:
            vector[0], norm = 1.0, 1.0
        return array("f", [value / norm for value in vector])

    return lambda texts: [embed_one(text) for text in texts]


hash_embed = hash_embedder(384)
"""The default embedder at the default dimension."""
