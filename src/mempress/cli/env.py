"""``mempress env``: the machine, and how things are measured on it."""

from __future__ import annotations

import json

import click


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def command(*, as_json: bool) -> int:
    """Show what a report would say of this machine."""
    from mempress.runner.environment import describe_machine, memory_limit, read_noise

    machine = describe_machine() | {"memory_limit": memory_limit(None)[1], "load_1m": read_noise().load_1m}
    if as_json:
        click.echo(json.dumps(machine, indent=2))
        return 0
    for name, value in machine.items():
        shown = ", ".join(f"{key}={item}" for key, item in value.items()) if isinstance(value, dict) else value
        click.echo(f"{name.replace('_', ' ')}: {'n/a' if shown is None else shown}")
    return 0
