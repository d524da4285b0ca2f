"""Controls: systems whose results are known beforehand, in the standard library alone.

``Null`` shows what the harness itself costs, ``Perfect`` what perfect answers look like in its figures, and
``PlainList`` is the honest floor that any real memory system has to beat.
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from heapq import nlargest
from pathlib import Path
from typing import TYPE_CHECKING

from mempress.systems.protocol import Hit
from mempress.testing.recordlog import RecordLog

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from mempress.systems.protocol import Record, SystemConfig

_WORD = re.compile(r"\w+")


def words(text: str) -> frozenset[str]:
    """Give the distinct words of a text, without regard to case."""
    return frozenset(_WORD.findall(text.casefold()))


class Null:
    """Stores nothing and finds nothing, at the least cost that a Python class can have."""

    __slots__ = ()
    name = "null"
    capabilities: frozenset[str] = frozenset()

    def __init__(self, workdir: Path, config: SystemConfig) -> None: ...

    def store(self, records: Sequence[Record]) -> None:
        """Acknowledge the records and keep none."""

    def search(self, query: str, *, limit: int) -> Sequence[Hit]:  # noqa: ARG002 - the protocol's own parameters
        """Find nothing."""
        return ()

    def close(self) -> None:
        """Release nothing."""


class Perfect:
    """Keeps all records in memory, for as long as it is open, and answers exactly.

    No system can know the ground truth by itself, so exact answers need a key: with the option ``key=PATH``, a JSON
    file that maps each query to the ids that answer it, a search gives those of them that are held, in the key's
    order. A query that is not in the key, and every query without a key, gets the records that share words with it,
    each word counting 1 / (records that hold it), and the newest first where that is equal.
    """

    name = "perfect"
    capabilities = frozenset({"count", "get", "delete"})

    def __init__(self, workdir: Path, config: SystemConfig) -> None:  # noqa: ARG002 - it keeps nothing on disk
        key = config.options.get("key")
        self._key: Mapping[str, Sequence[str]] = {} if key is None else json.loads(Path(key).read_text("utf-8"))
        self._texts: dict[str, str] = {}
        self._ages: dict[str, int] = {}
        self._ids_of_word: dict[str, set[str]] = {}
        self._stored = 0

    def store(self, records: Sequence[Record]) -> None:
        """Keep the records; an id that is held already gets the new text."""
        for record in records:
            self._forget(record.id)
            self._stored += 1
            self._texts[record.id] = record.text
            self._ages[record.id] = self._stored
            for word in words(record.text):
                self._ids_of_word.setdefault(word, set()).add(record.id)

    def search(self, query: str, *, limit: int) -> Sequence[Hit]:
        """Give the key's answers, else the records that share the rarest words."""
        if query in self._key:
            held = [record_id for record_id in self._key[query] if record_id in self._texts]
            return [Hit(self._texts[record_id], record_id) for record_id in held[:limit]]
        scores: defaultdict[str, float] = defaultdict(float)
        for word in sorted(words(query)):
            ids = self._ids_of_word.get(word, ())
            for record_id in ids:
                scores[record_id] += 1 / len(ids)
        best = nlargest(limit, scores, key=lambda record_id: (scores[record_id], self._ages[record_id]))
        return [Hit(self._texts[record_id], record_id, scores[record_id]) for record_id in best]

    def count(self) -> int:
        """Give how many records are held."""
        return len(self._texts)

    def get(self, ids: Sequence[str]) -> Mapping[str, str]:
        """Give the texts of those of the ids that are held."""
        return {record_id: self._texts[record_id] for record_id in ids if record_id in self._texts}

    def delete(self, ids: Sequence[str]) -> int:
        """Forget the ids; give how many of them were held."""
        return sum(self._forget(record_id) for record_id in ids)

    def close(self) -> None:
        """Forget all."""
        self._texts.clear()
        self._ages.clear()
        self._ids_of_word.clear()

    def _forget(self, record_id: str) -> bool:
        text = self._texts.pop(record_id, None)
        if text is None:
            return False
        del self._ages[record_id]
        for word in words(text):
            self._ids_of_word[word].discard(record_id)
            if not self._ids_of_word[word]:
                del self._ids_of_word[word]
        return True


class PlainList:
    """A list of records, a linear scan by word overlap, and a JSON-lines file: what an afternoon's work gives.

    Hits are ordered by the number of words that they share with the query, the newest first where that is equal;
    their score is that number. A store survives the death of the process; ``flush`` makes it survive a power cut.
    """

    name = "plain-list"
    capabilities = frozenset({"count", "get", "delete", "flush", "persistence"})

    def __init__(self, workdir: Path, config: SystemConfig) -> None:  # noqa: ARG002 - a plain list has no settings
        self._log = RecordLog(workdir / "records.jsonl")
        self._held = self._log.replay()
        self._words = {record.id: words(record.text) for record in self._held.values()}

    def store(self, records: Sequence[Record]) -> None:
        """Keep the records, in the file first; an id that is held already becomes the newest, with its new text."""
        self._log.add(records)
        for record in records:
            self._held.pop(record.id, None)
            self._words.pop(record.id, None)
            self._held[record.id] = record
            self._words[record.id] = words(record.text)

    def search(self, query: str, *, limit: int) -> Sequence[Hit]:
        """Give the records that share most words with the query; those that share none are not found."""
        asked = words(query)
        overlaps = ((len(asked & known), age, key) for age, (key, known) in enumerate(self._words.items()))
        best = nlargest(limit, (item for item in overlaps if item[0]))
        return [Hit(self._held[key].text, key, float(overlap)) for overlap, _, key in best]

    def count(self) -> int:
        """Give how many records are held."""
        return len(self._held)

    def get(self, ids: Sequence[str]) -> Mapping[str, str]:
        """Give the texts of those of the ids that are held."""
        return {record_id: self._held[record_id].text for record_id in ids if record_id in self._held}

    def delete(self, ids: Sequence[str]) -> int:
        """Forget the ids, in the file too; give how many of them were held."""
        known = [record_id for record_id in dict.fromkeys(ids) if record_id in self._held]
        self._log.remove(known)
        for record_id in known:
            del self._held[record_id]
            del self._words[record_id]
        return len(known)

    def flush(self) -> None:
        """Return when all records are on the disk."""
        self._log.sync()

    def close(self) -> None:
        """Release the file."""
        self._log.close()
