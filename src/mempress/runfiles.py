"""Where a benchmark's files lie, and how JSON files are written: whole or not at all."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import msgspec

from mempress.errors import JournalError, UsageError
from mempress.model import RunHead

if TYPE_CHECKING:
    from pathlib import Path

RUNS = "runs"
RESULTS = "results.json"
_INDENT = 2


@dataclass(frozen=True, slots=True)
class RunFiles:
    """The files of one run."""

    directory: Path

    @property
    def head(self) -> Path:
        """What the run was told to do."""
        return self.directory / "run.json"

    @property
    def journal(self) -> Path:
        """What happened."""
        return self.directory / "events.jsonl"

    @property
    def summary(self) -> Path:
        """What is concluded from it."""
        return self.directory / "summary.json"

    @property
    def lock(self) -> Path:
        """What the system's environment was built from, with hashes; not there where it has none of its own."""
        return self.directory / "requirements.lock"

    @property
    def workdir(self) -> Path:
        """The system's own; it goes when the run ends."""
        return self.directory / "workdir"


def run_files(out: Path, run: str) -> RunFiles:
    """Give the files of a run of that name under a benchmark's directory; absolute, as a worker needs them."""
    return RunFiles((out / RUNS / run).resolve())


def runs_in(out: Path) -> list[Path]:
    """Give the directories of all runs in a benchmark's directory, in the order in which they began."""
    directories = [path.parent for path in (out / RUNS).glob("*/run.json")]
    return sorted(directories, key=lambda directory: (read_head(directory).started, directory.name))


def read_head(directory: Path) -> RunHead:
    """Read a run's head.

    Raises:
        JournalError: it is missing or cannot be read.
    """
    path = RunFiles(directory).head
    try:
        return msgspec.json.decode(path.read_bytes(), type=RunHead)
    except OSError as error:
        raise JournalError(f"{path}: {error.strerror}. Give the directory of a run, such as OUT/runs/agno.") from error
    except (msgspec.DecodeError, UnicodeDecodeError, UsageError) as error:
        raise JournalError(f"{path}: {error}. The file was changed or cut; restore it.") from error


def write_json(path: Path, value: Any) -> None:
    """Write a value as indented JSON, floats as they are; a reader sees the old file or the whole new one."""
    data = msgspec.json.format(msgspec.json.encode(value), indent=_INDENT) + b"\n"
    write_whole(path, data)


def write_whole(path: Path, data: bytes) -> None:
    """Replace a file at once; where that fails, the old one stays as it was."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.draft")
    try:
        draft.write_bytes(data)
        draft.replace(path)
    except OSError:
        draft.unlink(missing_ok=True)
        raise
