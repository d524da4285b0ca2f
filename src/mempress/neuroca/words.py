"""The index of words, in one of two forms.

``names``, beside vectors: only what tells one memory from another where vectors are weak, capitalised words and
numbers, as hashes in memory (see ``names``). ``all``, where there is no embedder: SQLite's FTS5 without content,
written a few hundred records at a time; after a crash the store's watermark says which records to index again, an
entry whose slot has a new record is overwritten, and one of an empty slot is passed over.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from mempress.neuroca.errors import DamagedError
from mempress.neuroca.name_rows import name_rows
from mempress.neuroca.names import Names
from mempress.neuroca.terms import MAX_CHARACTERS, fold, words_in

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from mempress.neuroca.ledger import Ledger, Slots
    from mempress.neuroca.store import Row, Store

WAITING = 256
WATERMARK = "words_upto"
MODE = "words_mode"
MAX_TERMS = 12
_MOST_COUNTED = 8_192


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

    def changes(self, slots: Sequence[int], texts: Sequence[str]) -> dict[int, str | None]:
        """Give what mode ``all`` has to write for new records: their words, parted by blanks."""
        if self.mode != "all":
            return {}
        return {slot: " ".join(words_in(text)) for slot, text in zip(slots, texts, strict=True)}

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
        """After the commit, in mode ``all``: remember what still waits."""
        if written:
            self._waiting.clear()
        elif self.mode == "all":
            self._waiting.update(changes)

    def note(self, slots: Sequence[int], texts: Sequence[str]) -> None:
        """In mode ``names``: remember the names of the records in these slots."""
        if self.mode == "names":
            self._names.put(slots, name_rows(texts))

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
        if max(map(len, texts), default=0) > MAX_CHARACTERS:
            texts = [text[:MAX_CHARACTERS] for text in texts]
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
