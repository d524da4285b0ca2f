"""Where this process can make control groups that limit memory: from its mounts and its memberships, nothing assumed.

``proc`` is ``/proc/self`` or a directory with its files ``mountinfo`` and ``cgroup`` (proc(5), cgroups(7)).
"""

from __future__ import annotations

import errno
import os
import re
from contextlib import suppress
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_OCTAL = re.compile(r"\\([0-7]{3})")


def directory_v2(proc: Path) -> Path:
    """Give the parent of this process's group where that limits memory, else the group itself, made ready.

    A group of version 2 that holds processes cannot hand a controller to groups within it; the machine's root can.

    Raises:
        OSError: neither will do; the text says why.
    """
    top, own = _own_group(proc, "cgroup2", "")
    if own != top and "memory" in _words(own.parent / "cgroup.subtree_control"):
        directory = own.parent
    else:
        directory = own
        if "memory" not in _words(own / "cgroup.controllers"):
            raise OSError(errno.ENOTSUP, "no memory controller")
        if "memory" not in _words(own / "cgroup.subtree_control"):
            write_file(own / "cgroup.subtree_control", "+memory")
    if not os.access(directory / "cgroup.procs", os.W_OK):
        raise PermissionError(errno.EACCES, f"no permission to move a process within {directory}")
    return directory


def directory_v1(proc: Path) -> Path:
    """Give the directory of this process's group in the hierarchy of the memory controller.

    Raises:
        OSError: there is none.
    """
    return _own_group(proc, "cgroup", "memory")[1]


def write_file(path: Path, text: str) -> None:
    """Write to a file that is there: in a control group's directory none can be created."""
    descriptor = os.open(path, os.O_WRONLY | os.O_TRUNC)
    try:
        os.write(descriptor, text.encode("ascii"))
    finally:
        os.close(descriptor)


def _own_group(proc: Path, kind: str, controller: str) -> tuple[Path, Path]:
    """Give where a hierarchy is mounted, and this process's group under it."""
    path = _membership(proc, controller)
    for root, top in _mounts(proc, kind, controller):
        with suppress(ValueError):  # the mount shows another part of the hierarchy
            inside = PurePosixPath(path).relative_to(root)
            if ".." not in inside.parts and (own := Path(top, inside)).is_dir():
                return Path(top), own
    raise OSError(errno.ENOENT, "not mounted, or this process's own group is out of sight")


def _membership(proc: Path, controller: str) -> str:
    """Give the path of this process's group; version 2 stands in the file as the hierarchy without a controller."""
    for line in (proc / "cgroup").read_text("utf-8", "surrogateescape").splitlines():
        _, controllers, path = line.split(":", 2)
        if controller in controllers.split(","):
            return path
    raise OSError(errno.ENOENT, "not in use on this machine")


def _mounts(proc: Path, kind: str, controller: str) -> Iterator[tuple[str, str]]:
    """Give the root within the hierarchy and the mount point of each mount of it."""
    for line in (proc / "mountinfo").read_text("utf-8", "surrogateescape").splitlines():
        mount, _, file_system = line.partition(" - ")
        found, _, options = file_system.split(" ", 2)
        if found == kind and (not controller or controller in options.split(",")):
            root, point = (_OCTAL.sub(lambda code: chr(int(code[1], 8)), field) for field in mount.split(" ")[3:5])
            yield root, point


def _words(path: Path) -> list[str]:
    return path.read_text("ascii").split()
