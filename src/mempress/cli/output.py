"""What a command prints and writes of a benchmark's runs."""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from types import MappingProxyType
from typing import TYPE_CHECKING

import click
import msgspec

from mempress.analysis import analyse
from mempress.comparison.result import build_result
from mempress.errors import JournalError
from mempress.model import CommandTime
from mempress.report.terminal import terminal
from mempress.report.write import write_pictures, write_roster, write_texts
from mempress.runfiles import RESULTS, RunFiles, read_head, runs_in, write_json

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from mempress.cli.spending import Spending
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


def report_directory(out: Path, *, as_json: bool, table: Path | None = None) -> None:
    """Write the reports of the benchmark or campaign in a directory anew, and print what each prints.

    Raises:
        JournalError: there is no run in it, or of a campaign no complete one.
    """
    from mempress.campaign.book import is_campaign

    if is_campaign(out):
        from mempress.cli.campaign import report_campaign

        report_campaign(out.resolve(), as_json=as_json)
    elif report_benchmark(out, as_json=as_json, table=table) is None:
        raise JournalError(f"{out}: there is no run in it. Give the directory that `mempress run --out` wrote.")


def report_benchmark(
    out: Path,
    *,
    as_json: bool,
    judged: Mapping[Path, Summary] = MappingProxyType({}),
    spending: Spending | None = None,
    table: Path | None = None,
) -> Result | None:
    """Judge all runs of a benchmark, write its reports, print the table or ``results.json``; None where no run is.

    The figures come first: should a picture fail, they stand. The texts come last, and tell how long all before them
    took the command that ran the benchmark, whose account ``spending`` is. ``table`` is where the overview of
    all systems goes, where it is wanted.
    """
    with _stage(spending, "judging"):
        result = judge_benchmark(out, judged)
    if result is None:
        return None
    kept = _kept_time(out) if spending is None else None
    write_json(out / RESULTS, msgspec.structs.replace(result, time=kept))
    try:
        with _stage(spending, "pictures"):
            pictures = write_pictures(result, out)
    finally:
        result = msgspec.structs.replace(result, time=kept if spending is None else spending.until_now())
        texts = [*write_texts(result, out), *([] if table is None else [write_roster(result, table)])]
    if as_json:
        click.echo(msgspec.json.format((out / RESULTS).read_bytes(), indent=2))
    else:
        click.echo(terminal(result))
        written = [*texts, *pictures]
        click.echo(f"{len(written)} files in {out}: " + ", ".join(path.name for path in written), err=True)
    return result


def _stage(spending: Spending | None, name: str) -> AbstractContextManager[None]:
    return nullcontext() if spending is None else spending.stage(name)


class _Kept(msgspec.Struct):
    """What of an earlier ``results.json`` no journal tells."""

    time: CommandTime | None = None


def _kept_time(out: Path) -> CommandTime | None:
    """Give where the time of the command went that ran the benchmark, as an earlier report has it."""
    try:
        return msgspec.json.decode((out / RESULTS).read_bytes(), type=_Kept).time
    except (OSError, msgspec.DecodeError):
        return None
