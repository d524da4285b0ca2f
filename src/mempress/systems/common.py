"""What several adapters share, in the standard library alone."""

from __future__ import annotations

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


def disk_bytes(directory: Path) -> int:
    """Give the bytes of all files below a directory; one that is removed meanwhile counts as none."""
    total = 0
    for path in directory.rglob("*"):
        try:
            total += path.stat().st_size if path.is_file() else 0
        except FileNotFoundError:
            continue
    return total
