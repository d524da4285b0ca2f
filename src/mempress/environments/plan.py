"""What an environment will be made of: which Python, which packages at which versions, and hence where it lies."""

from __future__ import annotations

import re
import subprocess
import sys
import sysconfig
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from mempress.environments.uv import run_uv
from mempress.systems.shipped import canonical

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from mempress.environments.cache import Cache
    from mempress.systems.registry import SystemReference
    from mempress.systems.shipped import Project

_REQUIREMENT = re.compile(r"(?P<name>[A-Za-z0-9._-]+)\s*(?P<extras>\[[^]]*\])?[^;]*(?P<marker>;.*)?")
_TELL = (
    "import platform, sys, sysconfig\n"
    "print(sys.base_prefix, platform.python_version(), sysconfig.get_platform(), sep='\\n')"
)


@dataclass(frozen=True, slots=True)
class Base:
    """The Python on which an environment is built."""

    executable: str
    prefix: str
    version: str
    platform: str


@dataclass(frozen=True, slots=True)
class Plan:
    """An environment that is there or can be built."""

    place: Path
    base: Base
    lock: str
    """Its packages with hashes, as pip takes them."""


def plan(reference: SystemReference, project: Project, cache: Cache, say: Callable[[str], None]) -> Plan:
    """Plan a system's environment; the packages of a version that is not the locked one are resolved once, and kept.

    Raises:
        EnvironmentFailedError: no Python here fits, or uv cannot resolve what the system requires.
    """
    base = _base(project, cache, say)
    path = _lock_path(reference, project, base, cache)
    if not path.is_file():
        say("resolving what it requires")
        _resolve_kept(_requirements(reference, project), path, base, say)
    return _plan(project, base, path, cache)


def known_plan(reference: SystemReference, project: Project, cache: Cache) -> Plan | None:
    """Plan a system's environment without resolving anything; None where that would be needed.

    Raises:
        EnvironmentFailedError: no Python here fits.
    """
    base = _base(project, cache, lambda _: None)
    path = _lock_path(reference, project, base, cache)
    return _plan(project, base, path, cache) if path.is_file() else None


def resolve(wanted: Path, lock: Path, arguments: Sequence[str], say: Callable[[str], None]) -> None:
    """Resolve a file of requirements to one of pins with hashes, which names no index.

    Raises:
        EnvironmentFailedError: there is no solution, or no network.
    """
    form = ["--generate-hashes", "--no-emit-index-url", "--no-header", "--no-annotate", "--quiet"]
    run_uv(
        ["pip", "compile", str(wanted.absolute()), "-o", str(lock.absolute()), *form, *arguments],
        cwd=wanted.parent,
        say=say,
    )


def _plan(project: Project, base: Base, path: Path, cache: Cache) -> Plan:
    lock = path.read_text("utf-8")
    return Plan(cache.environment(project.name, lock, base.prefix, base.version, base.platform), base, lock)


def _base(project: Project, cache: Cache, say: Callable[[str], None]) -> Base:
    """Give the Python that runs mempress, or where the project asks for another, the one that uv finds."""
    if project.python is None:
        version = ".".join(map(str, sys.version_info[:3]))
        return Base(sys.executable, sys.base_prefix, version, sysconfig.get_platform())
    found = run_uv(["python", "find", "--no-project", project.python], cwd=cache.root, say=say).strip()
    told = subprocess.run([found, "-c", _TELL], capture_output=True, text=True, check=True)  # noqa: S603 - uv found it
    return Base(found, *told.stdout.splitlines())


def _lock_path(reference: SystemReference, project: Project, base: Base, cache: Cache) -> Path:
    """Give where the lock of the version lies, or will lie once it is resolved."""
    assert reference.offer is not None  # noqa: S101 - a project's system has its offer
    if reference.version in (None, project.locked_version(reference.offer.package)):
        return project.lock
    return cache.resolved(project.name, *_requirements(reference, project), base.version, base.platform)


def _resolve_kept(requirements: Sequence[str], path: Path, base: Base, say: Callable[[str], None]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".resolving-", dir=path.parent) as scratch:
        wanted, draft = Path(scratch) / "requirements.in", Path(scratch) / "draft.lock"
        wanted.write_text("\n".join(requirements) + "\n", "utf-8")
        resolve(wanted, draft, ["--python", base.executable], say)
        draft.replace(path)


def _requirements(reference: SystemReference, project: Project) -> list[str]:
    """Give the project's requirements with the one of the system's package at the version asked for."""
    assert reference.offer is not None  # noqa: S101 - as above
    package = canonical(reference.offer.package)
    return [_at_version(text, package, reference.version) for text in project.requirements]


def _at_version(requirement: str, package: str, version: str | None) -> str:
    match = _REQUIREMENT.fullmatch(requirement)
    if match is None or canonical(match["name"]) != package:
        return requirement
    return f"{match['name']}{match['extras'] or ''}=={version}{match['marker'] or ''}"
