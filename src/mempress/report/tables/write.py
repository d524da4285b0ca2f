"""Writes the tables of a run, each file whole or not at all."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mempress.report.tables.as_csv import write_csv
from mempress.report.tables.as_parquet import write_parquet
from mempress.report.tables.operations import operations_table
from mempress.report.tables.samples import samples_table

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from mempress.model import Summary
    from mempress.report.tables.columns import Table, Writer

DIRECTORY = "tables"
FORMATS: Mapping[str, Writer] = {"csv": write_csv, "parquet": write_parquet}


def write_tables(directory: Path, summary: Summary, formats: Sequence[str]) -> list[Path]:
    """Write the samples and operations of a run into ``tables/`` in its directory; gives the files.

    Raises:
        UsageError: the library of a format is not installed.
        JournalError: the run's head or journal cannot be read.
    """
    written = []
    for name in formats:
        for table in (samples_table(summary), operations_table(directory)):
            path = directory / DIRECTORY / f"{table.name}.{name}"
            _write_whole(table, path, FORMATS[name])
            written.append(path)
    return written


def _write_whole(table: Table, path: Path, write: Writer) -> None:
    path.parent.mkdir(exist_ok=True)
    draft = path.with_name(f".{path.name}.draft")
    try:
        write(table, draft)
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)
