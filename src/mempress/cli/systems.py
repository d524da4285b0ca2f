"""``mempress systems``: what can be run."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass

import click

from mempress.errors import AdapterError
from mempress.systems.protocol import check_adapter
from mempress.systems.registry import installed_systems, load_system


@dataclass(frozen=True, slots=True)
class _Row:
    name: str
    ready: bool
    version: str | None
    capabilities: list[str]
    missing: str | None = None


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def command(*, as_json: bool) -> int:
    """List the systems that are installed here, what they can do, and what is missing for those that cannot run."""
    rows = [_row(name) for name in installed_systems()]
    if as_json:
        click.echo(json.dumps([asdict(row) for row in rows], indent=2))
        return 0
    width = max((len(row.name) for row in rows), default=0)
    for row in rows:
        state = f"missing  {row.missing}" if row.missing else f"ready    {', '.join(row.capabilities) or 'no options'}"
        click.echo(f"{row.name:<{width}}  {state}")
    return 0


def _row(name: str) -> _Row:
    """Load an adapter to see whether it can; what its import raises is what is missing."""
    try:
        cls = load_system(name)
        capabilities = sorted(check_adapter(cls))  # type: ignore[arg-type]  # load_system gives a class
    except AdapterError as error:
        return _Row(name, ready=False, version=None, capabilities=[], missing=str(error))
    version = getattr(cls, "version", None)
    return _Row(name, ready=True, version=version if isinstance(version, str) else None, capabilities=capabilities)
