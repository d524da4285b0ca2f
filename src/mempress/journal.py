"""The journal of a run: an append-only file of typed lines, the only primary data.

Each line is one JSON object whose ``type`` names the event; times are nanoseconds since the run began. A record is
named by its ordinal in the workload; no text of a record or a system's answer stands in a journal.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any, Literal

import msgspec

from mempress.errors import JournalError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from types import TracebackType


Status = Literal["completed", "saturated", "crashed", "killed_at_limit", "timed_out", "interrupted", "unavailable"]
"""How a run ended."""


class Event(msgspec.Struct, frozen=True, kw_only=True, tag_field="type"):
    """What all events have: ``t_ns`` since the run began."""

    t_ns: int


class Opened(Event, frozen=True, tag="opened"):
    """The system was constructed in its worker."""

    name: str
    version: str | None
    capabilities: list[str]
    import_ns: int
    init_ns: int


class PhaseBegan(Event, frozen=True, tag="phase"):
    """A phase began: setup, load, recovery, post_recovery or teardown."""

    phase: str


class MemoryRead(msgspec.Struct, frozen=True):
    """Memory of the system's processes in bytes, see ``runner.processes.MemoryUse``."""

    pss_bytes: int
    uss_bytes: int
    rss_bytes: int
    rss_anon_bytes: int
    rss_file_bytes: int
    peak_bytes: int
    processes: int


class DiskRead(msgspec.Struct, frozen=True):
    """Bytes allocated and files under the workdir."""

    used_bytes: int
    files: int


class NoiseRead(msgspec.Struct, frozen=True):
    """Counters of the machine since it started, whose differences tell how noisy an interval was."""

    cpu_ticks: int
    steal_ticks: int
    stall_us: int | None
    """Time in which some task waited for a processor (PSI); null where the kernel does not tell."""
    load_1m: float


class Settled(Event, frozen=True, tag="settled"):
    """Memory after garbage collection and malloc_trim: ``mark`` is baseline or final."""

    mark: str
    memory: MemoryRead | None


class Stored(Event, frozen=True, tag="stored"):
    """One store call returned or raised; ``importance`` is that of the records offered, in order."""

    phase: str
    first: int
    importance: list[float]
    latency_ns: int
    error: str | None


class Asked(msgspec.Struct, frozen=True, array_like=True):
    """One search, judged by the parent: hits are ordinals (-1: an id never offered; -2: no id given)."""

    latency_ns: int
    need: int
    """How many of the answers make a recall of 1; 0: the query has no ground truth."""
    answers: list[int]
    hits: list[int] | None
    """None where the search raised."""
    matched: list[bool] | None
    """For each hit without an id, whether its text holds the answer token; None where all gave ids."""


class Sampled(Event, frozen=True, tag="sampled"):
    """What was known at one checkpoint, after ``records`` acknowledged.

    ``mark`` is batch, before_maintenance, after_maintenance, final, saturated, after_emergency or after_restart.
    """

    phase: str
    mark: str
    records: int
    memory: MemoryRead | None
    disk: DiskRead | None
    held: int | None
    health: dict[str, float | None] | None
    flush_ns: int | None
    limit: int
    searches: list[Asked]
    noise: NoiseRead
    embed_misses: int
    """Texts so far whose vectors the system asked for though they were not prepared."""
    over_limit: int
    """How many searches gave more hits than asked for."""


class Maintained(Event, frozen=True, tag="maintained"):
    """A requested maintenance returned or raised."""

    phase: str
    records: int
    emergency: bool
    latency_ns: int
    value: Any
    error: str | None


class Testified(Event, frozen=True, tag="testified"):
    """The system's own testimony, drained at ``records``."""

    phase: str
    records: int
    events: list[Any]


class Failed(Event, frozen=True, tag="failed"):
    """Something went wrong: ``kind`` is exception (the system raised) or violation (it broke the protocol)."""

    phase: str
    records: int
    kind: str
    operation: str
    message: str
    count: int = 1


class Restarted(Event, frozen=True, tag="restarted"):
    """The system was closed and opened again in the same workdir, in a fresh process."""

    records: int
    close_ns: int
    open_ns: int


class Retained(Event, frozen=True, tag="retained"):
    """Which of the acknowledged records are held: ``method`` is get, or search for a sample of them.

    ``asked`` are ordinals or null for all acknowledged, in order; ``held`` a base64 bitmap over them, lowest bit first.
    """

    records: int
    method: str
    asked: list[int] | None
    held: str
    altered: int | None
    """How many texts came back changed; null where the method does not tell."""


class Printed(Event, frozen=True, tag="printed"):
    """What the worker wrote to its standard output and error: how much, and the end of it."""

    total_bytes: int
    tail: str


class Ended(Event, frozen=True, tag="ended"):
    """The run's end: its status, and the reason in words."""

    status: Status
    reason: str
    phase: str
    records: int


Line = (
    Opened
    | PhaseBegan
    | Settled
    | Stored
    | Sampled
    | Maintained
    | Testified
    | Failed
    | Restarted
    | Retained
    | Printed
    | Ended
)
"""Every kind of event that a journal may hold."""
_DECODER: msgspec.json.Decoder[Event] = msgspec.json.Decoder(Line)
_ENCODER = msgspec.json.Encoder()


class JournalWriter:
    """Appends events to a file; each line is handed to the kernel at once, so a killed harness loses none."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("ab", buffering=0)
        self._end = self._file.tell()

    def write(self, event: Event) -> None:
        """Append one line, whole or not at all; OSError where the disk is full."""
        data = _ENCODER.encode(event) + b"\n"
        rest = memoryview(data)
        try:
            while rest:
                rest = rest[self._file.write(rest) or 0 :]
        except OSError:
            os.ftruncate(self._file.fileno(), self._end)  # else the next line would go on in the middle of this one
            raise
        self._end += len(data)

    def __enter__(self) -> JournalWriter:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        os.fsync(self._file.fileno())
        self._file.close()


def read_journal(path: Path) -> Iterator[Event]:
    """Give the events in order; a torn last line, as a crash leaves it, is dropped.

    Raises:
        JournalError: there is no such file, or a line that is not the last cannot be read; names the line.
    """
    try:
        with path.open("rb") as lines:
            for number, line in enumerate(lines, start=1):
                if line.endswith(b"\n"):
                    yield _decode(line, path, number)
    except OSError as error:
        raise JournalError(
            f"{path}: {error.strerror}. Give the directory of a run that has an events.jsonl."
        ) from error


def _decode(line: bytes, path: Path, number: int) -> Event:
    try:
        return _DECODER.decode(line)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise JournalError(f"{path}:{number}: {error}. The line was changed or cut; restore the file.") from error
