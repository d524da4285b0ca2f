"""The engine's testimony: what maintenance did by itself, one event a pass, summed up until someone asks."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

COUNTS = ("removed", "promoted", "demoted", "aged", "consolidated", "failed", "recovered")
_KINDS = {
    "failed": ("failure", 1),
    "recovered": ("recovery", 1),
    "removed": ("eviction", 1),
    "consolidated": ("consolidation", 32),
    "demoted": ("demotion", 32),
}
"""What makes an event, the gravest first, and from how many records on."""


@dataclass(frozen=True, slots=True)
class Event:
    """What one span of automatic maintenance did.

    Attributes:
        kind: ``failure``, ``recovery``, ``eviction``, ``consolidation`` or ``demotion``: the gravest of what happened.
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
        for name, count in counts.items():
            self._counts[name] += count

    def explain(self, detail: str) -> None:
        """Say in words what failed or was recovered."""
        self._detail = detail

    def drain(self, records: int) -> tuple[Event, ...]:
        """Give what happened since the last call.

        Aging out of STM, promotion, and a few records marked as redundant are no event of their own; they are summed up
        in the next one.
        """
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
    for count, (kind, least) in _KINDS.items():
        if counts[count] >= least:
            return kind
    return None
