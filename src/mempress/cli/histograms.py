"""Exporting times of a benchmark's runs for the tools that read HdrHistogram logs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from mempress.errors import UsageError
from mempress.hdr import DIRECTORY, write_hdr
from mempress.runfiles import runs_in

if TYPE_CHECKING:
    from pathlib import Path


def export(out: Path, *, optional: bool = False) -> None:
    """Write the logs of every run in a benchmark's directory, and say so.

    Raises:
        UsageError: the library is not installed and the logs are not ``optional``; then a line says what is missing.
    """
    try:
        written = [path for directory in runs_in(out) for path in write_hdr(directory)]
    except UsageError as error:
        if not optional:
            raise
        click.echo(str(error), err=True)
        return
    click.echo(f"{len(written)} HdrHistogram logs in {out / 'runs' / '*' / DIRECTORY}", err=True)
