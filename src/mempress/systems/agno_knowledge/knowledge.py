"""What the rows of Agno's Knowledge share."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mempress.systems.agno.library import agno_warnings
from mempress.systems.protocol import Hit

# isort: split
# Agno logs to stdout unless the library module above was imported before it.
from agno.knowledge.embedder.base import Embedder
from agno.knowledge.knowledge import Knowledge
from agno.knowledge.reader.text_reader import TextReader

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from mempress.systems.protocol import JSON, Record, SystemConfig


class KnowledgeAdapter:
    """``Knowledge`` over one vector database, for documents of one text each.

    Agno's authors mean it for what an agent looks up: contents go in by ``insert`` and come out by ``search``, which an
    agent calls as a tool. A record is one content: its id the name, without which every text would replace the last;
    its text the ``text_content``; its metadata the metadata. ``insert_many`` calls ``insert`` for each content, and so
    does the adapter. The reader does not chunk: Agno's default one cuts at 5,000 characters and joins runs of white
    space, and a memory is one document as it is. There is no contents database, which is optional.

    Agno logs a failure and goes on; the adapter raises what it logs.
    """

    name: str
    _vectors: Any
    """Agno's vector database."""

    def _open(self, vectors: Any) -> None:
        self._vectors = vectors
        self._knowledge = Knowledge(vector_db=vectors)
        self._reader = TextReader(chunk=False)

    def store(self, records: Sequence[Record]) -> None:
        """Insert the contents one by one; a record whose id is held with the same metadata replaces it.

        Raises:
            RuntimeError: Agno logged that an insert failed, or a text is empty, which it would pass over in silence.
        """
        with agno_warnings() as warnings:
            for stored, record in enumerate(records):
                self._insert(record)
                if warnings:
                    raise RuntimeError(
                        f"Agno did not store {record.id!r}, after {stored} of {len(records)} records: "
                        f"{'; '.join(warnings)}"
                    )

    def search(self, query: str, *, limit: int) -> Sequence[Hit]:
        """Search the vectors.

        Raises:
            RuntimeError: Agno logged that the search failed.
        """
        if limit <= 0:
            return []
        with agno_warnings() as warnings:
            found = self._knowledge.search(query, max_results=limit)
            if warnings:
                raise RuntimeError(f"Agno did not search: {'; '.join(warnings)}")
        return [Hit(document.content, document.name, _score(document)) for document in found]

    def count(self) -> int:
        """Give the vector database's own count: a document is one row."""
        return int(self._vectors.get_count())

    def get(self, ids: Sequence[str]) -> Mapping[str, str]:
        """Read the rows of these names."""
        return dict(self._rows(set(ids)))

    def delete(self, ids: Sequence[str]) -> int:
        """Remove by name those that are held.

        Raises:
            RuntimeError: Agno logged that a removal failed, or said that nothing was there.
        """
        held = self.get(ids)
        with agno_warnings() as warnings:
            for record_id in held:
                if not self._knowledge.remove_vectors_by_name(record_id) or warnings:
                    raise RuntimeError(f"Agno did not delete {record_id!r}: {'; '.join(warnings)}")
        return len(held)

    def _rows(self, names: set[str]) -> Iterator[tuple[str, str]]:
        """Give name and text of each document that has one of the names."""
        raise NotImplementedError

    def _insert(self, record: Record) -> None:
        if not record.text:
            raise RuntimeError(f"Agno's Knowledge takes no empty text: {record.id!r}")
        metadata = dict(record.metadata)
        self._knowledge.insert(name=record.id, text_content=record.text, metadata=metadata, reader=self._reader)


def embedder_of(config: SystemConfig) -> Embedder:
    """Give the run's embedder as Agno calls one."""
    return _PreparedEmbedder(config.dimension, config.embed)


class _PreparedEmbedder(Embedder):
    def __init__(self, dimensions: int, embed: Callable[[Sequence[str]], Sequence[Any]]) -> None:
        super().__init__(dimensions=dimensions)
        self._embed = embed

    def get_embedding(self, text: str) -> list[float]:
        (vector,) = self._embed([text])
        embedding: list[float] = vector.tolist()
        return embedding

    def get_embedding_and_usage(self, text: str) -> tuple[list[float], dict[str, JSON] | None]:
        return self.get_embedding(text), None


def _score(document: Any) -> float | None:
    score = (document.meta_data or {}).get("similarity_score")
    return None if score is None else float(score)
