"""Memories in SQLite's full-text index (FTS5), within a capacity: the least important go first."""

from __future__ import annotations

import re
import sqlite3
from importlib.metadata import version
from typing import TYPE_CHECKING, ClassVar

from mempress import Hit

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from mempress import Record, SystemConfig

_SCHEMA = """
CREATE TABLE IF NOT EXISTS note (key INTEGER PRIMARY KEY, id TEXT UNIQUE, text TEXT, importance REAL);
CREATE INDEX IF NOT EXISTS note_importance ON note (importance);
CREATE VIRTUAL TABLE IF NOT EXISTS words USING fts5 (text, content = 'note', content_rowid = 'key');
CREATE TRIGGER IF NOT EXISTS note_added AFTER INSERT ON note BEGIN
    INSERT INTO words (rowid, text) VALUES (new.key, new.text);
END;
CREATE TRIGGER IF NOT EXISTS note_removed AFTER DELETE ON note BEGIN
    INSERT INTO words (words, rowid, text) VALUES ('delete', old.key, old.text);
END;
"""


class Fts5Memory:
    """SQLite's FTS5 as its documentation shows it: a table, an index of its words, and triggers that keep them one.

    A search takes the words of the query, any of which may match, and ranks by BM25. ``optimize`` is the upkeep that
    FTS5 offers; in an emergency ``VACUUM`` follows.
    """

    version = version("mempress-fts5")
    capabilities: ClassVar[frozenset[str]] = frozenset(
        {"bounded", "count", "delete", "get", "importance", "maintenance", "persistence"}
    )

    def __init__(self, workdir: Path, config: SystemConfig) -> None:
        self._capacity = config.capacity_records
        self._db = sqlite3.connect(workdir / "memory.db")
        self._db.executescript(_SCHEMA)

    def store(self, records: Sequence[Record]) -> None:
        with self._db:
            self._remove([record.id for record in records])
            rows = ((record.id, record.text, record.importance) for record in records)
            self._db.executemany("INSERT OR REPLACE INTO note (id, text, importance) VALUES (?, ?, ?)", rows)
            if self._capacity is not None:
                excess = max(0, self.count() - self._capacity)
                least = "SELECT key FROM note ORDER BY importance, key LIMIT ?"
                self._db.execute(f"DELETE FROM note WHERE key IN ({least})", (excess,))

    def search(self, query: str, *, limit: int) -> Sequence[Hit]:
        words = " OR ".join(f'"{word}"' for word in re.findall(r"\w+", query))
        found = self._db.execute(
            "SELECT note.text, note.id, -rank FROM words JOIN note ON note.key = words.rowid "
            "WHERE words MATCH ? ORDER BY rank LIMIT ?",
            (words or '""', limit),
        )
        return [Hit(text, record_id, score) for text, record_id, score in found]

    def count(self) -> int:
        return int(self._db.execute("SELECT count(*) FROM note").fetchone()[0])

    def get(self, ids: Sequence[str]) -> Mapping[str, str]:
        rows = (self._db.execute("SELECT id, text FROM note WHERE id = ?", (key,)).fetchone() for key in ids)
        return dict(row for row in rows if row)

    def delete(self, ids: Sequence[str]) -> int:
        with self._db:
            return self._remove(ids)

    def perform_maintenance(self, *, emergency: bool = False) -> None:
        with self._db:
            self._db.execute("INSERT INTO words (words) VALUES ('optimize')")
        if emergency:
            self._db.execute("VACUUM")

    def close(self) -> None:
        self._db.close()

    def _remove(self, ids: Sequence[str]) -> int:
        return self._db.executemany("DELETE FROM note WHERE id = ?", ((key,) for key in ids)).rowcount if ids else 0
