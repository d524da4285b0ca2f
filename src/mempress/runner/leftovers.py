"""What is left of a worker: what it printed, how it ended, and what came of a call that was cut short."""

from __future__ import annotations

import signal
from dataclasses import dataclass, field
from typing import Any

_OUTPUT_KEPT_BYTES = 16_384


@dataclass(slots=True)
class Output:
    """What a worker printed: how much, and the last of it."""

    total_bytes: int = 0
    tail: bytearray = field(default_factory=bytearray)

    def add(self, data: bytes) -> None:
        """Count the data and keep the end of it."""
        self.total_bytes += len(data)
        self.tail += data
        del self.tail[:-_OUTPUT_KEPT_BYTES]


@dataclass(frozen=True, slots=True)
class Killed:
    """What came of a command whose call was to be cut short.

    ``into_call_ns`` is how long the call had lasted, None where nothing was killed. With it a reply is one that the
    worker wrote just before: the call had returned.
    """

    reply: dict[str, Any] | None
    into_call_ns: int | None


def how_it_ended(returncode: int) -> str:
    """Say in words what a process's return code means."""
    if returncode >= 0:
        return f"exited with status {returncode}"
    try:
        return f"was ended by {signal.Signals(-returncode).name}"
    except ValueError:
        return f"was ended by signal {-returncode}"
