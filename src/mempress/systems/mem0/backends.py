"""The vector stores that mem0 is driven over: how each is set up and counted, and what it leaves open."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any, Protocol

from mempress.systems.servers.postgres import PostgresServer

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

_COLLECTION = "mem0"


class Backend(Protocol):
    """One vector store of mem0; ``store`` is mem0's own object for it."""

    provider: str

    def settings(self) -> dict[str, Any]:
        """Give what mem0's configuration takes for it; all else stays at its default."""

    def count(self, store: Any) -> int:
        """Count what the store holds."""

    def process_ids(self) -> Sequence[int]:
        """Give the processes of its server."""

    def close(self, store: Any) -> None:
        """Let go of what mem0's own ``close`` leaves open."""


class _Embedded:
    """A store within the process."""

    def __init__(self, workdir: Path, dimension: int) -> None:
        self._path = str(workdir / self.provider)
        self._dimension = dimension

    provider = ""

    def settings(self) -> dict[str, Any]:
        return {"collection_name": _COLLECTION, "path": self._path, "embedding_model_dims": self._dimension}

    def process_ids(self) -> Sequence[int]:
        return ()

    def close(self, store: Any) -> None:
        del store


class Qdrant(_Embedded):
    """Qdrant's local mode, mem0's default store; ``on_disk``, without which mem0 empties the folder at each start."""

    provider = "qdrant"

    def settings(self) -> dict[str, Any]:
        """Give the settings."""
        return super().settings() | {"on_disk": True}

    def count(self, store: Any) -> int:
        """Ask the client."""
        return int(store.client.count(_COLLECTION).count)

    def close(self, store: Any) -> None:
        """Close the client: its folder is locked until then."""
        store.client.close()


class Chroma(_Embedded):
    """A persistent Chroma collection."""

    provider = "chroma"

    def settings(self) -> dict[str, Any]:
        """Give the settings; Chroma takes the dimension from the first vector."""
        return {"collection_name": _COLLECTION, "path": self._path}

    def count(self, store: Any) -> int:
        """Ask the collection."""
        return int(store.collection.count())


class Faiss(_Embedded):
    """A flat FAISS index, written whole with its texts after each memory."""

    provider = "faiss"

    def count(self, store: Any) -> int:
        """Count the texts: mem0 deletes from them and leaves the vector in the index."""
        return len(store.docstore)


class PgVector:
    """pgvector in a PostgreSQL of its own, with the HNSW index that mem0 makes."""

    provider = "pgvector"

    def __init__(self, workdir: Path, dimension: int) -> None:
        self._dimension = dimension
        self._server = PostgresServer(workdir)

    def settings(self) -> dict[str, Any]:
        """Give the settings."""
        return {
            "collection_name": _COLLECTION,
            "connection_string": self._server.url(),
            "embedding_model_dims": self._dimension,
        }

    def count(self, store: Any) -> int:
        """Count the rows; mem0 makes its table with the first memory."""
        with store.connection_pool.connection() as connection:
            if connection.execute("SELECT to_regclass(%s)", (_COLLECTION,)).fetchone()[0] is None:
                return 0
            return int(connection.execute(f"SELECT count(*) FROM {_COLLECTION}").fetchone()[0])  # noqa: S608 - a constant

    def process_ids(self) -> Sequence[int]:
        """Give the server's process."""
        return self._server.process_ids()

    def close(self, store: Any) -> None:
        """Close the connections, then stop the server; ``store`` is None where mem0 did not open."""
        with suppress(AttributeError):
            store.connection_pool.close()
        self._server.close()


BACKENDS: Mapping[str, Callable[[Path, int], Backend]] = {
    "qdrant": Qdrant,
    "chroma": Chroma,
    "faiss": Faiss,
    "pgvector": PgVector,
}
