"""Writing the page over many results."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from mempress.errors import UsageError
from mempress.report.index import INDEX, index_html, read_results
from mempress.runfiles import write_whole

if TYPE_CHECKING:
    from pathlib import Path


def write_index(directory: Path) -> None:
    """Write ``index.html`` over the results below a directory, and say what it has.

    Raises:
        UsageError: there is none that can be read.
    """
    entries, skipped = read_results(directory)
    for text in skipped:
        click.echo(f"Left out: {text}", err=True)
    if not entries:
        raise UsageError(f"{directory}: no results.json in it or below. Give a directory that holds results.")
    write_whole(directory / INDEX, index_html(entries, directory, skipped).encode())
    click.echo(f"{len(entries)} results in {directory / INDEX}", err=True)
