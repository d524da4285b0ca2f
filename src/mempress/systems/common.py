"""What several adapters share, in the standard library alone."""

from __future__ import annotations

import sqlite3
import sys
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, TypeVar

from mempress.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from mempress.systems.protocol import JSON

T = TypeVar("T")


def refuse_options(system: str, options: Mapping[str, JSON]) -> None:
    """Refuse any option, for a system that has none.

    Raises:
        UsageError: there is one.
    """
    if options:
        raise UsageError(f"{system} has no options, and was given {', '.join(options)}: leave them out.")


def pieces(items: Sequence[T], size: int) -> Iterator[Sequence[T]]:
    """Give the items in order, ``size`` at a time, for a library that takes no more in one call."""
    for start in range(0, len(items), size):
        yield items[start : start + size]


def loadable_sqlite() -> None:
    """Where Python's own ``sqlite3`` loads no extensions, put the package ``pysqlite3`` in its place.

    To be called before a library that loads one is imported.
    """
    if not hasattr(sqlite3.Connection, "enable_load_extension"):
        import pysqlite3  # noqa: PLC0415 - only where it is needed

        sys.modules["sqlite3"] = pysqlite3
        sys.modules["sqlite3.dbapi2"] = pysqlite3.dbapi2


def disk_bytes(directory: Path) -> int:
    """Give the bytes of all files below a directory; one that is removed meanwhile counts as none."""
    total = 0
    for path in directory.rglob("*"):
        try:
            total += path.stat().st_size if path.is_file() else 0
        except FileNotFoundError:
            continue
    return total


class Gate:
    """Lets callers through together, or one alone who closes it: they wait until he is done, as he waits for them."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._inside = 0
        self._closed = False

    @contextmanager
    def passed(self) -> Iterator[None]:
        """Be inside, together with others."""
        with self._changed:
            self._changed.wait_for(lambda: not self._closed)
            self._inside += 1
        try:
            yield
        finally:
            with self._changed:
                self._inside -= 1
                self._changed.notify_all()

    @contextmanager
    def closed(self) -> Iterator[None]:
        """Be inside alone."""
        with self._changed:
            self._changed.wait_for(lambda: not self._closed)
            self._closed = True
            self._changed.wait_for(lambda: not self._inside)
        try:
            yield
        finally:
            with self._changed:
                self._closed = False
                self._changed.notify_all()
