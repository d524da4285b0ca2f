"""The ``agno`` package, imported with its telemetry off and its log off the console; and what it says in that log."""

from __future__ import annotations

import logging
import os
from contextlib import contextmanager
from importlib.util import find_spec
from typing import TYPE_CHECKING

from mempress.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator

# Agno leaves a logger that has a handler as it is; it would write to stdout otherwise.
_LOGGER = logging.getLogger("agno")
if not _LOGGER.handlers:
    _LOGGER.addHandler(logging.NullHandler())
    _LOGGER.propagate = False
os.environ["AGNO_TELEMETRY"] = "false"

try:
    from agno.db.base import BaseDb
    from agno.db.schemas import UserMemory
    from agno.memory import MemoryManager
except ImportError as error:
    if find_spec("agno") is not None:
        raise UsageError(f"this version of Agno has no such user memories ({error}): use 2.0.0 or later.") from error
    raise UsageError(
        f"Agno is not installed in this Python ({error}). Name the system agno: it then runs in its own environment."
    ) from error

__all__ = ["BaseDb", "MemoryManager", "UserMemory", "agno_warnings"]


class _Collector(logging.Handler):
    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.messages: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.messages.append(record.getMessage())


@contextmanager
def agno_warnings() -> Iterator[list[str]]:
    """Collect what Agno logs as a warning or an error.

    The manager swallows the exception of a failed write or deletion and tells it there and nowhere else.
    """
    collector = _Collector()
    _LOGGER.addHandler(collector)
    try:
        yield collector.messages
    finally:
        _LOGGER.removeHandler(collector)
