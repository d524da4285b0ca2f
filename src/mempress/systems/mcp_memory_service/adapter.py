"""mcp-memory-service's storage and consolidation, without the server in front of them."""

from __future__ import annotations

import asyncio
import importlib.metadata
import os
from typing import TYPE_CHECKING, Any

from mempress.errors import UsageError
from mempress.systems.common import loadable_sqlite, pieces
from mempress.systems.protocol import Hit

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from mempress.systems.protocol import JSON, Record, SystemConfig

_IDS_AT_ONCE = 500
_OPTIONS = {
    "write": ("batch", "single"),
    "horizon": ("daily", "weekly", "monthly", "quarterly", "yearly", "incremental"),
}
"""Each option with its values, the default first."""
_RECORD = "json_extract(metadata, '$.record_id')"


class McpMemoryService:
    """``SqliteVecMemoryStorage``, the storage that the service runs on by default, called as its tools call it.

    Its authors mean it for assistants that reach it as an MCP server: ``memory_store``, ``memory_search``,
    ``memory_delete``. What these call is called here, in the same process: ``store_batch``, ``retrieve``, ``delete``.
    With the option ``write=single`` each record is one ``store``, as for memories that name their conversation, which
    the service does not compare for likeness. A memory is known by the hash of its text, so a text that is held
    already is refused; the record's id stands in the metadata. ``delete`` marks the row and drops its vector.

    Maintenance is what the service offers and schedules for nobody: ``cleanup_duplicates``, ``purge_deleted`` and a
    daily ``consolidate``, which scores the memories; in an emergency all that is marked as deleted is purged. The
    option ``horizon`` asks for another consolidation: a weekly one also clusters, links and sums up, at the cost of a
    minute or more. Importance and capacities have no place in it.
    """

    name = "mcp-memory-service"
    version = importlib.metadata.version("mcp-memory-service")
    capabilities: frozenset[str] = frozenset({"count", "delete", "embedding", "get", "maintenance", "persistence"})

    def __init__(self, workdir: Path, config: SystemConfig) -> None:
        self._write = _option("write", config.options)
        self._horizon = _option("horizon", config.options)
        self._loop = asyncio.new_event_loop()
        self._storage, self._consolidator = _make(workdir, config)
        try:
            self._run(self._storage.initialize())
        except BaseException:
            self._loop.close()
            raise

    def store(self, records: Sequence[Record]) -> None:
        """Store the batch; raises with the service's own reason where it refused any."""
        memories = [self._memory(record) for record in records]
        if self._write == "batch":
            told = self._run(self._storage.store_batch(memories))
        else:
            told = [self._run(self._storage.store(memory, skip_semantic_dedup=True)) for memory in memories]
        if refused := [reason for stored, reason in told if not stored]:
            raise RuntimeError(f"{len(refused)} of {len(told)} memories were not stored, the first: {refused[0]}")

    def search(self, query: str, *, limit: int) -> Sequence[Hit]:
        """Retrieve by meaning; what a consolidation made of several memories has no record's id."""
        if limit <= 0:
            return []
        found = self._run(self._storage.retrieve(query, n_results=limit))
        return [Hit(item.memory.content, item.memory.metadata.get("record_id"), item.relevance_score) for item in found]

    def count(self) -> int:
        """Count the memories that bear a record's id and are not marked as deleted; what it made itself bears none."""
        return self._rows(f"memories WHERE deleted_at IS NULL AND {_RECORD} IS NOT NULL")

    def get(self, ids: Sequence[str]) -> Mapping[str, str]:
        """Select the contents whose metadata bear the ids."""
        return {record_id: content for _, record_id, content in self._with(ids)}

    def delete(self, ids: Sequence[str]) -> int:
        """Delete each memory that bears one of the ids, by its hash."""
        return sum(self._run(self._storage.delete(held))[0] for held, _, _ in list(self._with(ids)))

    def perform_maintenance(self, *, emergency: bool = False) -> Mapping[str, JSON]:
        """Clean up, purge and consolidate; gives what they told, the memories by its own count, and the rows."""
        duplicates, _ = self._run(self._storage.cleanup_duplicates())
        purged = self._run(
            self._storage.purge_deleted(older_than_days=0) if emergency else self._storage.purge_deleted()
        )
        report = self._run(self._consolidator.consolidate(self._horizon))
        return {
            "duplicates": duplicates,
            "purged": purged,
            "processed": report.memories_processed,
            "clusters": report.clusters_created,
            "associations": report.associations_discovered,
            "summaries": report.memories_compressed,
            "archived": report.memories_archived,
            "errors": list(report.errors),
            "memories": int(self._run(self._storage.count_all_memories())),
            "rows": {table: self._rows(table) for table in ("memories", "memory_embeddings", "memory_graph")},
        }

    def close(self) -> None:
        """Close the file and the thread in which the storage works."""
        self._run(self._storage.close())
        self._run(self._loop.shutdown_default_executor())
        self._loop.close()

    def _memory(self, record: Record) -> Any:
        from mcp_memory_service.models.memory import Memory  # noqa: PLC0415 - its environment is set by then
        from mcp_memory_service.utils.hashing import generate_content_hash  # noqa: PLC0415 - as above

        return Memory(
            content=record.text,
            content_hash=generate_content_hash(record.text),
            tags=[str(tag) for tag in record.metadata.get("tags", [])],
            metadata={**record.metadata, "record_id": record.id},
        )

    def _with(self, ids: Sequence[str]) -> Iterator[tuple[str, str, str]]:
        """Give hash, record's id and content of each memory that bears one of the ids."""
        for piece in pieces(list(dict.fromkeys(ids)), _IDS_AT_ONCE):
            marks = ",".join("?" * len(piece))
            yield from self._storage.conn.execute(
                f"SELECT content_hash, {_RECORD} AS record, content FROM memories "  # noqa: S608 - marks alone
                f"WHERE deleted_at IS NULL AND record IN ({marks}) ORDER BY id",
                tuple(piece),
            )

    def _rows(self, table: str) -> int:
        return int(self._storage.conn.execute(f"SELECT count(*) FROM {table}").fetchone()[0])  # noqa: S608 - our constants

    def _run(self, awaited: Any) -> Any:
        return self._loop.run_until_complete(awaited)


