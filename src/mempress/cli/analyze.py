"""``mempress analyze``: judge from the journal alone, anew."""

from __future__ import annotations

from pathlib import Path

import click


@click.command()
@click.argument("run", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Print the summary as JSON.")
def command(run: Path, *, as_json: bool) -> int:
    """Judge RUN (a run's directory, or a benchmark's) anew from its journal and write summary.json.

    A journal that breaks off, as a crash leaves it, is judged up to there. Of a benchmark or a campaign the reports are
    written too, as `mempress report` writes them.
    """
    import msgspec

    from mempress.analysis import analyse
    from mempress.cli.output import report_directory
    from mempress.report.terminal import terminal_run
    from mempress.runfiles import RUNS, RunFiles, write_json

    if not RunFiles(run).head.exists() and (run / RUNS).is_dir():
        report_directory(run, as_json=as_json)
        return 0
    summary = analyse(run)
    click.echo(msgspec.json.format(msgspec.json.encode(summary), indent=2) if as_json else terminal_run(summary))
    write_json(RunFiles(run).summary, summary)
    return 0
