"""``mempress run``: the main job."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from mempress.cli.interrupts import until_stopped
from mempress.cli.settings_file import take_settings
from mempress.cli.values import CapacityRecords, Size
from mempress.config import DEFAULT_SYSTEMS, RunConfig, parse_option
from mempress.traffic import make_traffic

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mempress.expressions import Expression
    from mempress.model import Result, Summary

_SYSTEM_DIED = 3
_CONDITION_HOLDS = 4


@click.command()
@click.argument("systems", nargs=-1, metavar="[SYSTEM]...")
@click.option("--max-records", type=int, default=20_000, show_default=True, help="Records to offer at most.")
@click.option("--batch-size", type=int, default=1_000, show_default=True, help="Records of one store call.")
@click.option("--queries", type=int, default=50, show_default=True, help="Searches at each checkpoint.")
@click.option("--maintenance-interval", type=int, default=5_000, show_default=True, help="Records; 0: never.")
@click.option("--capacity-records", type=CapacityRecords(), help="Default: half of --max-records; 'none': no capacity.")
@click.option("--capacity-bytes", type=Size(), help="Such as 64MiB. Default: none.")
@click.option("--memory-limit", type=Size(), help="Kill a system whose memory passes it. Default: a guard alone.")
@click.option("--workload", default="facts", show_default=True, help="facts, FILE.jsonl or locomo:FILE.")
@click.option("--seed", type=int, default=42, show_default=True)
@click.option("--repeats", type=int, default=1, show_default=True, help="Runs of each system, in fresh processes.")
@click.option("--rate", type=float, help="Offer single operations, so many a second (open loop), not whole batches.")
@click.option("--arrival", type=click.Choice(["poisson", "constant"]), help="How --rate spaces them. Default: poisson.")
@click.option("--mix", metavar="KIND=WEIGHT,...", help="Of store, search, update, delete. Default: store=50,search=50.")
@click.option("--clients", type=int, help="Threads that offer them, where a system declares threads. Default: 1.")
@click.option("--timeout", type=float, default=300.0, show_default=True, help="Seconds that one call may take.")
@click.option("--time-limit", type=float, metavar="SECONDS", help="Store no more once a run has lasted so long.")
@click.option("--objective-ms", type=float, help="Search p95 that is still good. Default: 3x the first, at least 20.")
@click.option("--continue-after-saturation", is_flag=True, help="Go on to the limit.")
@click.option(
    "--fault", "faults", multiple=True, metavar="NAME@PHASE:SHARE", help="Break it on purpose, e.g. kill@load:0.5."
)
@click.option(
    "--allow-network", is_flag=True, help="Let systems reach beyond this machine. Default: refused, and told."
)
@click.option("--embedder", default="hash", show_default=True, help="hash, minilm or package.module:function.")
@click.option("--option", "option", multiple=True, metavar="SYSTEM.KEY=VALUE", help="A system's own option.")
@click.option(
    "--config",
    "config_file",
    type=click.Path(path_type=Path),
    is_eager=True,
    callback=take_settings,
    help="A TOML file of these options.",
)
@click.option("--all", "every", is_flag=True, help="Every system that ships with mempress, beside those named.")
@click.option("--out", type=click.Path(path_type=Path), default=Path("benchmark_results"), show_default=True)
@click.option("--resume", is_flag=True, help="Go on with a benchmark in --out that was broken off.")
@click.option(
    "--fail-if", "fail_if", multiple=True, metavar="EXPR", help='Exit with 4 if it holds, e.g. "agno.disk_mb > 50".'
)
@click.option("--table", type=click.Path(path_type=Path, dir_okay=False), help="Write one row for each system there.")
@click.option("--json", "as_json", is_flag=True, help="Print results.json instead of the table.")
def command(
    systems: tuple[str, ...], out: Path, fail_if: tuple[str, ...], *, resume: bool, as_json: bool, **settings: Any
) -> int:
    """Put SYSTEMs under pressure (default: neuroca agno) and report them side by side.

    A SYSTEM is a name from `mempress systems`, package.module:Class or path/to/file.py:Class. Results of an earlier
    run in the same directory are replaced; with --resume the runs that came to their end stand, and the rest is run.
    """
    settings.pop("config_file")
    every, table = settings.pop("every"), settings.pop("table")
    config = make_config(with_all(systems) if every else systems, settings)
    conditions: list[Expression] = []
    if fail_if:
        from mempress.cli.conditions import read_conditions

        conditions = read_conditions(fail_if, config)
    return run(config, out, Wanted(as_json, conditions, table), resume=resume)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is made of a result beside its reports: JSON on stdout, an exit status, an overview in a file."""

    as_json: bool = False
    conditions: Sequence[Expression] = ()
    table: Path | None = None


