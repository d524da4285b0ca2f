"""``mempress soak``: a constant load for as long as asked."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from mempress.cli.run import Wanted, read_options, run
from mempress.cli.values import Duration, Size
from mempress.config import RunConfig
from mempress.soaking import SoakTerms


@click.command()
@click.argument("systems", nargs=-1, required=True, metavar="SYSTEM...")
@click.option(
    "--duration", type=Duration(), required=True, help="Such as 30s, 10m, 8h or 7d; counted from the fill on."
)
@click.option("--live-records", type=int, default=10_000, show_default=True, help="Records held all the time.")
@click.option(
    "--hold",
    type=click.Choice(["auto", "capacity", "delete", "search"]),
    default="auto",
    show_default=True,
    help="How they stay as many. auto: by capacity where it has one, else by delete, else by storing no more.",
)
@click.option(
    "--order", type=click.Choice(["oldest", "random"]), default="oldest", show_default=True, help="What is deleted."
)
@click.option("--batch-size", type=int, default=100, show_default=True, help="Records of one store call.")
@click.option("--queries", type=int, default=10, show_default=True, help="Searches after each.")
@click.option("--pause", type=float, default=0.0, show_default=True, help="Seconds of rest after those.")
@click.option("--memory-limit", type=Size(), help="Kill a system whose memory passes it. Default: a guard alone.")
@click.option("--workload", default="facts", show_default=True, help="facts, FILE.jsonl or locomo:FILE.")
@click.option("--seed", type=int, default=42, show_default=True)
@click.option("--timeout", type=float, default=300.0, show_default=True, help="Seconds that one call may take.")
@click.option("--objective-ms", type=float, help="Search p95 that is still good. Default: 3x the first, at least 20.")
@click.option("--allow-network", is_flag=True, help="Let it reach beyond this machine. Default: refused, and told.")
@click.option("--embedder", default="hash", show_default=True, help="hash, minilm or package.module:function.")
@click.option("--option", "option", multiple=True, metavar="SYSTEM.KEY=VALUE", help="A system's own option.")
@click.option("--out", type=click.Path(path_type=Path), default=Path("soak_results"), show_default=True)
@click.option("--json", "as_json", is_flag=True, help="Print results.json instead of the table.")
def command(systems: tuple[str, ...], out: Path, *, as_json: bool, **settings: Any) -> int:
    """Fill SYSTEMS, one after another, then store, delete and search for as long as asked: does anything leak?

    Judged are memory, disk, search latency and health over time, each with an interval. The journal stays bounded,
    whatever the duration. Ctrl-C ends the soak; what was measured is reported.
    """
    return run(_config(systems, settings), out, Wanted(as_json))


def _config(systems: tuple[str, ...], settings: dict[str, Any]) -> RunConfig:
    terms = SoakTerms(
        duration_seconds=settings.pop("duration"),
        live_records=settings.pop("live_records"),
        hold=settings.pop("hold"),
        order=settings.pop("order"),
        pause_seconds=settings.pop("pause"),
    )
    return RunConfig(
        systems=systems,
        max_records=terms.pool_records,
        maintenance_interval=0,
        capacity_records=terms.live_records if terms.hold in {"auto", "capacity"} else None,
        memory_limit_bytes=settings.pop("memory_limit"),
        timeout_seconds=settings.pop("timeout"),
        options=read_options(settings.pop("option")),
        soak=terms,
        **settings,
    )
