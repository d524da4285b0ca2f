"""Mnemosyne's ``BeamMemory``, without a language model."""

from __future__ import annotations

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

_SESSION = "mempress"
_IDS_AT_ONCE = 500
_RECORD = "json_extract(metadata_json, '$.record_id')"
_SIDE_TABLES = ("episodic_memory", "memory_embeddings", "vec_working", "annotations", "gists")


class MnemosyneMemory:
    """Mnemosyne as its documentation shows it under "BEAM Direct Access": one ``BeamMemory`` on a file of its own.

    Its authors mean it as the memory of an assistant that remembers on its own machine. A batch is ``remember_batch``,
    each record with its importance and metadata; every memory gets a vector, its words in an index, annotations and a
    gist. ``recall`` ranks by meaning, words and importance, at the weights that ship, and notes what it gave. It gives
    ids of its own, and the record's stands in the metadata: one whose id is held is held twice. A capacity is
    ``MNEMOSYNE_WM_MAX_ITEMS``: the oldest go when there are more; 10,000 where none is given, as it ships.

    Maintenance is ``reclaim_orphans`` and ``sleep``, which sums up, without a model, what is older than three and a
    half days; with the option ``force_sleep``, or in an emergency, whatever is not summed up yet. It keeps the
    originals, and exempts them from the cap.
    """

    name = "mnemosyne"
    version = importlib.metadata.version("mnemosyne-memory")
    capabilities: frozenset[str] = frozenset(
        {"bounded", "count", "delete", "embedding", "get", "importance", "maintenance", "persistence"}
    )

    def __init__(self, workdir: Path, config: SystemConfig) -> None:
        options = dict(config.options)
        self._force_sleep = options.pop("force_sleep", False)
        if options or not isinstance(self._force_sleep, bool):
            raise UsageError(f"mnemosyne has one option, force_sleep: true or false; it was given {config.options}.")
        self._module, self._beam = _open(workdir, config)

    def store(self, records: Sequence[Record]) -> None:
        """Remember the batch."""
        self._beam.remember_batch(
            [
                {
                    "content": record.text,
                    "importance": record.importance,
                    "metadata": {**record.metadata, "record_id": record.id},
                }
                for record in records
            ]
        )

    def search(self, query: str, *, limit: int) -> Sequence[Hit]:
        """Recall; a hit that was made of several memories has no record's id."""
        if limit <= 0:
            return []
        found = self._beam.recall(query, top_k=limit)
        records = self._records_of([_memory_of(item) for item in found])
        return [Hit(item["content"], records.get(_memory_of(item)), item["score"]) for item in found]

    def count(self) -> int:
        """Count the working memory, where originals stay whether they were summed up or not."""
        return self._rows("working_memory")

    def get(self, ids: Sequence[str]) -> Mapping[str, str]:
        """Select the contents whose metadata bear the ids."""
        return {record_id: content for _, record_id, content in self._with(ids)}

    def delete(self, ids: Sequence[str]) -> int:
        """Forget each memory that bears one of the ids."""
        return sum(self._beam.forget_working(memory_id) for memory_id, _, _ in list(self._with(ids)))

    def perform_maintenance(self, *, emergency: bool = False) -> Mapping[str, JSON]:
        """Reclaim and sleep; gives what they told, its own word on its health, and the rows beside the memories."""
        reclaimed = self._beam.reclaim_orphans()
        slept = self._beam.sleep(force=emergency or self._force_sleep)
        return {
            "reclaimed": reclaimed["reclaimed"],
            "summed_up": slept.get("items_consolidated", 0),
            "summaries": slept.get("summaries_created", 0),
            "superseded": slept.get("conflicts_resolved", 0),
            "status": self._beam.health()["status"],
            "rows": {table: self._rows(table) for table in _SIDE_TABLES},
        }

    def close(self) -> None:
        """Close the connection, which Mnemosyne keeps for its thread."""
        self._beam.conn.close()
        self._module._thread_local.conn = None

    def _records_of(self, memories: Sequence[str]) -> Mapping[str, str]:
        marks = ",".join("?" * len(memories))
        rows = self._beam.conn.execute(
            f"SELECT id, {_RECORD} FROM working_memory WHERE id IN ({marks})",  # noqa: S608 - marks alone
            tuple(memories),
        )
        return {memory_id: record_id for memory_id, record_id in rows if record_id is not None}

    def _with(self, ids: Sequence[str]) -> Iterator[tuple[str, str, str]]:
        """Give id, record's id and content of each memory that bears one of the ids, the latest last."""
        for piece in pieces(list(dict.fromkeys(ids)), _IDS_AT_ONCE):
            marks = ",".join("?" * len(piece))
            yield from self._beam.conn.execute(
                f"SELECT id, {_RECORD} AS record, content FROM working_memory WHERE record IN ({marks}) ORDER BY rowid",  # noqa: S608 - marks alone
                tuple(piece),
            )

    def _rows(self, table: str) -> int:
        return int(self._beam.conn.execute(f"SELECT count(*) FROM {table}").fetchone()[0])  # noqa: S608 - our constants


class _Given:
    """The run's embedder in the place of fastembed's model."""

    def __init__(self, embed: Any) -> None:
        self._embed = embed

    def embed(self, texts: Sequence[str]) -> Iterator[Any]:
        import numpy  # noqa: PLC0415 - where Mnemosyne imports it too

        return (numpy.frombuffer(vector, dtype=numpy.float32) for vector in self._embed(texts))


def _open(workdir: Path, config: SystemConfig) -> tuple[Any, Any]:
    """Open the file, with all that Mnemosyne would keep in the home beside it; gives its module and the memory."""
    loadable_sqlite()
    os.environ["HERMES_HOME"] = str(workdir / "home")
    os.environ["MNEMOSYNE_DATA_DIR"] = str(workdir / "data")
    os.environ["MNEMOSYNE_BLOB_DIR"] = str(workdir / "blobs")
    os.environ["MNEMOSYNE_EMBEDDING_DIM"] = str(config.dimension)
    from mnemosyne.core import beam, embeddings  # noqa: PLC0415 - after their environment is set

    embeddings.TextEmbedding = _Given
    embeddings._FASTEMBED_AVAILABLE = True
    embeddings._embedding_model = _Given(config.embed)
    embeddings._embed_query_cached.cache_clear()
    if config.capacity_records is not None:
        beam.WORKING_MEMORY_MAX_ITEMS = config.capacity_records  # where the variable is read to, at import
    return beam, beam.BeamMemory(session_id=_SESSION, db_path=workdir / "data" / "mnemosyne.db")


def _memory_of(item: Mapping[str, Any]) -> str:
    """Give the memory that a hit is of: one that was found by its facts names its source."""
    return str(item.get("source_memory_id", item["id"]))
