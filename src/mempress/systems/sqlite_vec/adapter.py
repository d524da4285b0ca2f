"""A table of texts and a ``vec0`` table of vectors in one SQLite file."""

from __future__ import annotations

import importlib.metadata
import sqlite3
from typing import TYPE_CHECKING, Any

import sqlite_vec

from mempress.errors import UsageError
from mempress.systems.protocol import Hit

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from mempress.systems.protocol import Record, SystemConfig

_IDS_AT_ONCE = 500


class SqliteVecMemory:
    """sqlite-vec as its documentation shows it: an exact search over a ``vec0`` table, joined with a table of texts.

    Its author means it for vectors that live beside an application's other rows in one file. Vectors are stored by
    ``INSERT`` in a transaction for each batch and found by ``MATCH ... AND k = ...`` under the cosine distance;
    SQLite's own settings stay as they are. Maintenance is SQLite's ``VACUUM``, which an operator would run: what is
    deleted leaves free pages behind. Importance and capacities have no place in it.
    """

    name = "sqlite-vec"
    version = importlib.metadata.version("sqlite-vec")
    capabilities: frozenset[str] = frozenset({"count", "delete", "embedding", "get", "maintenance", "persistence"})

    def __init__(self, workdir: Path, config: SystemConfig) -> None:
        if config.options:
            raise UsageError(f"sqlite-vec has no options, and was given {', '.join(config.options)}: leave them out.")
        self._embed = config.embed
        self._db = _connect(workdir / "memory.db")
        self._db.executescript(
            f"""
            CREATE TABLE IF NOT EXISTS note (key INTEGER PRIMARY KEY, id TEXT UNIQUE NOT NULL, text TEXT NOT NULL);
            CREATE VIRTUAL TABLE IF NOT EXISTS vector USING vec0 (
                key INTEGER PRIMARY KEY, embedding float[{config.dimension}] distance_metric=cosine
            );
            """
        )

    def store(self, records: Sequence[Record]) -> None:
        """Insert texts and vectors in one transaction; a record whose id is held replaces it."""
        vectors = self._embed([record.text for record in records])
        with self._db:
            self._remove([record.id for record in records])
            for record, vector in zip(records, vectors, strict=True):
                row = (record.id, record.text)
                inserted = self._db.execute("INSERT OR REPLACE INTO note (id, text) VALUES (?, ?) RETURNING key", row)
                key = inserted.fetchone()[0]
                self._db.execute("INSERT INTO vector (key, embedding) VALUES (?, ?)", (key, vector.tobytes()))

    def search(self, query: str, *, limit: int) -> Sequence[Hit]:
        """Give the nearest by cosine distance; the score is 1 less the distance."""
        if limit <= 0:
            return []
        (vector,) = self._embed([query])
        found = self._db.execute(
            "SELECT note.text, note.id, distance FROM vector JOIN note ON note.key = vector.key "
            "WHERE embedding MATCH ? AND k = ? ORDER BY distance",
            (vector.tobytes(), limit),
        )
        return [Hit(text, record_id, 1.0 - distance) for text, record_id, distance in found]

    def count(self) -> int:
        """Count the vectors, without which a text cannot be found."""
        return int(self._db.execute("SELECT count(*) FROM vector").fetchone()[0])

    def get(self, ids: Sequence[str]) -> Mapping[str, str]:
        """Select texts by id."""
        texts: dict[str, str] = {}
        for start in range(0, len(ids), _IDS_AT_ONCE):
            piece = ids[start : start + _IDS_AT_ONCE]
            marks = ",".join("?" * len(piece))
            texts.update(self._db.execute(f"SELECT id, text FROM note WHERE id IN ({marks})", tuple(piece)))  # noqa: S608 - marks alone
        return texts

    def delete(self, ids: Sequence[str]) -> int:
        """Delete texts and vectors in one transaction."""
        with self._db:
            return self._remove(ids)

    def perform_maintenance(self, *, emergency: bool = False) -> Mapping[str, int]:
        """Vacuum; gives the pages that were free before."""
        del emergency  # SQLite has one way alone
        free_pages = int(self._db.execute("PRAGMA freelist_count").fetchone()[0])
        self._db.execute("VACUUM")
        return {"free_pages": free_pages}

    def close(self) -> None:
        """Close the file."""
        self._db.close()

    def _remove(self, ids: Sequence[str]) -> int:
        removed = 0
        for record_id in ids:
            row = self._db.execute("DELETE FROM note WHERE id = ? RETURNING key", (record_id,)).fetchone()
            if row is not None:
                self._db.execute("DELETE FROM vector WHERE key = ?", row)
                removed += 1
        return removed


def _connect(path: Path) -> Any:
    """Open the file with the extension; where Python's own SQLite loads none, with the ``pysqlite3`` package."""
    module: Any = sqlite3
    if not hasattr(sqlite3.Connection, "enable_load_extension"):
        import pysqlite3  # noqa: PLC0415 - only where it is needed

        module = pysqlite3
    db = module.connect(path)
    db.enable_load_extension(True)
    sqlite_vec.load(db)
    db.enable_load_extension(False)
    return db
