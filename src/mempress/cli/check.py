"""``mempress check``: does an adapter keep to the protocol?"""

from __future__ import annotations

from functools import partial

import click

from mempress.config import parse_option
from mempress.systems.registry import find_system

_FAILED = 3


@click.command()
@click.argument("system")
@click.option("--option", "option", multiple=True, metavar="SYSTEM.KEY=VALUE", help="A system's own option.")
@click.option("--timeout", type=float, default=30.0, show_default=True, help="Seconds for each call into the adapter.")
def command(system: str, option: tuple[str, ...], timeout: float) -> int:
    """Check the adapter of SYSTEM against the protocol, each property in a process of its own.

    Exit status 3 if a check fails.
    """
    from mempress.testing.conformance import render_report, run_conformance

    reference = find_system(system)
    names = {reference.label, reference.name, system}
    options = {key: value for target, key, value in map(parse_option, option) if target in names}
    report = run_conformance(system, options, timeout_seconds=timeout, say=partial(click.echo, err=True))
    click.echo(render_report(report))
    return 0 if report.passed else _FAILED
