"""``mempress env``: the machine, and the environments of systems."""

from __future__ import annotations

import json
from functools import partial

import click

from mempress.errors import UsageError


@click.group(invoke_without_command=True)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_context
def command(ctx: click.Context, *, as_json: bool) -> int:
    """Show what a report would say of this machine; or, with a command, prepare it."""
    if ctx.invoked_subcommand is not None:
        return 0
    from mempress.runner.environment import describe_machine, memory_limit, read_noise

    machine = describe_machine() | {"memory_limit": memory_limit(None)[1], "load_1m": read_noise().load_1m}
    if as_json:
        click.echo(json.dumps(machine, indent=2))
        return 0
    for name, value in machine.items():
        shown = ", ".join(f"{key}={item}" for key, item in value.items()) if isinstance(value, dict) else value
        click.echo(f"{name.replace('_', ' ')}: {'n/a' if shown is None else shown}")
    return 0


@command.command("prepare")
@click.argument("systems", nargs=-1, metavar="[SYSTEM]...")
@click.option("--all", "every", is_flag=True, help="All systems that ship with mempress.")
def prepare_command(systems: tuple[str, ...], *, every: bool) -> int:
    """Build the environments of SYSTEMs, so that a run needs no network.

    They lie in MEMPRESS_CACHE, or in the user's cache directory. Exit status 3 if one cannot be built.
    """
    from mempress.environments import EnvironmentFailedError, prepare
    from mempress.systems.registry import find_system, known_systems

    references = known_systems() if every else [find_system(spec) for spec in systems]
    if not references:
        raise UsageError("No system is named: name those to prepare, or give --all.")
    status = 0
    for reference in references:
        try:
            interpreter = prepare(reference, partial(click.echo, err=True))
        except EnvironmentFailedError as error:
            click.echo(f"{reference.label}: {error}")
            status = error.exit_status
        else:
            click.echo(f"{reference.label}: ready, {interpreter.executable}")
    return status