def _option(name: str, given: Mapping[str, JSON]) -> str:
    """Give an option's value, the default where it is not given."""
    value = given.get(name, _OPTIONS[name][0])
    if value not in _OPTIONS[name] or set(given) - set(_OPTIONS):
        known = "; ".join(f"{option}: {', '.join(values)}" for option, values in _OPTIONS.items())
        raise UsageError(f"mcp-memory-service has the options {known}. It was given {dict(given)}.")
    return str(value)


def _make(workdir: Path, config: SystemConfig) -> tuple[Any, Any]:
    """Give the storage, with the run's embedder as its model, and the consolidator, both with the shipped settings."""
    loadable_sqlite()
    os.environ["MCP_MEMORY_BASE_DIR"] = str(workdir)  # read at import; else all goes to the home
    from mcp_memory_service.config import CONSOLIDATION_CONFIG  # noqa: PLC0415 - after its environment is set
    from mcp_memory_service.consolidation.base import ConsolidationConfig  # noqa: PLC0415 - as above
    from mcp_memory_service.consolidation.consolidator import DreamInspiredConsolidator  # noqa: PLC0415 - as above
    from mcp_memory_service.storage.sqlite_vec import SqliteVecMemoryStorage  # noqa: PLC0415 - as above

    class Given(SqliteVecMemoryStorage):
        async def _initialize_embedding_model(self) -> None:
            self.embedding_model = self
            self.embedding_dimension = config.dimension

        def encode(self, texts: Sequence[str], **_: Any) -> list[list[float]]:
            return [vector.tolist() for vector in config.embed(texts)]

    storage = Given(str(workdir / "sqlite_vec.db"))
    archive = {"archive_location": str(workdir / "consolidation_archive")}
    return storage, DreamInspiredConsolidator(storage, ConsolidationConfig(**{**CONSOLIDATION_CONFIG, **archive}))
