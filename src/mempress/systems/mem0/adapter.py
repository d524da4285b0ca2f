"""mem0's ``Memory``, without its language model."""

from __future__ import annotations

import importlib.metadata
import os
from typing import TYPE_CHECKING, Any

from mempress.errors import UsageError
from mempress.systems.common import pieces
from mempress.systems.mem0.backends import BACKENDS
from mempress.systems.protocol import Hit

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from mempress.systems.mem0.backends import Backend
    from mempress.systems.protocol import Record, SystemConfig

_USER = "mempress"
_IDS_AT_ONCE = 1_000
_NO_MODEL = {"api_key": "unused: no language model is called"}


class Mem0Memory:
    """mem0 as its documentation shows it for memories that are already worded: ``add(text, user_id=..., infer=False)``.

    Its authors mean it as the memory layer of an assistant: a language model first draws the facts from a conversation
    (``infer=True``), which is left out here, since the records are facts and no model is called. Then each memory is
    embedded, written to a vector store, and noted in a history kept in SQLite; ``add`` takes one text, so a batch is
    one call for each record. ``search`` ranks by meaning, at its own threshold of 0.1, and by words where the packages
    for it are installed, which they are not by default. A record whose id is held is then held twice: mem0 gives ids
    of its own, and the record's stands in the metadata. Importance and capacities have no place in it, and there is no
    upkeep. The option ``vector_store`` is qdrant, chroma, faiss or pgvector.
    """

    name = "mem0"
    version = importlib.metadata.version("mem0ai")
    capabilities: frozenset[str] = frozenset({"count", "delete", "embedding", "get", "persistence", "processes"})

    def __init__(self, workdir: Path, config: SystemConfig) -> None:
        options = dict(config.options)
        chosen = str(options.pop("vector_store", "qdrant"))
        if options or chosen not in BACKENDS:
            raise UsageError(
                f"mem0 has one option, vector_store: {', '.join(BACKENDS)}; it was given {config.options}."
            )
        if chosen != "pgvector":
            self.capabilities = Mem0Memory.capabilities - {"processes"}
        self._backend = BACKENDS[chosen](workdir, config.dimension)
        try:
            self._memory = _open(workdir, self._backend, config)
        except BaseException:
            self._backend.close(None)
            raise

    def store(self, records: Sequence[Record]) -> None:
        """Add each record, its metadata with it."""
        for record in records:
            metadata = {**record.metadata, "record_id": record.id}
            self._memory.add(record.text, user_id=_USER, infer=False, metadata=metadata)

    def search(self, query: str, *, limit: int) -> Sequence[Hit]:
        """Search among the user's memories."""
        if limit <= 0 or not query.strip():
            return []
        found = self._memory.search(query, top_k=limit, filters={"user_id": _USER})["results"]
        return [Hit(item["memory"], item["metadata"]["record_id"], item["score"]) for item in found]

    def count(self) -> int:
        """Count the vector store's entries: mem0 itself has no count."""
        return self._backend.count(self._memory.vector_store)

    def get(self, ids: Sequence[str]) -> Mapping[str, str]:
        """List the memories that bear one of the ids in their metadata."""
        return {item["metadata"]["record_id"]: item["memory"] for item in self._with(ids)}

    def delete(self, ids: Sequence[str]) -> int:
        """Delete each memory that bears one of the ids, by mem0's own id."""
        found = list(self._with(ids))
        for item in found:
            self._memory.delete(item["id"])
        return len(found)

    def process_ids(self) -> Sequence[int]:
        """Give the server's process, with pgvector."""
        return self._backend.process_ids()

    def close(self) -> None:
        """Close mem0, which lets go of its history, and then the vector store, which it leaves open."""
        self._memory.close()
        self._backend.close(self._memory.vector_store)

    def _with(self, ids: Sequence[str]) -> Iterator[Mapping[str, Any]]:
        wanted = list(dict.fromkeys(ids))
        if self._backend.provider == "faiss":  # its filters know no "in"
            held = self._list({}, self.count())
            yield from (item for item in held if item["metadata"]["record_id"] in set(wanted))
            return
        for piece in pieces(wanted, _IDS_AT_ONCE):
            yield from self._list({"record_id": {"in": list(piece)}}, 2 * len(piece))

    def _list(self, filters: Mapping[str, Any], limit: int) -> Sequence[Mapping[str, Any]]:
        listed = self._memory.get_all(filters={"user_id": _USER, **filters}, top_k=max(1, limit), show_expired=True)
        return list(listed["results"])


def _open(workdir: Path, backend: Backend, config: SystemConfig) -> Any:
    """Open mem0 on the backend, with the given vectors in the place of a model's."""
    os.environ["MEM0_DIR"] = str(workdir / "mem0")  # read at import: its own settings, which else go to the home
    os.environ["MEM0_TELEMETRY"] = "False"
    from mem0 import Memory  # noqa: PLC0415 - after its environment is set
    from mem0.embeddings.base import EmbeddingBase  # noqa: PLC0415 - as above

    class Given(EmbeddingBase):
        def embed(self, text: str, memory_action: str | None = None) -> list[float]:
            del memory_action
            (vector,) = config.embed([text])
            return vector.tolist()

    memory = Memory.from_config(
        {
            "vector_store": {"provider": backend.provider, "config": backend.settings()},
            "llm": {"provider": "openai", "config": _NO_MODEL},
            "embedder": {"provider": "openai", "config": _NO_MODEL | {"embedding_dims": config.dimension}},
            "history_db_path": str(workdir / "history.db"),
        }
    )
    memory.embedding_model = Given()
    return memory
