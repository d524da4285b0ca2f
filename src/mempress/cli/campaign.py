"""``mempress campaign``: a matrix of runs from one file, here or on a cluster."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import click

from mempress.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from mempress.campaign.book import Plan
    from mempress.campaign.executors.base import Executor
    from mempress.campaign.matrix import Matrix
    from mempress.campaign.merge import CampaignResult

_SYSTEM_DIED = 3
_HARNESS_FAILED = 1


@click.command()
@click.argument("file", type=click.Path(path_type=Path), metavar="FILE.toml")
@click.option("--out", type=click.Path(path_type=Path), default=Path("campaign_results"), show_default=True)
@click.option("--dry-run", is_flag=True, help="Print the plan, and what it will take; start nothing.")
@click.option("--resume", is_flag=True, help="Go on with the campaign in --out: what was measured stands.")
@click.option("--executor", type=click.Choice(["local", "ray"]), default="local", show_default=True)
@click.option("--parallel", type=int, help="local: so many runs beside each other, bound to cores of their own.")
@click.option("--address", metavar="HOST:PORT", help="ray: the cluster's head.")
@click.option(
    "--like",
    multiple=True,
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Results by which to estimate, besides those in --out. May be given several times.",
)
@click.option("--json", "as_json", is_flag=True, help="Print results.json (with --dry-run: the plan) instead of text.")
def command(  # noqa: PLR0913 - one parameter for each option
    file: Path,
    out: Path,
    *,
    dry_run: bool,
    resume: bool,
    executor: str,
    parallel: int | None,
    address: str | None,
    like: tuple[Path, ...],
    as_json: bool,
) -> int:
    """Measure all runs that FILE.toml asks for, in a random order, and merge their results.

    See docs/campaigns.md for the file. Each run is an ordinary run in OUT/runs. One that died is tried once more; what
    was measured outlives Ctrl-C, kill -9 and lost nodes, and --resume goes on from there.
    """
    _check(executor, parallel, address)
    from mempress.campaign.book import Book
    from mempress.campaign.file import read_campaign
    from mempress.cli.campaigning import CampaignProgress
    from mempress.cli.interrupts import until_stopped

    matrix = read_campaign(file)
    plan = _plan(matrix)
    if dry_run:
        _tell_plan(matrix, plan, [out, *like], parallel or 1, as_json=as_json)
        return 0
    book = Book(out.resolve())

    def work() -> Iterator[None]:
        from mempress.campaign.conduct import conduct

        conduct(book, plan, lambda: _executor(executor, plan, parallel, address), CampaignProgress(), resume=resume)
        yield

    with book.held():
        stopped = until_stopped(work(), lambda _: None)
        return stopped or _report(book.out, as_json=as_json)


def _check(executor: str, parallel: int | None, address: str | None) -> None:
    if executor == "ray" and not address:
        raise UsageError("--executor ray needs --address HOST:PORT, that of the cluster's head.")
    if executor == "local" and address:
        raise UsageError("--address names a Ray cluster: add --executor ray, or leave it out.")
    if executor == "ray" and parallel is not None:
        raise UsageError("--parallel is for --executor local: a Ray node measures one run at a time.")


def _plan(matrix: Matrix) -> Plan:
    from mempress.campaign.book import Plan

    told = {**matrix.axes, "repeats": matrix.repeats, "exclusions": list(matrix.exclusions)}
    return Plan(name=matrix.name, seed=matrix.seed, matrix=told, runs=matrix.runs())


def _tell_plan(matrix: Matrix, plan: Plan, known: Sequence[Path], slots: int, *, as_json: bool) -> None:
    """Print what would be run, in which order, and what it will take."""
    import msgspec

    from mempress.campaign.book import masked_plan
    from mempress.campaign.estimate import estimate, recorded_in, words
    from mempress.campaign.matrix import words as matrix_words

    found = estimate(plan.runs, recorded_in(known))
    if as_json:
        told = {"plan": masked_plan(plan), "estimate": found}
        click.echo(msgspec.json.format(msgspec.json.encode(told), indent=2))
        return
    click.echo(f"{plan.name}: {matrix_words(matrix)}, {len(plan.runs):,} runs in this order (seed {plan.seed}):")
    for number, run in enumerate(plan.runs, start=1):
        click.echo(f"{number:>6}  {run.run}" + (f"  ({run.condition})" if run.condition else ""))
    for line in words(found, slots):
        click.echo(line)


def _executor(name: str, plan: Plan, parallel: int | None, address: str | None) -> Executor:
    if name == "ray" and address is not None:
        from mempress.campaign.executors.ray import RayExecutor

        return RayExecutor(address)
    from mempress.campaign.executors.local import LocalExecutor

    executor = LocalExecutor(parallel)
    _prepare({run.system for run in plan.runs})
    return executor


def _prepare(systems: set[str]) -> None:
    """Build the environments that are missing, before anything is measured beside it; a run tells of what failed."""
    from mempress.environments import EnvironmentFailedError, prepare
    from mempress.systems.registry import find_system

    for system in sorted(systems):
        with suppress(EnvironmentFailedError):
            prepare(find_system(system), lambda text: click.echo(text, err=True))


def _report(out: Path, *, as_json: bool) -> int:
    """Merge, write the pages, print; gives the exit status."""
    result = report_campaign(out, as_json=as_json)
    from mempress.model import DIED

    if result.campaign.missing:
        return _HARNESS_FAILED
    died = any(DIED & group.statuses.keys() for group in result.campaign.groups.values())
    return _SYSTEM_DIED if died else 0


def report_campaign(out: Path, *, as_json: bool) -> CampaignResult:
    """Merge a campaign's runs, write its results, pages and the index of its conditions anew, and print them."""
    from mempress.campaign.book import CONDITIONS
    from mempress.campaign.merge import merge
    from mempress.campaign.page import overview, write_pages
    from mempress.cli.index import write_index
    from mempress.report.terminal import terminal_document
    from mempress.runfiles import RESULTS

    result = merge(out)
    pages = write_pages(result, out)
    if result.campaign.conditions:
        write_index(out / CONDITIONS)
    if as_json:
        click.echo((out / RESULTS).read_text("utf-8"), nl=False)
    else:
        click.echo(terminal_document(overview(result)), nl=False)
        told = ", ".join(path.name for path in pages)
        click.echo(f"{RESULTS}, {told} and {len(result.campaign.conditions)} results in {out}", err=True)
    return result
