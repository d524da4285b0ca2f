"""The errors that mempress raises, each with the exit status that the command line gives it."""

# MempressError            1  the harness failed
# ├── UsageError           2  what the user gave cannot be used (says what, where and what to do)
# │   ├── WorkloadError       a line of a workload file
# │   └── AdapterError        a class that does not keep to the adapter protocol
# └── JournalError         1  a run's files cannot be read

from __future__ import annotations


class MempressError(Exception):
    """The harness failed; the text says what, where and what to do."""

    exit_status = 1


class UsageError(MempressError):
    """What the user gave cannot be used."""

    exit_status = 2


class WorkloadError(UsageError):
    """A workload file has a line that cannot be used; names file, line and remedy."""

    def __init__(self, path: object, line: int | None, problem: str, remedy: str) -> None:
        where = f"{path}:{line}" if line is not None else f"{path}"
        super().__init__(f"{where}: {problem}. {remedy}")


class AdapterError(UsageError):
    """A class does not keep to the adapter protocol."""


class JournalError(MempressError):
    """A run's directory or journal cannot be read."""
