"""The engine's testimony: what maintenance did by itself, one event a pass, summed up until someone asks."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

COUNTS = ("removed", "promoted", "demoted", "aged", "consolidated", "failed", "recovered")


@dataclass(frozen=True, slots=True)
class Event:
    """What one span of automatic maintenance did.

    Attributes:
        kind: ``eviction``, ``consolidation``, ``promotion``, ``failure`` or ``recovery``: the gravest of what happened.
        passes: steps summed up here.
        removed: records evicted; ``moved``: records that changed tier; ``consolidated``: records marked redundant.
        records: records held at the end.
        detail: the last failure's text, or what was recovered.
    """

    kind: str
    passes: int
    removed: int
    moved: int
    promoted: int
    demoted: int
    aged: int
    consolidated: int
    failed: int
    records: int
    bytes_freed: int
    detail: str


class Testimony:
    """Sums up steps between two drains; its size does not grow."""

    def __init__(self) -> None:
        self._counts: Counter[str] = Counter()
        self._detail = ""

    def note(self, **counts: int) -> None:
        """Add counts of COUNTS, or ``bytes_freed`` and ``passes``."""
        self._counts.update(counts)

    def explain(self, detail: str) -> None:
        """Say in words what failed or was recovered."""
        self._detail = detail

    def drain(self, records: int) -> tuple[Event, ...]:
        """Give what happened since the last call; mere aging of records out of STM is no event of its own."""
        counts, detail = self._counts, self._detail
        kind = _kind(counts)
        if kind is None:
            return ()
        self._counts, self._detail = Counter(), ""
        moved = counts["promoted"] + counts["demoted"] + counts["aged"]
        names = ("removed", "promoted", "demoted", "aged", "consolidated", "failed", "passes", "bytes_freed")
        event = Event(kind=kind, moved=moved, records=records, detail=detail, **{name: counts[name] for name in names})
        return (event,)


def _kind(counts: Counter[str]) -> str | None:
    order = {"failed": "failure", "recovered": "recovery", "removed": "eviction", "consolidated": "consolidation"}
    for count, kind in order.items():
        if counts[count]:
            return kind
    return "promotion" if counts["promoted"] or counts["demoted"] else None
