"""What a table for other programs is made of: columns of one kind each, and chunks of rows that follow one another."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from pathlib import Path

Kind = Literal["text", "whole", "figure", "flag"]
Chunk = Mapping[str, Sequence[Any]]
"""The values of each column, equally many; None where there is none."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column; its name ends in the unit."""

    name: str
    kind: Kind


@dataclass(frozen=True, slots=True)
class Table:
    """A table; its chunks are made as they are taken, so a long one never stands in memory whole."""

    name: str
    columns: tuple[Column, ...]
    chunks: Iterable[Chunk]


Writer = Callable[[Table, "Path"], None]
"""Writes a table to a file."""
