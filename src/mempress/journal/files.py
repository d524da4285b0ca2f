"""Writing and reading a journal's file."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import msgspec

from mempress.errors import JournalError
from mempress.journal.lines import Line

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from types import TracebackType

    from mempress.journal.event import Event

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
