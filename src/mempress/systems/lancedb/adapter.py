"""One LanceDB table on the local disk."""

from __future__ import annotations

import gc
import importlib.metadata
import json
from typing import TYPE_CHECKING, Any

import lancedb
import pyarrow

from mempress.systems.common import pieces, refuse_options
from mempress.systems.lancedb.upkeep import optimise
from mempress.systems.protocol import Hit

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from mempress.systems.protocol import JSON, Record, SystemConfig

_IDS_AT_ONCE = 1_000


class LanceDbMemory:
    """LanceDB as its documentation shows it embedded: ``connect`` to a directory, one table, ``add`` and ``search``.

    Its authors mean it for data that arrives in batches: each ``add`` writes a new fragment and a new version of the
    table, and ``optimize`` is to be called now and then, "if you have added or modified 100,000 or more records or
    run more than 20 data modification operations". A batch here is one ``add``. Without an index a search is exact, and
    that is what the documentation advises below some 100,000 vectors. LanceDB never optimises by itself, so
    maintenance is the operator's ``optimize()``, which keeps the versions of the last 7 days; in an emergency
    ``optimize(cleanup_older_than=0)``, which keeps the last version alone. Importance and capacities have no place
    in it.
    """

    name = "lancedb"
    version = importlib.metadata.version("lancedb")
    capabilities: frozenset[str] = frozenset(
        {"count", "delete", "embedding", "get", "maintenance", "persistence", "threads"}
    )

    def __init__(self, workdir: Path, config: SystemConfig) -> None:
        refuse_options(self.name, config.options)
        self._embed = config.embed
        self._path = workdir / "lancedb"
        self._database: Any = lancedb.connect(self._path)
        self._table: Any = self._database.create_table("memories", schema=_schema(config.dimension), exist_ok=True)

    def store(self, records: Sequence[Record]) -> None:
        """Add the batch: one new version of the table. ``add`` looks for no id: one that is held is then held twice."""
        if records:
            vectors = self._embed([record.text for record in records])
            self._table.add([_row(record, vector) for record, vector in zip(records, vectors, strict=True)])

    def search(self, query: str, *, limit: int) -> Sequence[Hit]:
        """Search by vector; the score is the cosine that belongs to the squared Euclidean distance."""
        if limit <= 0:
            return []
        (vector,) = self._embed([query])
        found = self._table.search(vector.tolist()).limit(limit).select(["id", "text", "_distance"]).to_list()
        return [Hit(row["text"], row["id"], 1.0 - row["_distance"] / 2.0) for row in found]

    def count(self) -> int:
        """Count the table's rows."""
        return int(self._table.count_rows())

    def get(self, ids: Sequence[str]) -> Mapping[str, str]:
        """Select texts by a filter on the ids."""
        texts: dict[str, str] = {}
        for piece in pieces(ids, _IDS_AT_ONCE):
            rows = self._table.search().where(_is_among(piece)).select(["id", "text"]).to_list()
            texts.update((row["id"], row["text"]) for row in rows)
        return texts

    def delete(self, ids: Sequence[str]) -> int:
        """Delete by a filter on the ids; gives the rows that went."""
        deletions = [self._table.delete(_is_among(piece)) for piece in pieces(ids, _IDS_AT_ONCE)]
        return sum(int(deletion.num_deleted_rows) for deletion in deletions)

    def perform_maintenance(self, *, emergency: bool = False) -> Mapping[str, JSON]:
        """Optimise the table; in an emergency drop its older versions as well."""
        return optimise(self._table, self._path, emergency=emergency)

    def close(self) -> None:
        """Let go of the table: the library has no call for it."""
        del self._table, self._database
        gc.collect()


def _schema(dimension: int) -> Any:
    return pyarrow.schema(
        [
            pyarrow.field("id", pyarrow.string()),
            pyarrow.field("text", pyarrow.string()),
            pyarrow.field("metadata", pyarrow.string()),
            pyarrow.field("vector", pyarrow.list_(pyarrow.float32(), dimension)),
        ]
    )


def _row(record: Record, vector: Sequence[float]) -> dict[str, Any]:
    metadata = json.dumps(dict(record.metadata), ensure_ascii=False)
    return {"id": record.id, "text": record.text, "metadata": metadata, "vector": list(vector)}


def _is_among(ids: Sequence[str]) -> str:
    quoted = ",".join("'" + record_id.replace("'", "''") + "'" for record_id in ids)
    return f"id IN ({quoted})"
