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

    from mempress.neuroca.ledger import Ledger, Slots
    from mempress.neuroca.store import Row, Store

WAITING = 256
WATERMARK = "words_upto"
MODE = "words_mode"
_WORD = re.compile(r"[^\W_]+")
_ASCII_NAME = re.compile(r"[A-Z0-9][A-Za-z0-9]*")
_BLANKED = {code: chr(code).lower() if chr(code).isalnum() else " " for code in range(128)}
"""Lower case, and blanks for all that is no word: in ASCII what _WORD does, in a third of the time."""
_MAX_CHARACTERS = 1 << 16
MAX_TERMS = 12
_MOST_COUNTED = 8_192
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
    return [word for word in dict.fromkeys(_all_words_in(text)) if word not in _COMMON]


def word_set(text: str) -> frozenset[str]:
    """Give the same words in no order, in half the time."""
    return frozenset(_all_words_in(text)) - _COMMON


def _all_words_in(text: str) -> list[str]:
    text = text[:_MAX_CHARACTERS]
    return text.translate(_BLANKED).split() if text.isascii() else _WORD.findall(fold(text))


class Words:
    """Full text by slot. ``mode`` is ``names``, ``all`` or ``off``."""

    def __init__(self, store: Store, mode: str) -> None:
        self.mode = mode
        self._store = store
        self._waiting: dict[int, str | None] = {}
        self._names = Names()
        self._frequency: dict[str, int] = {}
        self._counted_before = 0
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
        self._counted_before += len(rows)
        if self._counted_before >= WAITING:
            self._frequency.clear()
            self._counted_before = 0
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
        names = names[:MAX_TERMS]
        found = self._having(names, ledger, most)
        if not found and len(names) > 1:
            each = [self._having([name], ledger, most) for name in names]
            found = min((slots for slots in each if slots), key=len, default=[])
        return found

    def frequency(self, term: str) -> int:
        """Give how many records have the word, 65,536 at most, as counted before the last 256 writes or later.

        In mode ``all``.
        """
        count = self._frequency.get(term, 0)
        if not count:
            query = "SELECT count(*) FROM (SELECT 1 FROM words WHERE words MATCH ? LIMIT 65536)"
            found = self._match(query, (f'"{term}"',))
            count = int(found[0][0]) if found else 0
            if count and len(self._frequency) < _MOST_COUNTED:
                self._frequency[term] = count
        return count

    def slots(self, match: str, most: int) -> Slots:
        """Give at most ``most`` slots that match, in order; emptied slots may be among them. In mode ``all``."""
        query = "SELECT group_concat(rowid) FROM (SELECT rowid FROM words WHERE words MATCH ? LIMIT ?)"
        found = self._match(query, (match, most))
        return np.fromstring(found[0][0] or "", np.int64, sep=",") if found else np.empty(0, np.int64)

    def shares(self, rows: Sequence[Row], names: Sequence[str]) -> list[float]:
        """Give for each record the share of the names that its text has, in [0, 1].

        To fold a text beyond ASCII takes 30 us; what is not in its plain lower case is looked up among its kept names.
        """
        texts = [row.text for row in rows]
        if max(map(len, texts), default=0) > _MAX_CHARACTERS:
            texts = [text[:_MAX_CHARACTERS] for text in texts]
        if all(map(str.isascii, texts)):
            if len(names) == 1:
                return [float(names[0] in text.lower()) for text in texts]
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
        return [sum(each) / len(names) for each in found]

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
