"""BERT's tokenizer for texts without case: words and signs, then the longest known pieces of each word.

Devlin et al., arXiv 1810.04805; the pieces are those of Wu et al., arXiv 1609.08144.
"""

from __future__ import annotations

import unicodedata
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

_LONGEST_WORD = 100
_UNKNOWN, _START, _END = "[UNK]", "[CLS]", "[SEP]"
_IDEOGRAPHS = (
    (0x4E00, 0x9FFF),
    (0x3400, 0x4DBF),
    (0x20000, 0x2A6DF),
    (0x2A700, 0x2B73F),
    (0x2B740, 0x2B81F),
    (0x2B820, 0x2CEAF),
    (0xF900, 0xFAFF),
    (0x2F800, 0x2FA1F),
)
_ASCII_SIGNS = frozenset("!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~")


class WordPiece:
    """Texts to the numbers of their pieces, the start and end marks among them."""

    def __init__(self, vocabulary: Mapping[str, int], most_tokens: int) -> None:
        self._vocabulary = vocabulary
        self._most_tokens = most_tokens
        self._pieces = lru_cache(maxsize=65_536)(self._split)

    def tokens(self, text: str) -> list[int]:
        """Give at most ``most_tokens`` numbers; what is beyond is cut off, as the model was trained."""
        found = [self._vocabulary[_START]]
        for word in _words(text):
            found += self._pieces(word)
            if len(found) >= self._most_tokens:
                break
        return [*found[: self._most_tokens - 1], self._vocabulary[_END]]

    def _split(self, word: str) -> Sequence[int]:
        """Give the longest known pieces from left to right; a word with an unknown rest is unknown as a whole."""
        unknown = (self._vocabulary[_UNKNOWN],)
        if len(word) > _LONGEST_WORD:
            return unknown
        pieces: list[int] = []
        start = 0
        while start < len(word):
            mark = "##" if start else ""
            ends = (end for end in range(len(word), start, -1) if mark + word[start:end] in self._vocabulary)
            if (end := next(ends, None)) is None:
                return unknown
            pieces.append(self._vocabulary[mark + word[start:end]])
            start = end
        return tuple(pieces)


def _words(text: str) -> Iterator[str]:
    """Give words in lower case without accents; signs and ideographs stand alone."""
    bare = "".join(char for char in unicodedata.normalize("NFD", text) if unicodedata.category(char) != "Mn").lower()
    word = ""
    for char in bare:
        kind = _kind(char)
        if kind == "letter":
            word += char
        elif kind != "nothing":
            if word:
                yield word
                word = ""
            if kind == "sign":
                yield char
    if word:
        yield word


@lru_cache(maxsize=65_536)
def _kind(char: str) -> str:
    """Tell whether a character is a letter of a word, a sign of its own, a space, or nothing at all."""
    if char.isspace():
        return "space"
    category = unicodedata.category(char)
    if category in {"Cc", "Cf", "Cs", "Co", "Cn"} or char == "\ufffd":
        return "nothing"
    if char in _ASCII_SIGNS or category.startswith("P") or any(low <= ord(char) <= high for low, high in _IDEOGRAPHS):
        return "sign"
    return "letter"
