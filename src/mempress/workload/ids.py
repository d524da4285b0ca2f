"""Where an id stands in the order in which records are offered."""

from __future__ import annotations

from typing import Protocol, runtime_checkable


@runtime_checkable
class Indexed(Protocol):
    """Knows the order of its ids; a Source that is Indexed spares its workload an index of its own."""

    def ordinal(self, record_id: str) -> int | None:
        """Give the place of an id, from 0 on, or None where no record bears it."""

    def id_of(self, ordinal: int) -> str:
        """Give the id at a place."""


class IdList:
    """Ids as they come, each with its place."""

    def __init__(self) -> None:
        self._ids: list[str] = []
        self._ordinals: dict[str, int] = {}

    def __len__(self) -> int:
        return len(self._ids)

    def add(self, record_id: str) -> bool:
        """Append an id; False, and nothing done, if it is there already."""
        if self._ordinals.setdefault(record_id, len(self._ids)) != len(self._ids):
            return False
        self._ids.append(record_id)
        return True

    def ordinal(self, record_id: str) -> int | None:
        """Give the place of an id, or None."""
        return self._ordinals.get(record_id)

    def id_of(self, ordinal: int) -> str:
        """Give the id at a place."""
        return self._ids[ordinal]
