"""What LangGraph's stores share: one interface, ``BaseStore``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from langgraph.store.base import GetOp, PutOp

from mempress.errors import UsageError
from mempress.systems.common import pieces
from mempress.systems.protocol import Hit

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from mempress.systems.protocol import JSON, Record, SystemConfig

NAMESPACE = ("memories", "default")
_OPERATIONS_AT_ONCE = 1_000
"""SQLite takes 32,766 values in a statement, and a put of a store comes to five."""
_INDEXED = ["text"]


class StoreAdapter:
    """A ``BaseStore`` with a semantic index, for one user.

    LangGraph's authors mean it for an agent's long-term memory: ``put(namespace, key, value)`` and
    ``search(namespace, query=...)``, by an agent in its graph or by LangMem's tools. A record is one item of the
    namespace ``("memories", "default")``: its id the key, its text and metadata the value, the text alone indexed (the
    argument ``index`` of ``put``). A batch is ``batch`` with a ``PutOp`` for each record, at most 1,000 at a time.
    """

    _store: Any

    def store(self, records: Sequence[Record]) -> None:
        """Put the batch; a record whose id is held replaces that item."""
        for piece in pieces(records, _OPERATIONS_AT_ONCE):
            self._store.batch([PutOp(NAMESPACE, record.id, _value(record), index=_INDEXED) for record in piece])

    def search(self, query: str, *, limit: int) -> Sequence[Hit]:
        """Search the namespace by meaning; an empty query gets items as LangGraph orders them."""
        if limit <= 0:
            return []
        found = self._store.search(NAMESPACE, query=query, limit=limit)
        return [Hit(item.value["text"], item.key, item.score) for item in found]

    def get(self, ids: Sequence[str]) -> Mapping[str, str]:
        """Get items by key; asking does not prolong their life."""
        texts: dict[str, str] = {}
        for piece in pieces(ids, _OPERATIONS_AT_ONCE):
            items = self._store.batch([GetOp(NAMESPACE, record_id, refresh_ttl=False) for record_id in piece])
            texts.update((item.key, item.value["text"]) for item in items if item is not None)
        return texts

    def delete(self, ids: Sequence[str]) -> int:
        """Delete those that are held: the store does not tell how many it found."""
        held = list(self.get(ids))
        for piece in pieces(held, _OPERATIONS_AT_ONCE):
            self._store.batch([PutOp(NAMESPACE, record_id, None) for record_id in piece])  # what BaseStore.delete does
        return len(held)


def index_of(config: SystemConfig) -> dict[str, Any]:
    """Give a store's index configuration: the dimension and the embedder."""
    embed = config.embed
    return {"dims": config.dimension, "embed": lambda texts: [vector.tolist() for vector in embed(texts)]}


def ttl_of(system: str, options: Mapping[str, JSON]) -> dict[str, Any] | None:
    """Give a store's expiry from the option ``ttl_minutes``; None: items do not expire, as LangGraph has it.

    Raises:
        UsageError: there is another option, or its value is no number above 0.
    """
    if unknown := sorted(set(options) - {"ttl_minutes"}):
        raise UsageError(f"{system} has no option {', '.join(unknown)}: its one option is ttl_minutes.")
    minutes = options.get("ttl_minutes")
    if minutes is None:
        return None
    if isinstance(minutes, bool) or not isinstance(minutes, (int, float)) or not minutes > 0:
        raise UsageError(f"{system}: the option ttl_minutes is {minutes!r}. Give a number of minutes above 0.")
    return {"default_ttl": minutes, "refresh_on_read": True}


def _value(record: Record) -> dict[str, JSON]:
    return {"text": record.text, "metadata": dict(record.metadata)}
