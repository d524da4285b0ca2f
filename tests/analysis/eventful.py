"""A system whose run has a line of every kind: it prints, testifies, raises once, saturates and comes back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mempress.testing.scripted import Saturating

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from mempress.systems.protocol import JSON, Hit, SystemConfig


class Eventful(Saturating):
    """Saturating, with all that a journal can tell of a system."""

    name = "eventful"
    version = "1.0"
    capabilities = Saturating.capabilities | {"delete", "events", "health", "flush"}

    def __init__(self, workdir: Path, config: SystemConfig) -> None:
        super().__init__(workdir, config)
        self._searches = 0
        self._fresh = not self._held
        print("opened")  # noqa: T201 - what a system prints is a line of the journal

    def search(self, query: str, *, limit: int) -> Sequence[Hit]:
        """Raise once, before any restart."""
        self._searches += 1
        if self._fresh and self._searches == 7:
            raise RuntimeError("the seventh search never works")
        return super().search(query, limit=limit)

    def delete(self, ids: Sequence[str]) -> int:
        """Forget the ids, in the file too."""
        known = [record_id for record_id in ids if self._held.pop(record_id, None) is not None]
        self._log.remove(known)
        return len(known)

    def drain_events(self) -> Sequence[Mapping[str, JSON]]:
        """Testify to something each time."""
        return [{"kind": "compaction", "moved": len(self._held)}]

    def health(self) -> Mapping[str, float]:
        """Give a health of its own."""
        return {"overall_health": 0.75}

    def flush(self) -> None:
        """Return at once."""
