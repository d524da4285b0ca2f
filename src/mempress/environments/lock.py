"""``python -m mempress.environments.lock [PROJECT...]``: resolves the requirements of shipped projects anew.

The locks hold for every platform and every Python from 3.11 on (or from what the project asks for). What a lock pins
already stays as it is where it still fits; delete the file to resolve from nothing.
"""

from __future__ import annotations

import re
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from mempress.environments.plan import resolve
from mempress.systems.shipped import shipped_projects

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mempress.systems.shipped import Project

_OLDEST_PYTHON = "3.11"


def main(names: Sequence[str]) -> None:
    """Lock the named projects, or all that require anything."""
    for project in shipped_projects():
        if project.requirements and (not names or project.name in names):
            lock_project(project)


def lock_project(project: Project) -> None:
    """Write the project's ``requirements.lock``."""
    oldest = re.search(r"\d+\.\d+", project.python or _OLDEST_PYTHON)
    arguments = ["--universal", "--python-version", oldest.group() if oldest else _OLDEST_PYTHON]
    with tempfile.TemporaryDirectory() as scratch:
        wanted = Path(scratch) / "requirements.in"
        wanted.write_text("\n".join(project.requirements) + "\n", "utf-8")
        resolve(wanted, project.lock, arguments, lambda text: print(text, file=sys.stderr))  # noqa: T201 - a tool


if __name__ == "__main__":
    main(sys.argv[1:])
