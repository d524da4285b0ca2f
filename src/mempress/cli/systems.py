"""``mempress systems``: what can be run."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from typing import TYPE_CHECKING

import click

from mempress.environments import EnvironmentFailedError, is_ready
from mempress.errors import AdapterError
from mempress.systems.protocol import check_adapter
from mempress.systems.registry import known_systems, load_class

if TYPE_CHECKING:
    from mempress.systems.registry import SystemReference
    from mempress.systems.shipped import Offer, Project


@dataclass(frozen=True, slots=True)
class _Row:
    name: str
    ready: bool
    version: str | None
    capabilities: list[str]
    summary: str | None = None
    missing: str | None = None
    note: str | None = None


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def command(*, as_json: bool) -> int:
    """List the systems that can be run here, what they can do, and what is missing for those that are not ready.

    A system that is not ready because its environment is not built yet is built by its first run.
    """
    rows = [_row(reference) for reference in known_systems()]
    if as_json:
        click.echo(json.dumps([asdict(row) for row in rows], indent=2))
        return 0
    name_width, version_width = (max(len(text) for text in column) for column in zip(*map(_head, rows), strict=True))
    for row in rows:
        name, version = _head(row)
        state = "ready" if row.ready else "missing"
        click.echo(f"{name:<{name_width}}  {version:<{version_width}}  {state:<7}  {row.summary or ''}".rstrip())
        for text in (row.missing, row.note, ", ".join(row.capabilities)):
            if text:
                click.echo(f"{'':{name_width + version_width + 13}}{text}")
    return 0


def _head(row: _Row) -> tuple[str, str]:
    return row.name, row.version or "n/a"


def _row(reference: SystemReference) -> _Row:
    if reference.project is None or reference.offer is None:
        return _foreign_row(reference)
    return _shipped_row(reference, reference.project, reference.offer)


def _shipped_row(reference: SystemReference, project: Project, offer: Offer) -> _Row:
    """Tell what the project's data tells; nothing is imported or built."""
    missing = None
    try:
        if project.installed is not None and find_spec(project.installed) is None:
            missing = f"it is on no package index: it runs where {project.installed} is installed beside mempress"
        elif not is_ready(reference):
            missing = f"its environment is not built: the first run does it, or mempress env prepare {offer.name}"
    except EnvironmentFailedError as error:
        missing = str(error)
    return _Row(
        name=offer.name,
        ready=missing is None,
        version=project.locked_version(offer.package) if project.requirements else _own_version(offer.package),
        capabilities=list(offer.capabilities),
        summary=offer.summary,
        missing=missing,
        note=offer.note,
    )


def _foreign_row(reference: SystemReference) -> _Row:
    """Load someone else's adapter to see whether it can be; what its import raises is what is missing."""
    try:
        cls = load_class(reference.target)
        capabilities = sorted(check_adapter(cls))
    except AdapterError as error:
        return _Row(reference.label, ready=False, version=None, capabilities=[], missing=str(error))
    told = getattr(cls, "version", None)
    known = told if isinstance(told, str) else None
    return _Row(reference.label, ready=True, version=known, capabilities=capabilities)


def _own_version(package: str) -> str | None:
    """Give the version of a package beside mempress, mempress itself among them; None: it is not installed."""
    try:
        return version(package)
    except PackageNotFoundError:
        return None
