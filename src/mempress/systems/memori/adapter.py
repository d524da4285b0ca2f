"""Memori on a database of the user's own, without its language model in the cloud."""

from __future__ import annotations

import contextlib
import importlib.metadata
import io
import sqlite3
from typing import TYPE_CHECKING, Any

from mempress.systems.common import refuse_options
from mempress.systems.protocol import Hit

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from mempress.systems.protocol import Record, SystemConfig

_ENTITY, _PROCESS = "mempress", "benchmark"


class MemoriMemory:
    """``Memori(conn=...)`` on SQLite, one of the databases that its documentation lists for one's own.

    Its authors mean it to sit between an application and its language model: their service draws facts from what was
    said, which is left out here, since the records are facts. What it would write them with is called directly:
    ``entity_fact.create`` with a batch of texts and vectors. ``Memori.recall`` searches by meaning and by words among
    the facts that were last said, 1,000 as it ships (``MEMORI_RECALL_EMBEDDINGS_LIMIT``).

    A fact has nowhere to keep a record's id, so a hit has none and is known by its text. Facts that have the same
    letters a to z and digits are one, and counted; single facts cannot be deleted. Importance, metadata and capacities
    have no place in it, and there is no upkeep.
    """

    name = "memori"
    version = importlib.metadata.version("memori")
    capabilities: frozenset[str] = frozenset({"count", "embedding", "persistence"})

    def __init__(self, workdir: Path, config: SystemConfig) -> None:
        refuse_options(self.name, config.options)
        self._embed = config.embed
        self._db = sqlite3.connect(workdir / "memori.db", check_same_thread=False)
        try:
            self._memori = _open(self._db, self._vectors)
            self._driver = self._memori.config.storage.driver
            self._entity = self._driver.entity.create(_ENTITY)
        except BaseException:
            self._db.close()
            raise

    def store(self, records: Sequence[Record]) -> None:
        """Write the batch as facts, in one transaction."""
        texts = [record.text for record in records]
        self._driver.entity_fact.create(self._entity, texts, self._vectors(texts))

    def search(self, query: str, *, limit: int) -> Sequence[Hit]:
        """Recall."""
        if limit <= 0:
            return []
        return [Hit(fact.content, None, fact.rank_score) for fact in self._memori.recall(query, limit=limit)]

    def count(self) -> int:
        """Count the rows of facts: Memori itself has no count."""
        return int(self._db.execute("SELECT count(*) FROM memori_entity_fact").fetchone()[0])

    def close(self) -> None:
        """Close Memori, and its connection with it."""
        self._memori.close()
        self._db.close()

    def _vectors(self, texts: str | Sequence[str], model: str | None = None) -> list[list[float]]:
        """Give the run's vectors, called as Memori calls its own model."""
        del model
        return [vector.tolist() for vector in self._embed([texts] if isinstance(texts, str) else texts)]


def _open(db: sqlite3.Connection, vectors: Any) -> Any:
    """Give Memori on the database, its tables built, with the given vectors in the place of its model's."""
    from memori import Memori  # noqa: PLC0415 - half a second, spent where it opens
    from memori.memory import recall  # noqa: PLC0415 - as above

    recall.embed_texts = vectors
    memori = Memori(conn=lambda: db, use_rust_core=False)  # its core in Rust embeds with a model from a hub alone
    memori.attribution(_ENTITY, _PROCESS)
    with contextlib.redirect_stdout(io.StringIO()):  # it prints a banner and each table
        memori.config.storage.build()
    return memori