def with_all(systems: tuple[str, ...]) -> tuple[str, ...]:
    """Give every system that ships, but controls of the harness, beside those named."""
    from mempress.systems.registry import shipped_systems

    shipped = (name for name, (_, offer) in shipped_systems().items() if not offer.control)
    return tuple(dict.fromkeys([*shipped, *systems]))


def make_config(systems: tuple[str, ...], settings: dict[str, Any]) -> RunConfig:
    """Give the configuration that the options ask for.

    Raises:
        UsageError: one of them cannot be used.
    """
    capacity = settings.pop("capacity_records")
    if capacity is None:
        capacity = max(1, settings["max_records"] // 2)
    return RunConfig(
        systems=systems or DEFAULT_SYSTEMS,
        capacity_records=None if capacity == "none" else capacity,
        memory_limit_bytes=settings.pop("memory_limit"),
        timeout_seconds=settings.pop("timeout"),
        time_limit_seconds=settings.pop("time_limit"),
        options=read_options(settings.pop("option")),
        traffic=make_traffic(*(settings.pop(name) for name in ("rate", "arrival", "mix", "clients"))),
        **settings,
    )


def read_options(given: Sequence[str]) -> dict[str, dict[str, Any]]:
    """Give the options of each system from texts such as ``SYSTEM.KEY=VALUE``; of two for one key the last counts.

    Raises:
        UsageError: one of them has another form.
    """
    options: dict[str, dict[str, Any]] = {}
    for system, key, value in map(parse_option, given):
        options.setdefault(system, {})[key] = value
    return options


def run(config: RunConfig, out: Path, wanted: Wanted, *, resume: bool = False) -> int:
    """Run a benchmark, write its reports, print its table; gives the exit status.

    A condition that holds outweighs a system that died: it is what was asked for.
    An interrupt ends the run under way; the reports are written all the same, of what was measured until then.
    """
    from mempress.cli.progress import watch
    from mempress.cli.spending import Spending
    from mempress.model import died
    from mempress.runfiles import RunFiles, write_json
    from mempress.runner.benchmark import run_benchmark

    judged: dict[Path, Summary] = {}
    spending = Spending()

    def judge(directory: Path) -> None:
        from mempress.analysis import analyse  # loaded once there is a run to judge: the first record comes sooner

        with spending.stage("judging"):
            judged[directory] = analyse(directory)
            write_json(RunFiles(directory).summary, judged[directory])

    with watch(spending) as listener:
        stopped = until_stopped(run_benchmark(config, out, listener, resume=resume), judge)
    from mempress.cli.output import report_benchmark  # what writes reports is loaded once there is something to report

    result: Result | None = report_benchmark(
        out.resolve(), as_json=wanted.as_json, judged=judged, spending=spending, table=wanted.table
    )
    if config.traffic is not None and result is not None:
        from mempress.cli.histograms import export

        export(out.resolve(), optional=True)
    if result is None:
        click.echo(f"No run in {out}: nothing to report.", err=True)
    if stopped:
        return stopped
    if result is None:
        return 0
    if wanted.conditions:
        from mempress.cli.conditions import any_holds

        if any_holds(wanted.conditions, result):
            return _CONDITION_HOLDS
    return _SYSTEM_DIED if any(map(died, result.systems.values())) else 0
