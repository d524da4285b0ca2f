"""``mempress report``: write the reports anew."""

from __future__ import annotations

from pathlib import Path

import click

from mempress.errors import JournalError


@click.command()
@click.argument("out", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Print results.json instead of the table.")
@click.option("--table", type=click.Path(path_type=Path, dir_okay=False), help="Write one row for each system there.")
@click.option("--hdr", is_flag=True, help="Write the times as HdrHistogram logs too, into OUT/runs/RUN/hdr/.")
def command(out: Path, table: Path | None, *, as_json: bool, hdr: bool) -> int:
    """Write the reports of the benchmark or campaign in OUT anew from its journals."""
    from mempress.campaign.book import is_campaign
    from mempress.cli.output import report_benchmark

    if is_campaign(out):
        from mempress.cli.campaign import report_campaign

        report_campaign(out.resolve(), as_json=as_json)
    elif report_benchmark(out, as_json=as_json, table=table) is None:
        raise JournalError(f"{out}: there is no run in it. Give the directory that `mempress run --out` wrote.")
    if hdr:
        from mempress.cli.histograms import export

        export(out)
    return 0
