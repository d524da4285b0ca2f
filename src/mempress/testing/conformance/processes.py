"""Which processes descend from which, read from /proc."""

from __future__ import annotations

import ctypes
import os
import signal
import time
from contextlib import suppress
from pathlib import Path

_PR_SET_CHILD_SUBREAPER = 36
_PYTHON_OWN_HELPERS = (b"multiprocessing.resource_tracker", b"multiprocessing.forkserver")


def adopt_orphans() -> None:
    """Make this process the parent of any descendant that outlives its own parent (prctl(2))."""
    ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def descendants(pid: int) -> list[int]:
    """Give the living processes below ``pid``; those that ended and were not yet waited for are left out."""
    children: dict[int, list[int]] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdecimal() and (parent := _living_parent(entry)) is not None:
            children.setdefault(parent, []).append(int(entry.name))
    found: list[int] = []
    waiting = [pid]
    while waiting:
        below = children.get(waiting.pop(), [])
        found += below
        waiting += below
    return found


def is_alive(pid: int) -> bool:
    """Whether there is such a process and it has not ended."""
    return _living_parent(Path(f"/proc/{pid}")) is not None


def is_python_helper(pid: int) -> bool:
    """Whether it is a process that Python's multiprocessing keeps until its parent ends."""
    return any(name in _command_line(pid) for name in _PYTHON_OWN_HELPERS)


def command_of(pid: int) -> str:
    """Give the command line of a process, empty if it is gone."""
    return _command_line(pid).replace(b"\0", b" ").decode(errors="replace").strip()


def kill_descendants(pid: int) -> None:
    """End all processes below ``pid``, again until none is left."""
    while below := descendants(pid):
        for child in below:
            with suppress(ProcessLookupError, PermissionError):
                os.kill(child, signal.SIGKILL)
        time.sleep(0.005)


def _living_parent(entry: Path) -> int | None:
    try:
        state, parent = (entry / "stat").read_text("utf-8", "replace").rpartition(")")[2].split()[:2]
    except (OSError, ValueError):
        return None
    return None if state in "ZX" else int(parent)


def _command_line(pid: int) -> bytes:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return b""
