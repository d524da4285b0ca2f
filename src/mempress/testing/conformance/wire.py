"""What passes between the parent and the process of one check: JSON lines, on a pipe that nothing else uses."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from mempress.testing.conformance.outcome import Failed, NotApplicable, Passed

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mempress.systems.protocol import JSON

LOST_PIPE_STATUS = 87
"""The exit status of a worker that can no longer write to the pipe: the adapter closed it."""
_REASON_CHARS = 1_000


@dataclass(frozen=True, slots=True)
class Task:
    """What a child has to do: one check, or its preparation, of one target in one directory."""

    target: str
    options: Mapping[str, JSON]
    check: str
    preparing: bool
    root: str
    import_path: tuple[str, ...] | None
    """The import path of the worker; None: that of its interpreter."""

    def to_json(self) -> str:
        """Give the task as JSON."""
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> Task:
        """Read what ``to_json`` gave."""
        return cls(**json.loads(text))


@dataclass(frozen=True, slots=True)
class Call:
    """A call into the adapter is about to be made."""

    name: str


@dataclass(frozen=True, slots=True)
class Died:
    """The process ended before it said what came of the check: an exit status, or minus the number of a signal."""

    status: int


Message = Call | Died | Passed | Failed | NotApplicable


def encode(message: Message) -> bytes:
    """Give a message as one line."""
    match message:
        case Call(name):
            fields = ["call", name]
        case Died(status):
            fields = ["died", str(status)]
        case Passed():
            fields = ["passed", ""]
        case Failed(reason):
            fields = ["failed", printable(reason)]
        case NotApplicable(reason):
            fields = ["n/a", printable(reason)]
    return json.dumps(fields).encode() + b"\n"


def decode(line: bytes) -> Message:
    """Read what ``encode`` gave.

    Raises:
        ValueError: the line is none of its own.
    """
    kind, text = json.loads(line)
    match kind:
        case "call":
            return Call(text)
        case "died":
            return Died(int(text))
        case "passed":
            return Passed()
        case "failed":
            return Failed(text)
        case "n/a":
            return NotApplicable(text)
    raise ValueError(f"no such message: {kind!r}")


def printable(text: str) -> str:
    """Give the text in one line of at most 1,000 characters, control and direction characters escaped."""
    cut = text if len(text) <= _REASON_CHARS else f"{text[:_REASON_CHARS]}..."
    return "".join(char if char.isprintable() else char.encode("unicode_escape").decode() for char in cut)
