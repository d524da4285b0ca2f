"""A system that stops at set times: what an open loop sees of it and a closed loop hides is known beforehand."""

from __future__ import annotations

from time import perf_counter_ns, sleep
from typing import TYPE_CHECKING

from mempress.testing.scripted import Scripted

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mempress.systems.protocol import Hit, Record

_NS_PER_SECOND = 1_000_000_000


class Pausing(Scripted):
    """Each store and search takes ``service_ns`` (default 2 ms), but for pauses of ``pause_ns`` (default 1 s).

    By its clock, which starts with its first call, a pause begins ``pause_after_ns`` (default 5 s) into every
    ``period_ns`` (default 30 s). A call that begins within a pause begins to be served when the pause is over.
    """

    name = "pausing"
    _started_ns: int | None = None

    def store(self, records: Sequence[Record]) -> None:
        """Keep the records, in time."""
        self._serve()
        super().store(records)

    def search(self, query: str, *, limit: int) -> Sequence[Hit]:
        """Give the newest records, in time."""
        self._serve()
        return super().search(query, limit=limit)

    def search_cost_ns(self) -> int:
        """Give nothing: a search has its time already."""
        return 0

    def _serve(self) -> None:
        now = perf_counter_ns()
        if self._started_ns is None:
            self._started_ns = now
        sleep(self._pause_left_ns(now - self._started_ns) / _NS_PER_SECOND)
        deadline = perf_counter_ns() + self.option("service_ns", 2_000_000)
        while perf_counter_ns() < deadline:
            pass

    def _pause_left_ns(self, moment_ns: int) -> int:
        """Give for how long it still stops at a moment of its clock."""
        into_pause = moment_ns % self.option("period_ns", 30_000_000_000) - self.option("pause_after_ns", 5_000_000_000)
        pause = self.option("pause_ns", 1_000_000_000)
        return pause - into_pause if 0 <= into_pause < pause else 0
