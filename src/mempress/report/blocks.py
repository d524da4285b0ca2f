"""What a report is made of, whatever it is shown as: sections of points, tables, pictures and literal lines.

All texts are plain already (see ``mempress.format``); a renderer only escapes what its own markup would obey.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Points:
    """Sentences, each a point of a list."""

    texts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """Rows under columns; ``numeric`` names the columns, by position, whose figures stand to the right."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    numeric: frozenset[int] = frozenset()
    title: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Picture:
    """The curves of a system; ``key`` is its name in the result."""

    key: str
    words: str


@dataclass(frozen=True, slots=True)
class Literal:
    """Lines shown as they are: a command, or what a system printed."""

    lines: tuple[str, ...]
    title: str = ""


Block = Points | Table | Picture | Literal


@dataclass(frozen=True, slots=True)
class Section:
    """A heading and what stands under it."""

    title: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True)
class Document:
    """A whole report."""

    title: str
    subtitle: str
    sections: tuple[Section, ...]
