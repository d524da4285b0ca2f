"""LangGraph's store in SQLite."""

from __future__ import annotations

import importlib.metadata
import sqlite3
import sys
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

from mempress.systems.langgraph.store import NAMESPACE, StoreAdapter, index_of, ttl_of

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from mempress.systems.protocol import JSON, SystemConfig

if not hasattr(sqlite3.Connection, "enable_load_extension"):  # the store loads sqlite-vec
    import pysqlite3

    sys.modules["sqlite3"] = pysqlite3
    sys.modules["sqlite3.dbapi2"] = pysqlite3.dbapi2

from langgraph.store.sqlite import SqliteStore


class LangGraphSqlite(StoreAdapter):
    """``SqliteStore``: one file, opened with ``from_conn_string`` and ``setup``, every vector compared at each search.

    SQLite's settings are the store's: each batch is a transaction with a full sync. The option ``ttl_minutes`` lets
    items expire, prolonged whenever they are found, as the store's ``ttl`` does; without it nothing expires.
    Maintenance is the store's ``sweep_ttl``, and then SQLite's ``VACUUM``, which an operator would run.
    """

    name = "langgraph-sqlite"
    version = importlib.metadata.version("langgraph-checkpoint-sqlite")
    capabilities: frozenset[str] = frozenset(
        {"count", "delete", "embedding", "get", "maintenance", "persistence", "threads"}
    )

    def __init__(self, workdir: Path, config: SystemConfig) -> None:
        ttl = ttl_of(self.name, config.options)
        self._opened = ExitStack()
        opening = SqliteStore.from_conn_string(str(workdir / "memory.db"), index=index_of(config), ttl=ttl)
        self._store: Any = self._opened.enter_context(opening)
        self._store.setup()

    def count(self) -> int:
        """Count the namespace's rows, expired ones too until they are swept: the store finds those as well."""
        with self._store.lock:
            (row,) = self._store.conn.execute("SELECT count(*) FROM store WHERE prefix = ?", (".".join(NAMESPACE),))
        return int(row[0])

    def perform_maintenance(self, *, emergency: bool = False) -> Mapping[str, JSON]:
        """Sweep what has expired, then vacuum; gives the rows swept and the pages that were free before the vacuum."""
        del emergency  # there is one way alone
        swept = int(self._store.sweep_ttl())
        with self._store.lock:
            ((free_pages,),) = self._store.conn.execute("PRAGMA freelist_count").fetchall()
            self._store.conn.execute("VACUUM")
        return {"swept": swept, "operator_maintenance": "VACUUM", "free_pages": int(free_pages)}

    def close(self) -> None:
        """Close the file."""
        self._opened.close()
