"""The names of many texts at once, as rows of eight 16-bit hashes: what ``terms.names_in`` finds in each of them.

Texts of ASCII are joined, and arrays over their bytes say where words with a capital or a digit begin and end; only
these words are looked at one by one. That takes a fifth of the time of one text after the other.
"""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from mempress.neuroca.terms import COMMON, MAX_CHARACTERS, names_in

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

Hashes = NDArray[np.uint16]

NAMES = 8
_BLOCK = 1 << 16
"""Characters that are looked at together: their arrays stay in the processor's cache."""
_COMMON = frozenset(word.encode() for word in COMMON)


def hash_name(name: str) -> int:
    """Give 16 bits of a folded name, never 0."""
    return zlib.crc32(name.encode("utf-8", "surrogatepass")) & 0xFFFF or 1


def row_of(names: Sequence[str]) -> list[int]:
    """Give the hashes of the first eight names, and 0 for each that is missing."""
    hashes = [hash_name(name) for name in names[:NAMES]]
    return hashes + [0] * (NAMES - len(hashes))


def name_rows(texts: Sequence[str]) -> Hashes:
    """Give a row for each text: its first eight names, first come first kept; 0: no name."""
    rows = np.zeros((len(texts), NAMES + 1), np.uint16)
    plain = [text[:MAX_CHARACTERS] if text.isascii() else "" for text in texts]
    for first, last in _blocks(plain):
        _fill(rows[first:last], plain[first:last])
    for at, text in enumerate(texts):
        if not text.isascii():
            rows[at, :NAMES] = row_of(names_in(text))
    return rows[:, :NAMES]


def _blocks(texts: Sequence[str]) -> Iterator[tuple[int, int]]:
    """Part the texts into blocks of about one length: a short last one would make small arrays of every size."""
    total = sum(map(len, texts)) + len(texts)
    bound = share = total / max(1, total // _BLOCK)
    first = characters = 0
    for at, text in enumerate(texts):
        if characters >= bound:
            yield first, at
            first, bound = at, bound + share
        characters += len(text) + 1
    if texts:
        yield first, len(texts)


def _fill(rows: Hashes, texts: Sequence[str]) -> None:
    """Fill these rows, of nine columns: the last takes what is beyond eight (a mask would cost memory, ``blocks``)."""
    text = "\n".join(["", *texts, ""]).encode()
    starts, ends = _marked_words(np.frombuffer(text, np.uint8))
    if not len(starts):
        return
    lengths = np.fromiter(map(len, texts), np.int64, len(texts))
    owners = np.searchsorted(np.cumsum(lengths + 1), starts, "left")
    crc32 = zlib.crc32
    keys = dict.fromkeys(
        owner << 16 | (crc32(name) & 0xFFFF or 1)
        for owner, start, end in zip(owners.tolist(), starts.tolist(), ends.tolist(), strict=True)
        if end - start > 1 and not (word := text[start:end]).islower() and (name := word.lower()) not in _COMMON
    )
    packed = np.fromiter(keys, np.int64, len(keys))
    owners = packed >> 16
    ranks = np.arange(len(packed)) - np.searchsorted(owners, owners)
    rows[owners, np.minimum(ranks, NAMES)] = packed & 0xFFFF


def _marked_words(text: NDArray[np.uint8]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Give where the words with a capital or a digit begin and end; the text begins and ends outside of words."""
    capital, letter = text - 65 < 26, (text | 32) - 97 < 26
    marked = capital | (text - 48 < 10)
    word = marked | letter
    gaps = np.flatnonzero(~word)
    starts = np.flatnonzero(marked[1:] & ~word[:-1]) + 1
    inside = np.flatnonzero(capital[1:] & (word > capital)[:-1]) + 1
    if len(inside):
        begun = gaps[np.searchsorted(gaps, inside) - 1] + 1
        small = [start for start in begun.tolist() if not marked[start]]
        starts = np.array(sorted({*starts.tolist(), *small}), np.int64) if small else starts
    return starts, gaps[np.searchsorted(gaps, starts)]
