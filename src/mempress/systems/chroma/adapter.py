"""One collection of a persistent Chroma client."""

from __future__ import annotations

import gc
import importlib.metadata
import json
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import chromadb
from chromadb.config import Settings

from mempress.systems.common import Gate, disk_bytes, pieces, refuse_options
from mempress.systems.protocol import Hit

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from mempress.systems.protocol import JSON, Record, SystemConfig

_IDS_AT_ONCE = 1_000


class ChromaMemory:
    """Chroma as its documentation shows it embedded: a ``PersistentClient`` with one collection, nothing set.

    Its authors mean it as the retrieval store of an application: documents go in with their embeddings and metadata,
    and come out by ``query``. A batch is one ``upsert`` (``add`` ignores an id that is held, and says nothing), cut
    where the client's own limit asks for it. The index is the default HNSW under squared Euclidean distance, which
    orders unit vectors as the cosine does. Maintenance is ``chroma vacuum``, which an operator runs while the store is
    closed: calls of other threads wait for it. Importance and capacities have no place in it.
    """

    name = "chroma"
    version = importlib.metadata.version("chromadb")
    capabilities: frozenset[str] = frozenset(
        {"count", "delete", "embedding", "get", "maintenance", "persistence", "threads"}
    )

    def __init__(self, workdir: Path, config: SystemConfig) -> None:
        refuse_options(self.name, config.options)
        self._embed = config.embed
        self._path = workdir / "chroma"
        self._gate = Gate()
        self._open()

    def store(self, records: Sequence[Record]) -> None:
        """Upsert the batch; a record whose id is held replaces it."""
        vectors = self._embed([record.text for record in records])
        for batch in pieces(list(zip(records, vectors, strict=True)), self._batch_records):
            with self._gate.passed():
                self._collection.upsert(
                    ids=[record.id for record, _ in batch],
                    documents=[record.text for record, _ in batch],
                    embeddings=[vector.tolist() for _, vector in batch],
                    metadatas=[_metadata(record.metadata) for record, _ in batch],
                )

    def search(self, query: str, *, limit: int) -> Sequence[Hit]:
        """Query the index; the score is the cosine that belongs to the distance."""
        if limit <= 0:
            return []
        (vector,) = self._embed([query])
        with self._gate.passed():
            found = self._collection.query(
                query_embeddings=[vector.tolist()], n_results=limit, include=["documents", "distances"]
            )
        rows = zip(found["documents"][0], found["ids"][0], found["distances"][0], strict=True)
        return [Hit(text, record_id, 1.0 - distance / 2.0) for text, record_id, distance in rows]

    def count(self) -> int:
        """Give the collection's own count."""
        with self._gate.passed():
            return int(self._collection.count())

    def get(self, ids: Sequence[str]) -> Mapping[str, str]:
        """Get documents by id."""
        texts: dict[str, str] = {}
        for piece in pieces(list(dict.fromkeys(ids)), _IDS_AT_ONCE):
            with self._gate.passed():
                found = self._collection.get(ids=piece, include=["documents"])
            texts.update(zip(found["ids"], found["documents"], strict=True))
        return texts

    def delete(self, ids: Sequence[str]) -> int:
        """Delete those that are held: Chroma's own number counts every id that it was given."""
        held = list(self.get(ids))
        for piece in pieces(held, _IDS_AT_ONCE):
            with self._gate.passed():
                self._collection.delete(ids=piece)
        return len(held)

    def perform_maintenance(self, *, emergency: bool = False) -> Mapping[str, JSON]:
        """Close the store, run ``chroma vacuum`` on it, and open it again.

        Raises:
            RuntimeError: the command failed; in its words.
        """
        del emergency  # there is one way alone
        with self._gate.closed():
            before_bytes = disk_bytes(self._path)
            self.close()
            try:
                _vacuum(self._path)
            finally:
                self._open()
            freed_bytes = before_bytes - disk_bytes(self._path)
        return {"operator_maintenance": "chroma vacuum --force", "freed_bytes": freed_bytes}

    def close(self) -> None:
        """Close the client; it lets go of its files once nothing refers to it."""
        if hasattr(self._client, "close"):  # versions before 1.5 have no way
            self._client.close()
        del self._client, self._collection
        gc.collect()

    def _open(self) -> None:
        self._client: Any = chromadb.PersistentClient(str(self._path), Settings(anonymized_telemetry=False))
        self._collection: Any = self._client.get_or_create_collection("memories", embedding_function=None)
        self._batch_records = int(self._client.get_max_batch_size())


def _metadata(metadata: Mapping[str, JSON]) -> dict[str, JSON] | None:
    """Give what every version of Chroma takes: scalars, all else as JSON text; and none at all rather than {}."""
    return {key: _scalar(value) for key, value in metadata.items() if value is not None} or None


def _scalar(value: JSON) -> JSON:
    return value if isinstance(value, (str, int, float, bool)) else json.dumps(value, ensure_ascii=False)


def _vacuum(path: Path) -> None:
    program = Path(sys.executable).with_name("chroma")
    done = subprocess.run(  # noqa: S603 - the program that chromadb installs beside its Python
        [str(program), "vacuum", "--force", "--path", str(path)],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(f"chroma vacuum ended with status {done.returncode}: {done.stderr.strip()}")
