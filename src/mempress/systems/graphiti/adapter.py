"""Graphiti over Kuzu, without a language model."""

from __future__ import annotations

import asyncio
import importlib.metadata
import warnings
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from mempress.systems.common import pieces, refuse_options
from mempress.systems.protocol import Hit

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from mempress.systems.protocol import Record, SystemConfig

_GROUP = "mempress"
_SUBJECT, _OBJECT = "user", "memory"
_IDS_AT_ONCE = 1_000


class GraphitiMemory:
    """``Graphiti`` on ``KuzuDriver``, the one of its databases that runs within the process.

    Its authors mean it as an agent's memory of facts that change over time: ``add_episode`` has a language model draw
    entities and facts from what was said, find duplicates, and mark what no longer holds. That model is left out,
    since the records are facts already: each is an ``EntityEdge`` between two entities that are always the same,
    written with ``edges.entity.save_bulk``, its record's id as its uuid. ``search``, its "basic out-of-the-box search",
    ranks by meaning and by words. ``edges.entity.delete_by_uuids`` deletes.

    A record whose id is held replaces it. Importance and capacities have no place in it, metadata goes to the
    attributes, and there is no upkeep without a model.
    """

    name = "graphiti-kuzu"
    version = importlib.metadata.version("graphiti-core")
    capabilities: frozenset[str] = frozenset({"count", "delete", "embedding", "get", "persistence"})

    def __init__(self, workdir: Path, config: SystemConfig) -> None:
        refuse_options(self.name, config.options)
        self._embed = config.embed
        self._loop = asyncio.new_event_loop()
        self._driver = _driver(workdir / "graphiti.kuzu")
        self._graphiti = _graphiti(self._driver, config)
        self._run(self._prepare())

    def store(self, records: Sequence[Record]) -> None:
        """Save the batch, which Graphiti does edge by edge with Kuzu."""
        from graphiti_core.edges import EntityEdge  # noqa: PLC0415 - a second, spent where it opens

        vectors = self._embed([record.text for record in records])
        edges = [
            EntityEdge(
                uuid=record.id,
                group_id=_GROUP,
                source_node_uuid=_SUBJECT,
                target_node_uuid=_OBJECT,
                created_at=datetime.now(UTC),
                name="REMEMBERS",
                fact=record.text,
                fact_embedding=vector.tolist(),
                attributes=dict(record.metadata),
            )
            for record, vector in zip(records, vectors, strict=True)
        ]
        self._run(self._graphiti.edges.entity.save_bulk(edges))

    def search(self, query: str, *, limit: int) -> Sequence[Hit]:
        """Search; it tells no scores."""
        if limit <= 0:
            return []
        found = self._run(self._graphiti.search(query, group_ids=[_GROUP], num_results=limit))
        return [Hit(edge.fact, edge.uuid) for edge in found]

    def count(self) -> int:
        """Count the edges: Graphiti itself has no count."""
        rows, _, _ = self._run(self._driver.execute_query("MATCH (e:RelatesToNode_) RETURN count(e) AS held"))
        return int(rows[0]["held"])

    def get(self, ids: Sequence[str]) -> Mapping[str, str]:
        """Get edges by uuid."""
        wanted = list(dict.fromkeys(ids))
        held = (self._run(self._graphiti.edges.entity.get_by_uuids(piece)) for piece in pieces(wanted, _IDS_AT_ONCE))
        return {edge.uuid: edge.fact for edges in held for edge in edges}

    def delete(self, ids: Sequence[str]) -> int:
        """Delete those that are held: Graphiti does not tell how many it found."""
        held = list(self.get(ids))
        for piece in pieces(held, _IDS_AT_ONCE):
            self._run(self._graphiti.edges.entity.delete_by_uuids(list(piece)))
        return len(held)

    def close(self) -> None:
        """Close the database, which Graphiti leaves to the garbage collector."""
        self._driver.client.close()
        self._driver.db.close()
        self._loop.close()

    async def _prepare(self) -> None:
        """Where the database is new, make its word indexes, which the driver leaves out, and the two entities."""
        from graphiti_core.nodes import EntityNode  # noqa: PLC0415 - as above

        rows, _, _ = await self._driver.execute_query("MATCH (n:Entity) RETURN count(n) AS held")
        if rows[0]["held"]:
            return
        await self._driver.graph_ops.build_indices_and_constraints(self._driver)
        for name in (_OBJECT, _SUBJECT):
            await self._graphiti.nodes.entity.save(EntityNode(uuid=name, name=name, group_id=_GROUP))

    def _run(self, awaited: Any) -> Any:
        return self._loop.run_until_complete(awaited)


def _driver(path: Path) -> Any:
    from graphiti_core.driver.kuzu_driver import KuzuDriver  # noqa: PLC0415 - as above

    with warnings.catch_warnings(action="ignore", category=DeprecationWarning):  # Kuzu is no longer developed
        return KuzuDriver(str(path))


def _graphiti(driver: Any, config: SystemConfig) -> Any:
    """Give Graphiti with the run's embedder, and with clients that refuse where it would make its own of OpenAI's."""
    from graphiti_core import Graphiti  # noqa: PLC0415 - as above
    from graphiti_core.cross_encoder.client import CrossEncoderClient  # noqa: PLC0415 - as above
    from graphiti_core.embedder.client import EmbedderClient  # noqa: PLC0415 - as above
    from graphiti_core.llm_client.client import LLMClient  # noqa: PLC0415 - as above

    class Given(EmbedderClient):
        async def create(self, input_data: Any) -> list[float]:
            (vector,) = config.embed([input_data] if isinstance(input_data, str) else input_data)
            return vector.tolist()

        async def create_batch(self, input_data_list: list[str]) -> list[list[float]]:
            return [vector.tolist() for vector in config.embed(input_data_list)]

    class NoModel(LLMClient):
        async def _generate_response(self, *_: Any, **__: Any) -> dict[str, Any]:
            raise RuntimeError("Graphiti asked a language model, and there is none here")

    class NoReranker(CrossEncoderClient):
        async def rank(self, query: str, passages: list[str]) -> list[tuple[str, float]]:
            raise RuntimeError(f"Graphiti asked a model to rank {len(passages)} passages for {query!r}: there is none")

    return Graphiti(graph_driver=driver, llm_client=NoModel(None), embedder=Given(), cross_encoder=NoReranker())
