"""``mempress report``: write the reports anew."""

from __future__ import annotations

from pathlib import Path

import click


@click.command()
@click.argument("out", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Print results.json instead of the table.")
@click.option("--table", type=click.Path(path_type=Path, dir_okay=False), help="Write one row for each system there.")
@click.option("--csv", is_flag=True, help="Write samples and operations as CSV, into OUT/runs/RUN/tables/.")
@click.option("--parquet", is_flag=True, help="The same as Parquet.")
@click.option("--hdr", is_flag=True, help="Write the times as HdrHistogram logs too, into OUT/runs/RUN/hdr/.")
@click.option("--index", is_flag=True, help="Write OUT/index.html over all results below OUT, and nothing else.")
def command(out: Path, table: Path | None, *, as_json: bool, index: bool, **exports: bool) -> int:
    """Write the reports of the benchmark or campaign in OUT anew from its journals.

    With --index OUT is a directory with many results, at any depth: a page with a table and the trends over all of them
    is written there; their reports stay as they are.
    """
    if index:
        from mempress.cli.index import write_index

        write_index(out)
        return 0
    from mempress.cli.output import report_directory

    report_directory(out, as_json=as_json, table=table)
    if exports.pop("hdr"):
        from mempress.cli.histograms import export

        export(out)
    if any(exports.values()):
        from mempress.cli.tables import export_tables

        export_tables(out, [name for name, asked in exports.items() if asked])
    return 0
