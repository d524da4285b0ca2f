"""The index of words, in one of two forms.

``names``, beside vectors: only what tells one memory from another where vectors are weak, capitalised words and
numbers, as hashes in memory (see ``names``). ``all``, where there is no embedder: SQLite's FTS5 without content,
written a few hundred records at a time; after a crash the store's watermark says which records to index again, an
entry whose slot has a new record is overwritten, and one of an empty slot is passed over.
"""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING, Any

import numpy as np

from mempress.neuroca.errors import DamagedError
from mempress.neuroca.names import Names

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from mempress.neuroca.ledger import Ledger
    from mempress.neuroca.store import Row, Store

WAITING = 256
WATERMARK = "words_upto"
MODE = "words_mode"
_WORD = re.compile(r"[^\W_]+")
_ASCII_NAME = re.compile(r"[A-Z0-9][A-Za-z0-9]*")
_MAX_CHARACTERS = 1 << 16
_MAX_TERMS = 12
_COMMON = frozenset(
    "a about after all also an and any are as at be been before but by can could did do does for from had has have "
    "he her hers him his how i if in into is it its just last let me my new next no not now of ok on or our please "
    "she should so some tell that the their them then there these they this those to today tomorrow us was we were "
    "what when where which while who whom whose why will with would yes yesterday yet you your".split()
)


def fold(text: str) -> str:
    """Give the text in lower case, without diacritics."""
    if text.isascii():
        return text.lower()
    parts = unicodedata.normalize("NFKD", text.casefold())
    return "".join(part for part in parts if not unicodedata.combining(part))


def names_in(text: str) -> list[str]:
    """Give the distinct capitalised words and numbers of a text, folded, without common words, in order."""
    text = text[:_MAX_CHARACTERS]
    if text.isascii():
        return _ascii_names_in(text)
    marked = " ".join([part for part in text.split() if not (part.islower() and part.isalpha())])
    names = [fold(word) for word in _WORD.findall(marked) if len(word) > 1 and not word.islower()]
    return [name for name in dict.fromkeys(names) if name not in _COMMON]


def _ascii_names_in(text: str) -> list[str]:
    """Do the same for ASCII, looking only at words with a capital or a digit: a fifth of the time."""
    names: dict[str, None] = {}
    for found in _ASCII_NAME.finditer(text):
        start, end = found.span()
        while start and text[start - 1].isalnum():
            start -= 1
        word = text[start:end]
        if end - start > 1 and not word.islower():
            names[word.lower()] = None
    return [name for name in names if name not in _COMMON]


def words_in(text: str) -> list[str]:
    """Give the distinct words of a text, folded, without common words, in order."""
    return list(dict.fromkeys(word for word in _WORD.findall(fold(text[:_MAX_CHARACTERS])) if word not in _COMMON))


