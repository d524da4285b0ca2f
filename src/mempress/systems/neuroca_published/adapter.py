"""The published Neuroca's ``MemoryManager``, its three tiers in memory."""

from __future__ import annotations

import asyncio
import importlib.metadata
import logging
import threading
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from mempress.errors import UsageError
from mempress.systems.common import refuse_options
from mempress.systems.protocol import Hit

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from mempress.systems.protocol import Record, SystemConfig

_PACKAGE = "neuroca"


def _version() -> str | None:
    try:
        return importlib.metadata.version(_PACKAGE)
    except importlib.metadata.PackageNotFoundError:
        return None


class PublishedNeuroca:
    """``MemoryManager`` as its authors show it: ``add_memory``, ``search_memories``, consolidation in the background.

    Its tiers are in memory, the one storage that needs no server and takes what it is given. Its event loop runs in a
    thread of its own, so that the manager's periodic tasks run as in an application. Each record is one
    ``add_memory`` with its importance. It gives ids of its own and drops metadata that it does not know, so a hit is
    known by its text; it has no count of its memories, and keeps nothing once it is closed.

    Raises:
        UsageError: it is not installed here, or is another version than the snapshot of April 2025.
    """

    name = "neuroca-published"
    version = _version()
    capabilities: frozenset[str] = frozenset({"importance"})

    def __init__(self, workdir: Path, config: SystemConfig) -> None:
        del workdir  # nothing of it is kept
        refuse_options(self.name, config.options)
        manager, backend = _library()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="neuroca", daemon=True)
        self._thread.start()
        try:
            kinds = dict.fromkeys(("mtm_storage_type", "ltm_storage_type", "vector_storage_type"), backend.MEMORY)
            self._manager = manager(**kinds)
            self._run(self._manager.initialize())
        except BaseException:
            self._end()
            raise

    def store(self, records: Sequence[Record]) -> None:
        """Add each record."""
        for record in records:
            tags = [str(tag) for tag in record.metadata.get("tags", [])]
            self._run(self._manager.add_memory(record.text, importance=record.importance, tags=tags))

    def search(self, query: str, *, limit: int) -> Sequence[Hit]:
        """Search all tiers by text."""
        if limit <= 0:
            return []
        found = self._run(self._manager.search_memories(query=query, limit=limit))
        return [Hit(item.memory.content.text, None, item.relevance) for item in found.results[:limit]]

    def close(self) -> None:
        """Shut the manager down, and its loop."""
        try:
            self._run(self._manager.shutdown())
        finally:
            self._end()

    def _run(self, awaited: Any) -> Any:
        return asyncio.run_coroutine_threadsafe(awaited, self._loop).result()

    def _end(self) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()


def _library() -> tuple[Any, Any]:
    """Give its manager's class and its kinds of storage, its log kept off the console."""
    if find_spec(_PACKAGE) is None:
        raise UsageError(
            "the published Neuroca is not installed here, and is on no package index: install its source beside "
            "mempress (the distribution is called neuroca); the engine of mempress itself is the system neuroca."
        )
    logging.getLogger(_PACKAGE).addHandler(logging.NullHandler())
    try:
        from neuroca.memory.backends import BackendType  # noqa: PLC0415 - a user's own, if at all
        from neuroca.memory.manager import MemoryManager  # noqa: PLC0415 - as above
    except ImportError as error:
        raise UsageError(
            f"the Neuroca that is installed here cannot be used ({error}): "
            "install the source of 30 April 2025, and what it requires."
        ) from error
    _silence(logging.getLogger(_PACKAGE))
    return MemoryManager, BackendType


def _silence(logger: logging.Logger) -> None:
    """Take away what prints its log to stdout, from it and from all below it."""
    below = (
        logging.getLogger(name) for name in list(logging.root.manager.loggerDict) if name.startswith(f"{_PACKAGE}.")
    )
    for one in (logging.getLogger(), logger, *below):
        for handler in [handler for handler in one.handlers if type(handler) is logging.StreamHandler]:
            one.removeHandler(handler)
