"""One collection in the local mode of Qdrant's client."""

from __future__ import annotations

import importlib.metadata
from typing import TYPE_CHECKING, Any
from uuid import NAMESPACE_URL, uuid5

from qdrant_client import QdrantClient, models

from mempress.systems.common import pieces, refuse_options
from mempress.systems.protocol import Hit

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from mempress.systems.protocol import Record, SystemConfig

_COLLECTION = "memories"
_IDS_AT_ONCE = 1_000


class QdrantLocalMemory:
    """Qdrant's local mode, ``QdrantClient(path=...)``: the same calls as of a server, in this process alone.

    Its authors mean it "for development, prototyping and testing", and warn above 20,000 points; it is also what
    frameworks open where nobody gave them a server. Vectors lie in numpy arrays and are searched exactly, points are
    pickled into SQLite. A batch is one ``upsert``; the client commits each point of it on its own, which on a disk
    costs a sync a point. An id has to be a UUID or a number, so a record's is made into a UUID of version 5 and kept
    in the payload. There is no maintenance in local mode: the file never shrinks. Importance and capacities have no
    place in it.
    """

    name = "qdrant-local"
    version = importlib.metadata.version("qdrant-client")
    capabilities: frozenset[str] = frozenset({"count", "delete", "embedding", "get", "persistence"})

    def __init__(self, workdir: Path, config: SystemConfig) -> None:
        refuse_options(self.name, config.options)
        self._embed = config.embed
        self._client: Any = QdrantClient(path=str(workdir / "qdrant"))
        if not self._client.collection_exists(_COLLECTION):
            vectors = models.VectorParams(size=config.dimension, distance=models.Distance.COSINE)
            self._client.create_collection(_COLLECTION, vectors_config=vectors)

    def store(self, records: Sequence[Record]) -> None:
        """Upsert the batch; a record whose id is held replaces it."""
        if records:
            vectors = self._embed([record.text for record in records])
            points = [_point(record, vector) for record, vector in zip(records, vectors, strict=True)]
            self._client.upsert(_COLLECTION, points)

    def search(self, query: str, *, limit: int) -> Sequence[Hit]:
        """Query by vector under the cosine."""
        if limit <= 0:
            return []
        (vector,) = self._embed([query])
        found = self._client.query_points(_COLLECTION, query=vector.tolist(), limit=limit, with_payload=True)
        return [Hit(point.payload["text"], point.payload["id"], point.score) for point in found.points]

    def count(self) -> int:
        """Count the collection's points."""
        return int(self._client.count(_COLLECTION, exact=True).count)

    def get(self, ids: Sequence[str]) -> Mapping[str, str]:
        """Retrieve points by id."""
        texts: dict[str, str] = {}
        for piece in pieces(ids, _IDS_AT_ONCE):
            found = self._client.retrieve(_COLLECTION, ids=[_point_id(record_id) for record_id in piece])
            texts.update((point.payload["id"], point.payload["text"]) for point in found)
        return texts

    def delete(self, ids: Sequence[str]) -> int:
        """Delete those that are held: the client does not tell how many it found."""
        held = self.get(ids)
        if held:
            self._client.delete(_COLLECTION, points_selector=[_point_id(record_id) for record_id in held])
        return len(held)

    def close(self) -> None:
        """Close the file and let go of its lock."""
        self._client.close()


def _point(record: Record, vector: Sequence[float]) -> Any:
    payload = {"id": record.id, "text": record.text, "metadata": dict(record.metadata)}
    return models.PointStruct(id=_point_id(record.id), vector=list(vector), payload=payload)


def _point_id(record_id: str) -> str:
    return str(uuid5(NAMESPACE_URL, record_id))
