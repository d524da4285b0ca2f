"""LangGraph's store in memory."""

from __future__ import annotations

import importlib.metadata
from typing import TYPE_CHECKING, Any

from langgraph.store.memory import InMemoryStore

from mempress.systems.common import refuse_options
from mempress.systems.langgraph.store import NAMESPACE, StoreAdapter, index_of

if TYPE_CHECKING:
    from pathlib import Path

    from mempress.systems.protocol import SystemConfig

_ALL = 1_000_000_000


class LangGraphMemory(StoreAdapter):
    """``InMemoryStore``: dictionaries of items and vectors, all of them compared at each search.

    Its authors mean it for development and tests. Each vector is a Python list of floats, and each search makes one
    numpy array of all of them. Nothing expires, nothing is kept on disk, and there is nothing to maintain.
    """

    name = "langgraph-memory"
    version = importlib.metadata.version("langgraph-checkpoint")
    capabilities: frozenset[str] = frozenset({"count", "delete", "embedding", "get"})

    def __init__(self, workdir: Path, config: SystemConfig) -> None:  # noqa: ARG002 - it keeps nothing on disk
        refuse_options(self.name, config.options)
        self._store: Any = InMemoryStore(index=index_of(config))

    def count(self) -> int:
        """Count what a search without a query gives: the store has no count."""
        return len(self._store.search(NAMESPACE, limit=_ALL))

    def close(self) -> None:
        """Let go of all."""
        del self._store
