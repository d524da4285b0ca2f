"""The command line as a user runs it: a process of its own."""

from __future__ import annotations

import os
import select
import subprocess
import sys
from pathlib import Path
from typing import Protocol

import pytest

SOUND = "mempress.testing.scripted:Scripted"
SLOW = "mempress.testing.scripted:LinearSearch"


class Mempress(Protocol):
    """Runs ``mempress`` to its end."""

    def __call__(self, *arguments: str) -> subprocess.CompletedProcess[str]: ...


@pytest.fixture
def mempress(tmp_path: Path) -> Mempress:
    """Run the command in a temporary directory; how long it may take is the test's own timeout."""

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(command(*arguments), capture_output=True, text=True, cwd=tmp_path, check=False)

    return run


def command(*arguments: str) -> list[str]:
    """Give the command's words."""
    return [sys.executable, "-m", "mempress", *arguments]


def workers_of(process: subprocess.Popen[str]) -> list[int]:
    """Give the living children of a harness."""
    return [int(pid) for pid in Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text("ascii").split()]


def wait_for_death(pid: int, seconds: float = 10.0) -> bool:
    """Wait until a process that is not our child is dead."""
    try:
        descriptor = os.pidfd_open(pid)
    except ProcessLookupError:
        return True
    try:
        return bool(select.select([descriptor], [], [], seconds)[0])
    finally:
        os.close(descriptor)
