"""A circuit breaker around maintenance: it rests after failures in a row, then tries again (Nygard, Release It!)."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable


class Breaker:
    """Closed: work may run. Open: it may not, until ``cooldown_s`` has passed; then one try decides.

    ``now`` gives seconds on any clock that does not go back.
    """

    def __init__(self, failures: int, cooldown_s: float, now: Callable[[], float]) -> None:
        self._limit = failures
        self._cooldown_s = cooldown_s
        self._now = now
        self._opened_at: float | None = None
        self.failures_in_row = 0
        self.failures = 0
        self.last_error = ""

    @property
    def state(self) -> str:
        """Give ``closed``, ``open`` or ``half-open``."""
        if self._opened_at is None:
            return "closed"
        return "half-open" if self._now() - self._opened_at >= self._cooldown_s else "open"

    def allows(self) -> bool:
        """Say whether work may run now."""
        return self.state != "open"

    def succeeded(self) -> None:
        """Close it."""
        self.failures_in_row = 0
        self._opened_at = None

    def failed(self, error: BaseException) -> None:
        """Count a failure; open it at the limit, or at once where it was half open."""
        self.failures += 1
        self.failures_in_row += 1
        self.last_error = f"{type(error).__name__}: {error}"
        if self.failures_in_row >= self._limit or self._opened_at is not None:
            self._opened_at = self._now()
