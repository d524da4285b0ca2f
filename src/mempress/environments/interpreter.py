"""Which Python runs a worker."""

from __future__ import annotations

import platform
import sys
from dataclasses import dataclass, field
from hashlib import sha256
from importlib.metadata import distributions
from typing import TYPE_CHECKING

from mempress.systems.shipped import canonical

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

_OF_ANOTHER_PYTHON = frozenset({"PYTHONHOME", "PYTHONPATH", "PYTHONSTARTUP", "VIRTUAL_ENV", "__PYVENV_LAUNCHER__"})


@dataclass(frozen=True, slots=True)
class Interpreter:
    """A Python and what it is started with."""

    executable: str
    python: str
    """Its version."""
    path: tuple[str, ...]
    """Where it finds what is installed."""
    flags: tuple[str, ...] = ()
    variables: Mapping[str, str] = field(default_factory=dict)
    """Set in its environment, beside what every worker gets."""
    lock: Path | None = None
    """The resolved requirements of an environment of its own; None: the interpreter of mempress."""

    def packages(self) -> dict[str, str]:
        """Give the distributions that it finds, the first of each name, with their versions, sorted."""
        found: dict[str, str] = {}
        for distribution in distributions(path=list(self.path)):
            if (name := distribution.metadata["Name"]) is not None:
                found.setdefault(canonical(name), distribution.version)
        return dict(sorted(found.items()))

    def lock_sha256(self) -> str | None:
        """Give the checksum of its lock, where it has one."""
        return None if self.lock is None else sha256(self.lock.read_bytes()).hexdigest()

    def command(self, *arguments: str) -> list[str]:
        """Give the words of a command that it runs."""
        return [self.executable, *self.flags, *arguments]

    def environment(self, given: Mapping[str, str]) -> dict[str, str]:
        """Give a process's environment: the given one, without what points into another Python."""
        if self.lock is None:
            return {**given, **self.variables}
        kept = {name: value for name, value in given.items() if name not in _OF_ANOTHER_PYTHON}
        return {**kept, **self.variables}


def own_interpreter() -> Interpreter:
    """Give the interpreter that runs mempress."""
    return Interpreter(sys.executable, platform.python_version(), tuple(sys.path))
