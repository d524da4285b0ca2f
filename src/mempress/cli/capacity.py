"""``mempress capacity``: the most records under a memory limit, or the least memory for some records."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from mempress.cli.interrupts import until_stopped
from mempress.cli.run import read_options
from mempress.cli.values import CapacityRecords, Percent, Size
from mempress.config import RunConfig
from mempress.errors import UsageError

if TYPE_CHECKING:
    from mempress.model.capacity import Capacity, CapacityProbe, CapacityTrial
    from mempress.runner.capacity import CapacityPlan

_SYSTEM_DIED = 3
_MIB = 1 << 20


@click.command()
@click.argument("system", metavar="SYSTEM")
@click.option("--memory-limit", type=Size(), help="Find the most records under this limit, such as 512MiB.")
@click.option("--records", type=int, help="Find the least memory limit for so many records.")
@click.option("--trials", type=click.IntRange(min=1), default=5, show_default=True, help="Searches for the edge.")
@click.option("--resolution", type=Percent(), default="1%", show_default=True, help="How near it is placed.")
@click.option("--max-records", type=int, default=1_000_000, show_default=True, help="Records to offer at most.")
@click.option("--batch-size", type=int, default=1_000, show_default=True, help="Of one store call, at most.")
@click.option("--queries", type=int, default=50, show_default=True, help="Searches after the last record.")
@click.option("--objective-ms", type=float, help="Search p95 that must be kept. Default: the timeout alone.")
@click.option("--timeout", type=float, default=300.0, show_default=True, help="Seconds that one call may take.")
@click.option("--capacity-records", type=CapacityRecords(), default="none", show_default=True, help="A budget to keep.")
@click.option("--capacity-bytes", type=Size(), help="Such as 64MiB. Default: none.")
@click.option("--workload", default="facts", show_default=True, help="facts, FILE.jsonl or locomo:FILE.")
@click.option("--seed", type=int, default=42, show_default=True)
@click.option("--allow-network", is_flag=True, help="Let it reach beyond this machine. Default: refused, and told.")
@click.option("--embedder", default="hash", show_default=True, help="hash, minilm or package.module:function.")
@click.option("--option", "option", multiple=True, metavar="SYSTEM.KEY=VALUE", help="A system's own option.")
@click.option("--out", type=click.Path(path_type=Path), default=Path("capacity_results"), show_default=True)
@click.option("--json", "as_json", is_flag=True, help="Print capacity.json instead of the table.")
def command(system: str, out: Path, *, as_json: bool, **settings: Any) -> int:
    """Find how much SYSTEM takes: give --memory-limit or --records.

    Each question is a run in a fresh process under the real limit. A run is taken if all records were stored and the
    searches after the last one returned. Capacity is the number of records held in the largest run that was taken.
    """
    plan = _plan(system, out, settings)
    from mempress.runner.capacity import run_capacity

    trials: list[CapacityTrial] = []
    stopped = until_stopped(run_capacity(plan), trials.append)
    if not trials:
        click.echo("No trial was finished: nothing to report.", err=True)
        return stopped
    found = _report(plan, trials)
    click.echo(_as_json(found) if as_json else _as_table(found))
    return stopped or (_SYSTEM_DIED if _died(found) else 0)


def _plan(system: str, out: Path, settings: dict[str, Any]) -> CapacityPlan:
    """Read the options.

    Raises:
        UsageError: one of them cannot be used.
    """
    from mempress.runner.capacity import CapacityPlan

    limit, records, most = (settings.pop(name) for name in ("memory_limit", "records", "max_records"))
    if (limit is None) == (records is None):
        raise UsageError("Give either --memory-limit SIZE (how many records?) or --records N (how little memory?).")
    if records is not None and records < 1:
        raise UsageError(f"--records is {records}: give a number above 0.")
    capacity = settings.pop("capacity_records")
    trials, resolution = settings.pop("trials"), settings.pop("resolution")
    config = RunConfig(
        systems=(system,),
        max_records=most if records is None else records,
        memory_limit_bytes=limit,
        timeout_seconds=settings.pop("timeout"),
        options=read_options(settings.pop("option")),
        capacity_records=None if capacity == "none" else capacity,
        **settings,
    )
    return CapacityPlan(config, "records" if records is None else "memory", trials, resolution, out, _tell)


def _died(found: Capacity) -> bool:
    """Tell whether not even the least was taken because the system died of it, or never started."""
    from mempress.model import DIED

    return found.outcome == "never" and found.trials[-1].probes[-1].status in DIED


def _tell(trial: int, probe: CapacityProbe) -> None:
    """Say on standard error what became of a run."""
    limit = probe.memory_limit_bytes
    under = "without a limit" if limit is None else f"under {limit / _MIB:,.1f} MiB"
    came = "taken" if probe.taken else f"not taken: {probe.why_not}"
    click.echo(f"trial {trial}: {probe.records:,} records {under}: {came} ({probe.duration_s:.1f} s)", err=True)


def _report(plan: CapacityPlan, trials: list[CapacityTrial]) -> Capacity:
    """Put the trials together and write capacity.json and capacity.md."""
    from mempress.report.capacity import capacity_document
    from mempress.report.markdown import markdown_document
    from mempress.runfiles import write_json, write_whole
    from mempress.runner.capacity import conclude

    found = conclude(plan, trials)
    write_json(plan.out / "capacity.json", found)
    write_whole(plan.out / "capacity.md", markdown_document(capacity_document(found)).encode())
    return found


def _as_json(found: Capacity) -> bytes:
    import msgspec

    return msgspec.json.format(msgspec.json.encode(found), indent=2)


def _as_table(found: Capacity) -> str:
    from mempress.report.capacity import capacity_summary
    from mempress.report.terminal import terminal_document

    return terminal_document(capacity_summary(found))
