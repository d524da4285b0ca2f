"""Exporting samples and operations of a benchmark's runs for other programs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click
import msgspec

from mempress.model import Summary
from mempress.report.tables import write_tables
from mempress.runfiles import RunFiles, runs_in

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path


def export_tables(out: Path, formats: Sequence[str]) -> None:
    """Write the tables of every run in a benchmark's directory, whose summaries are written, and say so.

    Raises:
        UsageError: the library of a format is not installed.
    """
    for directory in runs_in(out):
        summary = msgspec.json.decode(RunFiles(directory).summary.read_bytes(), type=Summary)
        for path in write_tables(directory, summary, formats):
            click.echo(f"{path.stat().st_size:,} bytes in {path}", err=True)
