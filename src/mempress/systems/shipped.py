"""The systems that ship with mempress, as each project's folder tells of them; nothing of theirs is imported.

A project is a folder beside this file with a ``system.toml``; ``docs/write-an-adapter.md`` gives its keys. What it
requires stands there, resolved to hashes in its ``requirements.lock``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mempress.errors import AdapterError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mempress.systems.protocol import JSON

FOLDER = Path(__file__).parent
DESCRIPTION = "system.toml"
LOCK = "requirements.lock"
_PROJECT_KEYS = frozenset({"package", "heavy", "installed", "requirements", "python", "variables", "systems"})
_SYSTEM_KEYS = frozenset({"class", "summary", "capabilities", "options", "package", "note", "control"})
_PIN = re.compile(r"^(?P<name>[A-Za-z0-9._-]+)==(?P<version>[^\s;\\]+)", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Offer:
    """One system that a project offers."""

    name: str
    target: str
    """The adapter's class, ``package.module:Class``."""
    summary: str
    capabilities: tuple[str, ...]
    """What an instance with these options declares."""
    options: Mapping[str, JSON]
    """What is handed to the adapter where the user gives no other value."""
    package: str
    """The distribution whose version is the system's."""
    note: str | None
    """What a user should know before running it."""
    control: bool
    """Whether it is there to test the harness with: ``--all`` leaves it out."""


@dataclass(frozen=True, slots=True)
class Project:
    """A folder of adapters and what they need to run."""

    name: str
    package: str
    """The distribution that it is about."""
    directory: Path
    requirements: tuple[str, ...]
    """As pip takes them; none: its systems run in the interpreter of mempress itself."""
    python: str | None
    """Which Pythons it runs on, such as ``>=3.12``; None: any that runs mempress."""
    variables: Mapping[str, str]
    """Environment variables of its workers."""
    heavy: bool
    """Whether its environment takes over about 1 GB."""
    offers: tuple[Offer, ...]
    installed: str | None = None
    """A package that a user has to install beside mempress himself, since no index has it; None: none."""

    @property
    def lock(self) -> Path:
        """The file of its resolved requirements."""
        return self.directory / LOCK

    def locked_version(self, package: str) -> str | None:
        """Give the version of a distribution in the lock; None where it has none."""
        wanted = canonical(package)
        pins = _PIN.finditer(self.lock.read_text("utf-8")) if self.requirements else ()
        return next((pin["version"] for pin in pins if canonical(pin["name"]) == wanted), None)


def shipped_projects(folder: Path = FOLDER) -> list[Project]:
    """Read every project's description, sorted by name.

    Raises:
        AdapterError: a description is not as it must be; names the file.
    """
    return [read_project(path) for path in sorted(folder.glob(f"*/{DESCRIPTION}"))]


def read_project(path: Path) -> Project:
    """Read one description; see ``shipped_projects``."""
    import tomllib  # noqa: PLC0415 - a worker imports this module and reads none

    try:
        data = tomllib.loads(path.read_text("utf-8"))
        _require_known(data, _PROJECT_KEYS)
        return Project(
            name=path.parent.name,
            package=data["package"],
            directory=path.parent,
            requirements=tuple(data["requirements"]),
            python=data.get("python"),
            variables=data.get("variables", {}),
            heavy=data.get("heavy", False),
            offers=tuple(_offer(name, told, data["package"]) for name, told in data["systems"].items()),
            installed=data.get("installed"),
        )
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, KeyError, ValueError, TypeError, AttributeError) as error:
        raise AdapterError(f"{path}: {type(error).__name__}: {error}. See docs/write-an-adapter.md.") from error


def canonical(package: str) -> str:
    """Give a distribution's name in the form in which two spellings of it are equal (PEP 503)."""
    return re.sub(r"[-_.]+", "-", package).lower()


def _offer(name: str, told: Mapping[str, Any], package: str) -> Offer:
    _require_known(told, _SYSTEM_KEYS)
    return Offer(
        name=name,
        target=told["class"],
        summary=told["summary"],
        capabilities=tuple(sorted(told["capabilities"])),
        options=told.get("options", {}),
        package=told.get("package", package),
        note=told.get("note"),
        control=told.get("control", False),
    )


def _require_known(given: Mapping[str, Any], known: frozenset[str]) -> None:
    if unknown := sorted(set(given) - known):
        raise ValueError(f"unknown keys {', '.join(unknown)}; known are {', '.join(sorted(known))}")
