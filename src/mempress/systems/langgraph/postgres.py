"""LangGraph's store in PostgreSQL."""

from __future__ import annotations

import importlib.metadata
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

from langgraph.store.postgres import PostgresStore

from mempress.systems.common import disk_bytes
from mempress.systems.langgraph.store import NAMESPACE, StoreAdapter, index_of, ttl_of
from mempress.systems.servers.postgres import PostgresServer

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from mempress.systems.protocol import JSON, SystemConfig


class LangGraphPostgres(StoreAdapter):
    """``PostgresStore``, which its authors mean for production, over a PostgreSQL with pgvector of its own.

    It is opened with ``from_conn_string`` and ``setup``, one connection, its default HNSW index under the cosine; the
    server has PostgreSQL's default settings. The option ``ttl_minutes`` lets items expire, prolonged whenever they are
    found; without it nothing expires. Maintenance is the store's ``sweep_ttl``, and then PostgreSQL's ``VACUUM``,
    which an operator would run beside what autovacuum does by itself: in an emergency ``VACUUM FULL``, which gives
    disk back.
    """

    name = "langgraph-postgres"
    version = importlib.metadata.version("langgraph-checkpoint-postgres")
    capabilities: frozenset[str] = frozenset(
        {"count", "delete", "embedding", "get", "maintenance", "persistence", "processes", "threads"}
    )

    def __init__(self, workdir: Path, config: SystemConfig) -> None:
        ttl = ttl_of(self.name, config.options)
        self._workdir = workdir
        self._opened = ExitStack()
        try:
            self._server = PostgresServer(workdir)
            self._opened.callback(self._server.close)
            opening = PostgresStore.from_conn_string(self._server.url(), index=index_of(config), ttl=ttl)
            self._store: Any = self._opened.enter_context(opening)
            self._store.setup()
        except BaseException:
            self._opened.close()
            raise

    def count(self) -> int:
        """Count the namespace's rows, expired ones too until they are swept."""
        with self._store.lock:
            found = self._store.conn.execute("SELECT count(*) FROM store WHERE prefix = %s", (".".join(NAMESPACE),))
            return int(found.fetchone()["count"])

    def process_ids(self) -> Sequence[int]:
        """Give the server's process."""
        return self._server.process_ids()

    def perform_maintenance(self, *, emergency: bool = False) -> Mapping[str, JSON]:
        """Sweep what has expired, then vacuum; gives the rows swept and the bytes that went from the disk."""
        before_bytes = disk_bytes(self._workdir)
        vacuum = "VACUUM (FULL, ANALYZE)" if emergency else "VACUUM (ANALYZE)"
        with self._store.lock:  # as the store's own batches do on a connection that several threads share
            swept = int(self._store.sweep_ttl())
            self._store.conn.execute(vacuum)
        freed_bytes = before_bytes - disk_bytes(self._workdir)
        return {"swept": swept, "operator_maintenance": vacuum, "freed_bytes": freed_bytes}

    def close(self) -> None:
        """Close the connection, then stop the server."""
        self._opened.close()
