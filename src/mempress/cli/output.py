"""What a command prints and writes of a benchmark's runs."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

import click
import msgspec

from mempress.analysis import analyse
from mempress.report.terminal import terminal
from mempress.report.write import write_reports
from mempress.result import build_result
from mempress.runfiles import RESULTS, RunFiles, read_head, runs_in, write_json

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from mempress.model import Result, Summary


def judge_benchmark(out: Path, judged: Mapping[Path, Summary]) -> Result | None:
    """Judge those runs of a benchmark that are not judged yet and write their summaries; None where there is no run."""
    runs = []
    for directory in runs_in(out):
        if (summary := judged.get(directory)) is None:
            summary = analyse(directory)
            write_json(RunFiles(directory).summary, summary)
        runs.append((read_head(directory), summary))
    return build_result(runs) if runs else None


def report_benchmark(
    out: Path, *, as_json: bool, judged: Mapping[Path, Summary] = MappingProxyType({})
) -> Result | None:
    """Judge all runs of a benchmark, write its reports, and print the table, or ``results.json``."""
    result = judge_benchmark(out, judged)
    if result is None:
        click.echo(f"No run in {out}: nothing to report.", err=True)
        return None
    written = write_reports(result, out)
    if as_json:
        click.echo(msgspec.json.format((out / RESULTS).read_bytes(), indent=2))
    else:
        click.echo(terminal(result))
        click.echo(f"{len(written)} files in {out}: " + ", ".join(path.name for path in written), err=True)
    return result
