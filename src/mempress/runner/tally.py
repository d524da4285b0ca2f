"""Folds the calls of a stretch of a soak into counts, so that no single one has to be kept."""

from __future__ import annotations

from mempress.histogram import Histogram
from mempress.journal import Calls

_KINDS_OF_ERROR = 8
_OTHERS = "(other messages)"


class Meter:
    """Calls of one kind."""

    def __init__(self) -> None:
        self._calls = self._errors = self._total_ns = 0
        self._histogram = Histogram()

    def add(self, latency_ns: int, *, raised: bool = False) -> None:
        """Count a call; how long one took that raised is not counted."""
        self._calls += 1
        if raised:
            self._errors += 1
            return
        self._total_ns += latency_ns
        self._histogram.add(latency_ns)

    def take(self) -> Calls:
        """Give what was counted."""
        return Calls(self._calls, self._errors, self._total_ns, sorted(self._histogram.counts.items()))


class Tally:
    """What a stretch came to."""

    def __init__(self) -> None:
        self.stores, self.deletes, self.searches = Meter(), Meter(), Meter()
        self.stored = self.judged = self.ghosts = self.missing = self.over_limit = 0
        self.recall = 0.0
        self.errors: dict[tuple[str, str], int] = {}
        self.wrong: str | None = None

    def fail(self, operation: str, message: str) -> None:
        """Count an error; beyond some kinds of message only their number is kept."""
        if len(self.errors) >= _KINDS_OF_ERROR and (operation, message) not in self.errors:
            message = _OTHERS
        self.errors[operation, message] = self.errors.get((operation, message), 0) + 1
