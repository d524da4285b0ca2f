"""Agno's Knowledge over LanceDB."""

from __future__ import annotations

import gc
import importlib.metadata
import json
from typing import TYPE_CHECKING

from mempress.systems.agno_knowledge.knowledge import KnowledgeAdapter, embedder_of
from mempress.systems.common import refuse_options
from mempress.systems.lancedb.upkeep import optimise

# isort: split
from agno.vectordb.lancedb import LanceDb

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from mempress.systems.protocol import JSON, SystemConfig


class AgnoKnowledgeLanceDb(KnowledgeAdapter):
    """``Knowledge(vector_db=LanceDb(uri=..., table_name=...))``: vector search under the cosine, no index.

    Each insert looks for the content's hash in every row, and adds a version to the table. Agno's own ``optimize`` does
    nothing here; maintenance is LanceDB's ``table.optimize()``, which an operator would call.
    """

    name = "agno-knowledge-lancedb"
    version = importlib.metadata.version("agno")
    capabilities: frozenset[str] = frozenset({"count", "delete", "embedding", "get", "maintenance", "persistence"})

    def __init__(self, workdir: Path, config: SystemConfig) -> None:
        refuse_options(self.name, config.options)
        self._path = workdir / "lancedb"
        self._open(LanceDb(uri=str(self._path), table_name="memories", embedder=embedder_of(config)))

    def perform_maintenance(self, *, emergency: bool = False) -> Mapping[str, JSON]:
        """Optimise the table; in an emergency drop its older versions as well."""
        return optimise(self._vectors.table, self._path, emergency=emergency)

    def close(self) -> None:
        """Let go of the table: there is no call for it."""
        del self._vectors, self._knowledge
        gc.collect()

    def _rows(self, names: set[str]) -> Iterator[tuple[str, str]]:
        table = self._vectors.table
        for row in table.search().select(["payload"]).limit(table.count_rows()).to_list():
            payload = json.loads(row["payload"])
            if payload["name"] in names:
                yield payload["name"], payload["content"]
