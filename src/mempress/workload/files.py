"""Opening and reading a workload's file: every way in which that can fail ends in a WorkloadError."""

from __future__ import annotations

import json
import stat
from typing import IO, TYPE_CHECKING

import msgspec

from mempress.errors import WorkloadError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from mempress.systems.protocol import JSON

MAX_LINE_BYTES = 16 << 20
"""A line of a text at its limit, every character escaped, and ample metadata; a longer one is not read to its end."""
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_decode = msgspec.json.Decoder().decode


def open_regular(path: Path) -> IO[bytes]:
    """Open a regular file for reading.

    Raises:
        WorkloadError: it is missing, no regular file, or cannot be read.
    """
    try:
        if stat.S_ISDIR(mode := path.stat().st_mode):
            raise WorkloadError(path, None, "this is a directory", "Name a file in it.")
        if not stat.S_ISREG(mode):
            raise WorkloadError(
                path, None, "this is no regular file", "Copy what it gives into a file; it is read twice."
            )
        return path.open("rb")
    except FileNotFoundError:
        raise WorkloadError(path, None, "there is no such file", "Check the path; it is taken from here.") from None
    except PermissionError:
        raise WorkloadError(path, None, "the file may not be read", "Give yourself the right to read it.") from None
    except (OSError, ValueError) as error:
        raise WorkloadError(path, None, f"the file cannot be opened ({error})", "Check the path.") from error


def numbered_lines(path: Path, file: IO[bytes]) -> Iterator[tuple[int, bytes]]:
    """Give (number from 1, bytes) of each line that is not blank, without a byte order mark.

    Raises:
        WorkloadError: a line is longer than MAX_LINE_BYTES, or reading fails.
    """
    number = 0
    try:
        while line := file.readline(MAX_LINE_BYTES + 1):
            number += 1
            if len(line) > MAX_LINE_BYTES:
                problem = f"the line is over {MAX_LINE_BYTES:,} bytes long"
                raise WorkloadError(path, number, problem, "Split the text into several records, one a line.")
            if number == 1:
                line = line.removeprefix(_BYTE_ORDER_MARK)
            if line.strip():
                yield number, line
    except OSError as error:
        raise WorkloadError(path, number + 1, f"reading fails ({error})", "Check the disk and the file.") from error


def decode_line(path: Path, number: int, line: bytes) -> JSON:
    """Give the JSON value of a line; lenient on what a later check names better: NaN, infinities, lone surrogates.

    Raises:
        WorkloadError: the line is no UTF-8 or no JSON.
    """
    try:
        return _decode(line)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return _decode_leniently(path, number, line)


def _decode_leniently(path: Path, number: int, line: bytes) -> JSON:
    try:
        return json.loads(line.decode())
    except UnicodeDecodeError as error:
        problem = f"byte {error.start + 1} (0x{line[error.start]:02X}) is no UTF-8"
        raise WorkloadError(path, number, problem, "Save the file as UTF-8.") from None
    except json.JSONDecodeError as error:
        problem = f"the line is no JSON: {error.msg.lower()} at character {error.pos + 1}"
        raise WorkloadError(path, number, problem, "Write one JSON object a line.") from None
    except ValueError:
        raise WorkloadError(path, number, "a number has too many digits", "Shorten it.") from None
    except RecursionError:
        raise WorkloadError(path, number, "the line is nested too deep", "Flatten the metadata.") from None
