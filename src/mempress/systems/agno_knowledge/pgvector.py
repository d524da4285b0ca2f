"""Agno's Knowledge over PostgreSQL with pgvector."""

from __future__ import annotations

import importlib.metadata
from typing import TYPE_CHECKING

from sqlalchemy import select

from mempress.systems.agno_knowledge.knowledge import KnowledgeAdapter, embedder_of
from mempress.systems.common import pieces, refuse_options
from mempress.systems.servers.postgres import PostgresServer

# isort: split
from agno.vectordb.pgvector import PgVector

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from mempress.systems.protocol import SystemConfig

_NAMES_AT_ONCE = 1_000


class AgnoKnowledgePgVector(KnowledgeAdapter):
    """``Knowledge(vector_db=PgVector(table_name=..., db_url=...))`` over a PostgreSQL of its own.

    Every search scans all rows: Agno makes an index when ``optimize`` is called and not before, and in this version
    that always fails under psycopg, the driver that it documents. So there is no maintenance to offer.
    """

    name = "agno-knowledge-pgvector"
    version = importlib.metadata.version("agno")
    capabilities: frozenset[str] = frozenset({"count", "delete", "embedding", "get", "persistence", "processes"})

    def __init__(self, workdir: Path, config: SystemConfig) -> None:
        refuse_options(self.name, config.options)
        self._server = PostgresServer(workdir)
        try:
            url = self._server.url("psycopg")
            self._open(PgVector(table_name="memories", db_url=url, embedder=embedder_of(config)))
        except BaseException:
            self._server.close()
            raise

    def process_ids(self) -> Sequence[int]:
        """Give the server's process."""
        return self._server.process_ids()

    def close(self) -> None:
        """Close the connections, then stop the server."""
        try:
            self._vectors.db_engine.dispose()
        finally:
            self._server.close()

    def _rows(self, names: set[str]) -> Iterator[tuple[str, str]]:
        columns = self._vectors.table.c
        for piece in pieces(sorted(names), _NAMES_AT_ONCE):
            with self._vectors.Session() as session:
                found = session.execute(select(columns.name, columns.content).where(columns.name.in_(piece)))
                yield from ((row.name, row.content) for row in found)
