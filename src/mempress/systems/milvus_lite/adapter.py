"""One collection of Milvus Lite, through Milvus's own client."""

from __future__ import annotations

import importlib.metadata
from typing import TYPE_CHECKING, Any

from milvus_lite.server_manager import server_manager_instance
from pymilvus import MilvusClient

from mempress.systems.common import disk_bytes, pieces, refuse_options
from mempress.systems.protocol import Hit

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from mempress.systems.protocol import JSON, Record, SystemConfig

_COLLECTION = "memories"
_IDS_AT_ONCE = 1_000
_ID_BYTES_AT_MOST = 512
_ESCAPES = str.maketrans({"\\": r"\\", '"': r"\"", "\n": r"\n", "\r": r"\r", "\t": r"\t"})


class MilvusLiteMemory:
    """Milvus Lite as its quick start shows it: ``MilvusClient("file.db")`` and a collection of its default schema.

    Its authors mean it for prototypes and small deployments that later move to a Milvus server, with the same code.
    The client talks over loopback to a server in threads of this process. A batch is one ``insert``; text and metadata
    go into dynamic fields; the index is ``AUTOINDEX`` under the cosine. ``insert`` writes to a log and to a table in
    memory, which becomes an indexed file at 128 MB or when someone calls ``flush``; Milvus asks its users not to do
    that after each insert, so it is part of the maintenance: ``flush``, then ``compact``. Importance and capacities
    have no place in it.
    """

    name = "milvus-lite"
    version = importlib.metadata.version("milvus-lite")
    capabilities: frozenset[str] = frozenset(
        {"count", "delete", "embedding", "get", "maintenance", "persistence", "threads"}
    )

    def __init__(self, workdir: Path, config: SystemConfig) -> None:
        refuse_options(self.name, config.options)
        self._embed = config.embed
        self._path = workdir / "memory.db"
        self._client: Any = MilvusClient(str(self._path))
        if self._client.has_collection(_COLLECTION):
            self._client.load_collection(_COLLECTION)
        else:
            self._client.create_collection(
                _COLLECTION, dimension=config.dimension, id_type="string", max_length=_ID_BYTES_AT_MOST
            )

    def store(self, records: Sequence[Record]) -> None:
        """Insert the batch; a record whose id is held replaces it, in Milvus Lite though not on a server.

        Raises:
            RuntimeError: fewer were inserted than were given.
        """
        if not records:
            return
        vectors = self._embed([record.text for record in records])
        rows = [_row(record, vector) for record, vector in zip(records, vectors, strict=True)]
        inserted = int(self._client.insert(_COLLECTION, rows)["insert_count"])
        if inserted != len(rows):
            raise RuntimeError(f"Milvus Lite inserted {inserted} of {len(rows)} records")

    def search(self, query: str, *, limit: int) -> Sequence[Hit]:
        """Search by vector under the cosine, which the client calls the distance."""
        if limit <= 0:
            return []
        (vector,) = self._embed([query])
        (found,) = self._client.search(_COLLECTION, data=[vector.tolist()], limit=limit, output_fields=["text"])
        return [Hit(hit["entity"]["text"], hit["id"], hit["distance"]) for hit in found]

    def count(self) -> int:
        """Query for the number of rows."""
        (row,) = self._client.query(_COLLECTION, filter="", output_fields=["count(*)"])
        return int(row["count(*)"])

    def get(self, ids: Sequence[str]) -> Mapping[str, str]:
        """Query texts by a filter on the ids; the client's own ``get`` quotes no id."""
        texts: dict[str, str] = {}
        for piece in pieces(ids, _IDS_AT_ONCE):
            rows = self._client.query(_COLLECTION, filter=_is_among(piece), output_fields=["id", "text"])
            texts.update((row["id"], row["text"]) for row in rows)
        return texts

    def delete(self, ids: Sequence[str]) -> int:
        """Delete those that are held: the client names every id that it was given."""
        held = list(self.get(ids))
        for piece in pieces(held, _IDS_AT_ONCE):
            self._client.delete(_COLLECTION, filter=_is_among(piece))
        return len(held)

    def perform_maintenance(self, *, emergency: bool = False) -> Mapping[str, JSON]:
        """Flush the rows in memory into an indexed file, and ask for a compaction."""
        del emergency  # there is one way alone
        before_bytes = disk_bytes(self._path)
        self._client.flush(_COLLECTION)
        job = self._client.compact(_COLLECTION)
        return {
            "operator_maintenance": "flush(); compact()",
            "compaction": self._client.get_compaction_state(job),
            "freed_bytes": before_bytes - disk_bytes(self._path),
        }

    def close(self) -> None:
        """Close the client, and stop the server, which would else run on until the process ends."""
        self._client.close()
        server_manager_instance.release_server(str(self._path))


def _row(record: Record, vector: Sequence[float]) -> dict[str, Any]:
    return {"id": record.id, "vector": list(vector), "text": record.text, "metadata": dict(record.metadata)}


def _is_among(ids: Sequence[str]) -> str:
    quoted = ",".join(f'"{record_id.translate(_ESCAPES)}"' for record_id in ids)
    return f"id in [{quoted}]"
