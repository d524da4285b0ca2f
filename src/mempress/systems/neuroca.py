"""The adapter of Neuroca: it hands records and queries over, and has no power that another adapter has not."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, ClassVar

from mempress import __version__
from mempress.errors import UsageError
from mempress.neuroca import Neuroca, Settings, SettingsError
from mempress.neuroca import Record as Memory
from mempress.systems.protocol import Hit

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from mempress.systems.protocol import JSON, Record, SystemConfig

_EMERGENCY_SHARE = 0.1


class NeurocaMemory:
    """``mempress.neuroca`` behind the adapter protocol; every setting of the engine is an option of the same name."""

    name: ClassVar[str] = "neuroca"
    version: ClassVar[str] = __version__
    capabilities: ClassVar[frozenset[str]] = frozenset(
        {
            "count",
            "get",
            "delete",
            "flush",
            "maintenance",
            "health",
            "events",
            "importance",
            "embedding",
            "persistence",
            "bounded",
            "threads",
        }
    )

    def __init__(self, workdir: Path, config: SystemConfig) -> None:
        self._engine = Neuroca(workdir / "neuroca", _settings(config), embed=config.embed)

    def store(self, records: Sequence[Record]) -> None:
        """Store a batch; durable on return."""
        self._engine.store([_memory(record) for record in records])

    def search(self, query: str, *, limit: int) -> Sequence[Hit]:
        """Search by meaning and names; the hits count as used."""
        return [Hit(hit.text, hit.id, hit.score) for hit in self._engine.search(query, limit=limit)]

    def count(self) -> int:
        """Give the records held."""
        return self._engine.count()

    def get(self, ids: Sequence[str]) -> Mapping[str, str]:
        """Give the texts of those still held. An audit is no use: it does not reinforce."""
        return {name: record.text for name, record in self._engine.get(ids, reinforce=False).items()}

    def delete(self, ids: Sequence[str]) -> int:
        """Forget these."""
        return self._engine.delete(ids)

    def flush(self) -> None:
        """Sync all to disk."""
        self._engine.flush()

    def perform_maintenance(self, *, emergency: bool = False) -> Mapping[str, JSON]:
        """Do all maintenance that waits; in an emergency remove the tenth of the records that is worth least."""
        return asdict(self._engine.relieve(_EMERGENCY_SHARE) if emergency else self._engine.maintain())

    def drain_events(self) -> Sequence[Mapping[str, JSON]]:
        """Give what maintenance did by itself since the last call."""
        return [asdict(event) for event in self._engine.drain_events()]

    def health(self) -> Mapping[str, float]:
        """Give the measured components and ``overall_health``, each in [0, 1]."""
        health = self._engine.health()
        parts = {name: getattr(health, name) for name in ("capacity", "latency", "integrity", "maintenance", "errors")}
        return {"overall_health": health.overall} | {name: part for name, part in parts.items() if part is not None}

    def close(self) -> None:
        """Close the engine."""
        self._engine.close()


def _settings(config: SystemConfig) -> Settings:
    unknown = sorted(set(config.options) - set(Settings.known()))
    if unknown:
        raise UsageError(f"neuroca has no option {', '.join(unknown)}: use some of {', '.join(Settings.known())}.")
    given: dict[str, Any] = {
        "capacity_records": config.capacity_records,
        "capacity_bytes": config.capacity_bytes,
        "dimension": config.dimension,
    }
    try:
        return Settings(**(given | dict(config.options)))
    except SettingsError as error:
        raise UsageError(f"neuroca: {error}") from error


def _memory(record: Record) -> Memory:
    return Memory(
        id=record.id,
        text=record.text,
        importance=record.importance,
        metadata=record.metadata,
        timestamp=_seconds(record.metadata.get("timestamp")),
    )


def _seconds(timestamp: object) -> float | None:
    """Give seconds since 1970 of a number or an ISO 8601 text (UTC where it names no zone); None: neither."""
    if isinstance(timestamp, (int, float)) and not isinstance(timestamp, bool):
        return float(timestamp)
    if not isinstance(timestamp, str):
        return None
    try:
        moment = datetime.fromisoformat(timestamp)
    except ValueError:
        return None
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