class Words:
    """Full text by slot. ``mode`` is ``names``, ``all`` or ``off``."""

    def __init__(self, store: Store, mode: str) -> None:
        self.mode = mode
        self._store = store
        self._waiting: dict[int, str | None] = {}
        self._names = Names()
        self.damaged = False

    def terms(self, text: str) -> list[str]:
        """Give what this index would look for."""
        return names_in(text) if self.mode == "names" else words_in(text)

    def content(self, text: str) -> str:
        """Give what this index keeps of a text, words parted by blanks."""
        return " ".join(self.terms(text))

    def write(self, changes: Mapping[int, str | None], arrivals: int, *, force: bool = False) -> bool:
        """Inside a transaction: write ``changes`` (None: removed) and all that waits, if that is worth it.

        Returns whether it did; after the commit the caller passes that to ``settle``.
        """
        few = len(self._waiting) + len(changes) < WAITING
        if self.mode != "all" or self.damaged or (few and not force):
            return False
        rows = {**self._waiting, **changes}
        kept = [(slot, text) for slot, text in rows.items() if text is not None]
        gone = [(slot,) for slot, text in rows.items() if text is None]
        self._store.execute_many("DELETE FROM words WHERE rowid = ?", gone)
        self._store.execute_many("REPLACE INTO words(rowid, text) VALUES (?, ?)", kept)
        self._store.write_meta(**{WATERMARK: arrivals})
        return True

    def settle(self, changes: Mapping[int, str | None], *, written: bool) -> None:
        """After the commit: remember names, or what still waits."""
        if self.mode == "names":
            kept = {slot: text for slot, text in changes.items() if text is not None}
            self._names.put(list(kept), (text.split() for text in kept.values()))
        elif written:
            self._waiting.clear()
        elif self.mode == "all":
            self._waiting.update(changes)

    def settle_one(self, slot: int, names: Sequence[str]) -> None:
        """After the commit, in mode ``names``: remember one record's names."""
        if self.mode == "names":
            self._names.put_one(slot, names)

    def by_names(self, names: Sequence[str], ledger: Ledger, most: int) -> list[int]:
        """Give slots whose records may have all the names, or else the rarest; none where more than ``most`` have."""
        names = names[:_MAX_TERMS]
        found = self._having(names, ledger, most)
        if not found and len(names) > 1:
            each = [self._having([name], ledger, most) for name in names]
            found = min((slots for slots in each if slots), key=len, default=[])
        return found

    def ranked(self, terms: Sequence[str], ledger: Ledger, most: int) -> list[tuple[int, float]]:
        """Give (slot, BM25 squeezed into [0, 1)) of the best ``most`` records with any of the terms, best first."""
        if not terms:
            return []
        query = " OR ".join(f'"{term}"' for term in terms[:_MAX_TERMS])
        rows = self._match(
            "SELECT rowid, rank FROM words WHERE words MATCH ? ORDER BY rank LIMIT ?", (query, most + 64)
        )
        return [(slot, -rank / (1.0 - rank)) for slot, rank in rows if slot < ledger.top and ledger.tier[slot]][:most]

    def shares(self, rows: Sequence[Row], names: Sequence[str]) -> NDArray[np.float32]:
        """Give for each record the share of the names that its text has, in [0, 1].

        To fold a text beyond ASCII takes 30 us; what is not in its plain lower case is looked up among its kept names.
        """
        texts = [row.text if len(row.text) <= _MAX_CHARACTERS else row.text[:_MAX_CHARACTERS] for row in rows]
        if all(map(str.isascii, texts)):
            found = [[name in text for name in names] for text in map(str.lower, texts)]
        elif self.mode == "names":
            kept = self._names.kept([row.slot for row in rows], names).T.tolist()
            lowered = map(str.casefold, texts)
            found = [
                [has or name in text for has, name in zip(own, names, strict=True)]
                for own, text in zip(kept, lowered, strict=True)
            ]
        else:
            found = [[name in text for name in names] for text in map(fold, texts)]
        return np.array([sum(each) / len(names) for each in found], np.float32)

    def memory_bytes(self) -> int:
        """Give the bytes of the names."""
        return self._names.memory_bytes()

    @property
    def waiting(self) -> int:
        """Count the records that wait to be written."""
        return len(self._waiting)

    def _match(self, sql: str, values: Sequence[Any]) -> list[tuple[Any, ...]]:
        """Ask the index; where it is damaged, find nothing, and have it made anew at the next opening."""
        if self.damaged:
            return []
        try:
            return self._store.execute(sql, values)
        except DamagedError:
            self.damaged = True
            with self._store.transaction():
                self._store.write_meta(**{MODE: "damaged"})
            return []

    def _having(self, names: Sequence[str], ledger: Ledger, most: int) -> list[int]:
        if self.mode == "names":
            return [slot for slot in self._names.having(names, most) if slot < ledger.top]
        query = " AND ".join(f'"{name}"' for name in names)
        rows = self._match("SELECT rowid FROM words WHERE words MATCH ? LIMIT ?", (query, most + 1))
        found = [row[0] for row in rows if row[0] < ledger.top and ledger.tier[row[0]]]
        return found if len(found) <= most else []
