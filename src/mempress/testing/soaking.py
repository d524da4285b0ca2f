"""Systems for a soak whose truth is known: they leak by the clock, collect and drop garbage, or keep nothing at all.

``scripted.Leaker`` leaks by the record.
"""

from __future__ import annotations

from itertools import islice
from mmap import MAP_ANONYMOUS, MAP_PRIVATE, PAGESIZE, mmap
from time import perf_counter
from typing import TYPE_CHECKING

from mempress.testing.controls import Null
from mempress.testing.scripted import Scripted

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from mempress.systems.protocol import Record, SystemConfig

_MIB = 1 << 20
_PIECE_BYTES = 1 << 18
"""Of a mapping of its own each: an allocator would round it, leave holes, and keep what is freed."""
_SECONDS_PER_MINUTE = 60.0


class Bounded(Scripted):
    """Holds the newest ``capacity_records`` (default 1,000) and nothing else, for ever: it does not leak."""

    name = "bounded"
    capabilities = frozenset({"count", "get", "bounded"})

    def __init__(self, workdir: Path, config: SystemConfig) -> None:
        super().__init__(workdir, config)
        self._capacity = 1_000 if config.capacity_records is None else config.capacity_records
        self._began = perf_counter()

    def store(self, records: Sequence[Record]) -> None:
        """Keep the newest."""
        super().store(records)
        for record_id in list(islice(self._held, max(0, len(self._held) - self._capacity))):
            del self._held[record_id]

    def minutes(self) -> float:
        """Give the minutes since it was opened."""
        return (perf_counter() - self._began) / _SECONDS_PER_MINUTE


class LeaksByClock(Bounded):
    """A Bounded that leaks ``mib_per_minute`` (default 1), whatever it is asked to do; it does so while it stores."""

    name = "leaks-by-clock"

    def __init__(self, workdir: Path, config: SystemConfig) -> None:
        super().__init__(workdir, config)
        self._leak: list[mmap] = []

    def store(self, records: Sequence[Record]) -> None:
        """Keep the newest, and what is due of the leak."""
        super().store(records)
        due_bytes = self.minutes() * float(self._options.get("mib_per_minute", 1)) * _MIB
        while len(self._leak) * _PIECE_BYTES < due_bytes:
            self._leak.append(_piece())


class Sawtooth(Bounded):
    """A Bounded that collects ``garbage_mib`` (default 10) over ``period_seconds`` (default 7), then drops all."""

    name = "sawtooth"

    def __init__(self, workdir: Path, config: SystemConfig) -> None:
        super().__init__(workdir, config)
        self._garbage: list[mmap] = []

    def store(self, records: Sequence[Record]) -> None:
        """Keep the newest, and as much garbage as the time asks for."""
        super().store(records)
        periods = self.minutes() * _SECONDS_PER_MINUTE / float(self._options.get("period_seconds", 7))
        pieces = int(periods % 1.0 * float(self._options.get("garbage_mib", 10)) * _MIB / _PIECE_BYTES)
        if pieces < len(self._garbage):
            self._garbage.clear()
        while len(self._garbage) < pieces:
            self._garbage.append(_piece())


class Sink(Null):
    """The null system with a delete: any number of operations at the least cost, and nothing kept."""

    name = "sink"
    capabilities = frozenset({"delete"})

    def delete(self, ids: Sequence[str]) -> int:
        """Say that all were deleted."""
        return len(ids)


def _piece() -> mmap:
    """Map a piece and touch each of its pages."""
    piece = mmap(-1, _PIECE_BYTES, flags=MAP_PRIVATE | MAP_ANONYMOUS)
    for at in range(0, _PIECE_BYTES, PAGESIZE):
        piece[at] = 1
    return piece
