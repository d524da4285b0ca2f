"""The campaign's own journal, ``campaign.jsonl``: what was started where, what ended, was lost, or failed."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Protocol

import msgspec

from mempress.errors import JournalError
from mempress.journal import Status

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path


class _Entry(msgspec.Struct, frozen=True, kw_only=True, tag_field="type"):
    at: str = ""
    """When, in UTC; the ledger writes it."""


class Opened(_Entry, frozen=True, tag="opened"):
    """A command began to work on the campaign: so many runs stood already, so many were left."""

    executor: str
    kept: int
    left: int


class Started(_Entry, frozen=True, tag="started"):
    """An attempt at a run began on a node."""

    run: str
    attempt: int
    node: str


class Ended(_Entry, frozen=True, tag="ended"):
    """An attempt gave a whole journal; ``wall_s`` spans its environment, workload, calibration and run."""

    run: str
    attempt: int
    node: str
    status: Status
    wall_s: float
    journal_bytes: int
    kept: bool
    """Whether it stands; otherwise it was put aside, and the run was asked for again."""


class Lost(_Entry, frozen=True, tag="lost"):
    """An attempt was lost with its node or its process; what came of it until then was put aside."""

    run: str
    attempt: int
    node: str
    reason: str
    again: bool


class Failed(_Entry, frozen=True, tag="failed"):
    """The harness failed on an attempt."""

    run: str
    attempt: int
    node: str
    reason: str
    again: bool


class Closed(_Entry, frozen=True, tag="closed"):
    """The command's work ended: ``how`` is complete, stopped, or why it could not go on."""

    how: str


Entry = Opened | Started | Ended | Lost | Failed | Closed
_DECODER: msgspec.json.Decoder[Entry] = msgspec.json.Decoder(Entry)


class Writes(Protocol):
    """Takes entries."""

    def write(self, entry: Entry) -> None:
        """Keep an entry."""


class Ledger:
    """Appends entries to a file, each handed to the kernel at once; a torn last line is cut off first."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("ab", buffering=0)
        whole = path.read_bytes().rpartition(b"\n")
        os.ftruncate(self._file.fileno(), len(whole[0]) + len(whole[1]))

    def write(self, entry: Entry) -> None:
        """Append an entry, with the time."""
        now = datetime.now(UTC).isoformat(timespec="milliseconds")
        self._file.write(msgspec.json.encode(msgspec.structs.replace(entry, at=now)) + b"\n")

    def close(self) -> None:
        """Close the file."""
        self._file.close()


def read_ledger(path: Path) -> Sequence[Entry]:
    """Give the entries in order; none where there is no such file, and a torn last line is left out.

    Raises:
        JournalError: a line cannot be read.
    """
    if not path.exists():
        return []
    lines = path.read_bytes().split(b"\n")[:-1]
    try:
        return [_DECODER.decode(line) for line in lines]
    except msgspec.DecodeError as error:
        raise JournalError(f"{path}: {error}. A line was changed; restore the file.") from error
