"""Tables as CSV (RFC 4180, UTF-8), safe to open in a spreadsheet.

A figure stands as in ``results.json``, unrounded; a flag is true or false; what was not measured is empty. A text is
plain, and one that a spreadsheet would take for a formula begins with an apostrophe.
"""

from __future__ import annotations

import csv
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from mempress.format import TEXT_LIMIT, plain

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from mempress.report.tables.columns import Kind, Table

_FORMULA = ("=", "+", "-", "@", "\uff1d", "\uff0b", "\uff0d", "\uff20")
"""How a formula begins, in full width too, which some spreadsheets take for the same; ``plain`` leaves no tab."""


def write_csv(table: Table, path: Path) -> None:
    """Write a table."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow([cell(column.name) for column in table.columns])
        for chunk in table.chunks:
            writer.writerows(zip(*(_cells(chunk[column.name], column.kind) for column in table.columns), strict=True))


@lru_cache(maxsize=1_024)
def cell(text: str) -> str:
    """Give a text that no spreadsheet takes for a formula."""
    shown = plain(text, TEXT_LIMIT)
    return f"'{shown}" if shown.startswith(_FORMULA) else shown


def _cells(values: Sequence[Any], kind: Kind) -> Iterable[Any]:
    match kind:
        case "text":
            return ["" if value is None else cell(value) for value in values]
        case "flag":
            return ["" if value is None else "true" if value else "false" for value in values]
    return values
