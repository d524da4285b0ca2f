"""Texts and vectors in a PostgreSQL of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

import psycopg

from mempress.systems.protocol import Hit
from mempress.systems.servers.postgres import PostgresServer

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from mempress.systems.protocol import Record, SystemConfig


class PostgresNotes:
    """The smallest use of the server: one table, searched exactly."""

    capabilities: ClassVar = frozenset({"count", "delete", "embedding", "get", "persistence", "processes"})

    def __init__(self, workdir: Path, config: SystemConfig) -> None:
        self._embed = config.embed
        self._server = PostgresServer(workdir)
        try:
            self._db = psycopg.connect(self._server.url(), autocommit=True)
            self._db.execute("CREATE EXTENSION IF NOT EXISTS vector")
            table = f"(id text PRIMARY KEY, text text NOT NULL, embedding vector({config.dimension}))"
            self._db.execute(f"CREATE TABLE IF NOT EXISTS note {table}")
        except BaseException:
            self._server.close()
            raise

    def store(self, records: Sequence[Record]) -> None:
        vectors = self._embed([record.text for record in records])
        rows = [(r.id, r.text, str(list(vector))) for r, vector in zip(records, vectors, strict=True)]
        with self._db.transaction(), self._db.cursor() as cursor:
            replace = "ON CONFLICT (id) DO UPDATE SET text = excluded.text, embedding = excluded.embedding"
            cursor.executemany(f"INSERT INTO note VALUES (%s, %s, %s) {replace}", rows)  # noqa: S608 - our own texts

    def search(self, query: str, *, limit: int) -> Sequence[Hit]:
        (vector,) = self._embed([query])
        nearest = "SELECT text, id FROM note ORDER BY embedding <=> %s::vector LIMIT %s"
        return [Hit(text, record_id) for text, record_id in self._db.execute(nearest, (str(list(vector)), limit))]

    def count(self) -> int:
        (count,) = self._db.execute("SELECT count(*) FROM note").fetchone() or (0,)
        return int(count)

    def get(self, ids: Sequence[str]) -> Mapping[str, str]:
        return dict(self._db.execute("SELECT id, text FROM note WHERE id = ANY(%s)", (list(ids),)))

    def delete(self, ids: Sequence[str]) -> int:
        return self._db.execute("DELETE FROM note WHERE id = ANY(%s)", (list(ids),)).rowcount

    def process_ids(self) -> Sequence[int]:
        return self._server.process_ids()

    def close(self) -> None:
        self._db.close()
        self._server.close()
