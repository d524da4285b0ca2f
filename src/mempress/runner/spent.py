"""Adds up how long a worker's system was at work, so that what is left of the time is the harness's own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

_TIMES = ("latency_ns", "service_ns", "import_ns", "init_ns")


class Spent:
    """Nanoseconds in the system's own code (importing and opening it too), and those that a schedule lets pass."""

    def __init__(self) -> None:
        self.system_ns = 0
        self.waiting_ns = 0

    def note(self, reply: Mapping[str, Any], elapsed_ns: int) -> None:
        """Take the reply to a command that took ``elapsed_ns`` in all; calls beside each other count once."""
        times = [reply[name] for name in _TIMES if name in reply]
        called_ns = sum(sum(time) if isinstance(time, list) else time for time in times)
        system_ns = min(max(0, called_ns), elapsed_ns)
        self.system_ns += system_ns
        if "service_ns" in reply:
            self.waiting_ns += elapsed_ns - system_ns

    def lost(self, elapsed_ns: int) -> None:
        """Take a command during which the worker was lost: the system was at work."""
        self.system_ns += elapsed_ns
