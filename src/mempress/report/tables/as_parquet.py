"""Tables as Parquet, by pyarrow: columns of one type each, null where nothing was measured, texts as they are."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING, Any

from mempress.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from mempress.report.tables.columns import Chunk, Table

_ROWS = 100_000
"""Of a row group, about."""


def write_parquet(table: Table, path: Path) -> None:
    """Write a table.

    Raises:
        UsageError: pyarrow is not installed.
    """
    arrow, parquet = _libraries()
    types = {
        "text": arrow.dictionary(arrow.int32(), arrow.string()),
        "whole": arrow.int64(),
        "figure": arrow.float64(),
        "flag": arrow.bool_(),
    }
    schema = arrow.schema([(column.name, types[column.kind]) for column in table.columns])
    with parquet.ParquetWriter(path, schema, compression="zstd") as writer:
        for chunks in _groups(table.chunks):
            writer.write_table(
                arrow.table(
                    {
                        field.name: arrow.array(
                            list(chain.from_iterable(chunk[field.name] for chunk in chunks)), type=field.type
                        )
                        for field in schema
                    },
                    schema=schema,
                )
            )


def _groups(chunks: Iterable[Chunk]) -> Iterator[list[Chunk]]:
    """Join chunks to groups of about as many rows as a row group should have."""
    group: list[Chunk] = []
    rows = 0
    for chunk in chunks:
        group.append(chunk)
        rows += len(next(iter(chunk.values())))
        if rows >= _ROWS:
            yield group
            group, rows = [], 0
    if group:
        yield group


def _libraries() -> tuple[Any, Any]:
    try:
        import pyarrow  # type: ignore[import-untyped]  # it has no types  # noqa: PLC0415 - an extra
        import pyarrow.parquet  # type: ignore[import-untyped]  # as above  # noqa: PLC0415 - as above
    except ImportError:
        raise UsageError("Parquet files need pyarrow: pip install 'mempress[parquet]'; --csv needs nothing.") from None
    return pyarrow, pyarrow.parquet
