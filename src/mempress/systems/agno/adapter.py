"""Agno's MemoryManager behind the adapter protocol."""

from __future__ import annotations

import importlib.metadata
import itertools
from typing import TYPE_CHECKING, cast

from mempress.systems.agno.database import open_database
from mempress.systems.agno.library import MemoryManager, UserMemory, agno_warnings
from mempress.systems.agno.options import parse_options
from mempress.systems.agno.terms import search_terms
from mempress.systems.protocol import Hit
from mempress.systems.servers.postgres import PostgresServer

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from mempress.systems.protocol import Record, SystemConfig

_LOOKUPS_AT_MOST = 200
_PAGE_RECORDS = 2_000


class AgnoMemory:
    """Agno's user memories: one ``MemoryManager`` over one database, for one user.

    Agno's authors mean it so: an agent adds short facts about its user with ``add_user_memory`` and, before it
    answers, puts the user's memories, or the last few of them, into the model's context. By default the adapter does
    that alone, with nothing set: ``MemoryManager`` over ``SqliteDb``, ``search_user_memories`` with ``last_n``, which
    ignores the query. A record's id is the memory's id, its tags are the topics. Agno stamps the time of writing,
    as it does for an agent, in whole seconds: a record's own timestamp is not used, since keeping one
    (``preserve_updated_at``) is for migrations. Importance, capacities and the embedder have no place in user memories.

    Options, in ``config.options``:

    - ``retrieval``: ``last_n`` (newest first among the hits) or ``first_n`` (oldest first), both blind to the query; or
      ``content``, Agno's ``search_content``, a substring match. A whole question is a substring of no memory, so an
      agent would search for its keywords: each term of ``search_terms(query)`` is passed as it stands, in that order,
      sorted by ``updated_at`` descending, until there are ``limit`` hits. Nothing is escaped, as Agno escapes nothing:
      on SQLite and PostgreSQL ``_`` and ``%`` are wildcards, and SQLite never finds a term that is not ASCII, since
      Agno keeps the text as escaped JSON there. ``agentic`` needs a language model and is refused.
    - ``db``: ``sqlite``, ``memory`` (not persistent), ``json`` or ``postgres``: a server of its own, whose memory and
      disk count, or the one at ``db_url``, where each workdir has its own schema, named in its file
      ``postgres_schema`` and left in place, and where they do not count.
    - ``write``: ``single`` (``add_user_memory`` for each record, as an agent does) or ``bulk`` (``upsert_memories``).
    - ``user_id``: whose memories they are, ``default`` as in Agno. Ids are global across the users of a database.

    There is no maintenance: Agno makes none of its own, ``optimize_memories`` asks a language model with the one
    strategy that ships, and the databases offer no call to tidy up.
    """

    name = "agno"
    version = importlib.metadata.version("agno")
    capabilities: frozenset[str] = frozenset({"count", "get", "delete", "persistence", "processes"})

    def __init__(self, workdir: Path, config: SystemConfig) -> None:
        """Open the database; Agno creates its table at the first write.

        Raises:
            UsageError: an option is wrong, or a package for the chosen database is missing.
        """
        self._options = parse_options(config.options)
        self._user_id = self._options.user_id
        served = self._options.db == "postgres" and self._options.db_url is None
        self._server = PostgresServer(workdir) if served else None
        try:
            self._db = open_database(workdir, self._options, self._server)
            self._manager = MemoryManager(db=self._db)
        except BaseException:
            self._stop_server()
            raise
        lacks = {"persistence": self._options.db == "memory", "processes": not served}
        self.capabilities = self.capabilities - {capability for capability, lacking in lacks.items() if lacking}

    def store(self, records: Sequence[Record]) -> None:
        """Add the records; a record whose id is held replaces that memory.

        Raises:
            RuntimeError: Agno logged that a write failed (it raises nothing), or its bulk write returned fewer.
        """
        memories = [self._memory(record) for record in records]
        if self._options.write == "bulk":
            self._store_in_bulk(memories)
        else:
            self._store_singly(memories)

    def search(self, query: str, *, limit: int) -> Sequence[Hit]:
        """Give what the retrieval method gives; of ``last_n`` the newest first, where Agno's list ends with it."""
        if limit <= 0:  # Agno would give all
            return []
        method = self._options.retrieval
        if method == "content":
            found = self._search_content(query, limit)
        else:
            found = self._manager.search_user_memories(
                query=query, limit=limit, retrieval_method=method, user_id=self._user_id
            )
            if method == "last_n":
                found.reverse()
        return [Hit(memory.memory, memory.memory_id) for memory in found]

    def close(self) -> None:
        """Close the database's connections, and stop a server of its own."""
        try:
            self._db.close()
        finally:
            self._stop_server()

    def count(self) -> int:
        """Give the user's total from Agno's own statistics."""
        stats, _ = self._db.get_user_memory_stats(user_id=self._user_id)
        return sum(int(row["total_memories"]) for row in stats)

    def get(self, ids: Sequence[str]) -> Mapping[str, str]:
        """Look few ids up one by one; for many, read the user's memories page by page."""
        found = self._lookups(ids) if len(ids) <= _LOOKUPS_AT_MOST else self._pages()
        wanted = set(ids)
        return {memory.memory_id: memory.memory for memory in found if memory.memory_id in wanted}

    def delete(self, ids: Sequence[str]) -> int:
        """Delete with ``delete_user_memory`` those that are held, since it does not tell what it found.

        Raises:
            RuntimeError: Agno logged that a deletion failed.
        """
        held = self.get(ids)
        with agno_warnings() as warnings:
            for memory_id in held:
                self._manager.delete_user_memory(memory_id, user_id=self._user_id)
                if warnings:
                    raise RuntimeError(f"Agno did not delete {memory_id!r}: {'; '.join(warnings)}")
        return len(held)

    def process_ids(self) -> Sequence[int]:
        """Give the process of a server of its own."""
        return [] if self._server is None else self._server.process_ids()

    def _stop_server(self) -> None:
        if self._server is not None:
            self._server.close()

    def _memory(self, record: Record) -> UserMemory:
        tags = record.metadata.get("tags")
        return UserMemory(
            memory=record.text, memory_id=record.id, topics=list(tags) if tags else None, user_id=self._user_id
        )

    def _store_singly(self, memories: Sequence[UserMemory]) -> None:
        with agno_warnings() as warnings:
            for stored, memory in enumerate(memories):
                self._manager.add_user_memory(memory, user_id=self._user_id)
                if warnings:
                    raise RuntimeError(
                        f"Agno did not store {memory.memory_id!r}, after {stored} of {len(memories)} records: "
                        f"{'; '.join(warnings)}"
                    )

    def _store_in_bulk(self, memories: list[UserMemory]) -> None:
        with agno_warnings() as warnings:
            rows = cast("list[UserMemory]", self._db.upsert_memories(memories))
        missing = {memory.memory_id for memory in memories} - {row.memory_id for row in rows}
        if missing:
            raise RuntimeError(f"Agno did not store {len(missing)} of {len(memories)} records: {'; '.join(warnings)}")

    def _search_content(self, query: str, limit: int) -> list[UserMemory]:
        found: dict[str | None, UserMemory] = {}
        for term in search_terms(query):
            memories = self._db.get_user_memories(
                user_id=self._user_id, search_content=term, limit=limit, sort_by="updated_at", sort_order="desc"
            )
            for memory in cast("list[UserMemory]", memories):
                found.setdefault(memory.memory_id, memory)
            if len(found) >= limit:
                break
        return list(found.values())[:limit]

    def _lookups(self, ids: Sequence[str]) -> Iterator[UserMemory]:
        for memory_id in ids:
            memory = self._db.get_user_memory(memory_id, user_id=self._user_id)
            if isinstance(memory, UserMemory):
                yield memory

    def _pages(self) -> Iterator[UserMemory]:
        for page in itertools.count(1):
            memories = self._db.get_user_memories(
                user_id=self._user_id, limit=_PAGE_RECORDS, page=page, sort_by="memory_id", sort_order="asc"
            )
            yield from cast("list[UserMemory]", memories)
            if len(memories) < _PAGE_RECORDS:
                return
