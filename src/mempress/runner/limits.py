"""What holds a worker to a memory limit: a control group of the kernel where one can be made, else a watchdog.

In order of preference: control groups version 2, version 1, none. Sources: the kernel's Documentation/admin-guide,
``cgroup-v2.rst`` (memory.max, memory.swap.max, memory.oom.group, memory.events) and ``cgroup-v1/memory.rst``.
"""

from __future__ import annotations

import errno
import os
import re
import select
import signal
import tempfile
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from mempress.runner.cgroups import directory_v1, directory_v2, write_file
from mempress.runner.processes import is_alive, tree_of

_NAME = re.compile(r"mempress-(?P<pid>\d+)-(?P<started_ticks>\d+)-\w+")
_REMOVAL_ROUNDS = 50
_REMOVAL_PAUSE_SECONDS = 0.01
_DEATH_WAIT_MS = 1_000
_PEAK_SLACK_BYTES = 1 << 20
_COUNTED = "anonymous and kernel memory, and page cache, which is reclaimed before the limit strikes"


class Enforcer(Protocol):
    """Holds one worker, and all that it starts, to a limit."""

    mechanism: str
    """Its name in a sentence."""

    @property
    def watchdog_bytes(self) -> int:
        """The PSS of the worker's tree at which the watchdog strikes."""

    def attach(self, pid: int) -> None:
        """Take a process in; what it allocates from now on counts, and what it starts is in as well.

        Raises:
            OSError: the process is gone or cannot be taken in.
        """

    def was_exceeded(self) -> bool:
        """Whether the kernel has killed a process because the limit was reached."""

    def close(self) -> None:
        """Let go of it: who is still in is killed. Never raises an OSError."""


class Watchdog:
    """No help from the kernel: the supervisor's own look at the tree's PSS is the limit."""

    mechanism = "watchdog"

    def __init__(self, limit_bytes: int) -> None:
        self.watchdog_bytes = limit_bytes

    def attach(self, pid: int) -> None:
        """Do nothing."""

    def was_exceeded(self) -> bool:
        """Give False: the kernel enforces nothing."""
        return False

    def close(self) -> None:
        """Do nothing."""


class _Group:
    """A control group in its directory.

    The watchdog stands a quarter above the limit, where it strikes only if the kernel did not: PSS also counts pages
    of files that another group read first.
    """

    mechanism: str
    swap: str

    def __init__(self, directory: Path, limit_bytes: int) -> None:
        self._directory = directory
        self._limit_bytes = limit_bytes
        self._configure()

    @property
    def watchdog_bytes(self) -> int:
        """A quarter above the limit."""
        return self._limit_bytes + self._limit_bytes // 4

    def attach(self, pid: int) -> None:
        """Move a process into the group."""
        self._set("cgroup.procs", pid)

    def was_exceeded(self) -> bool:
        """Whether the kernel has killed in this group, for this group's limit; False where it cannot be read."""
        try:
            return self._struck()
        except (OSError, ValueError):
            return False

    def close(self) -> None:
        """Kill who is left and remove the group; one that cannot be removed now is left to a later run's sweep."""
        for _ in range(_REMOVAL_ROUNDS):
            with suppress(OSError):
                for pid in self._text("cgroup.procs").split():
                    _kill(int(pid))
            try:
                self._directory.rmdir()
            except FileNotFoundError:
                return
            except OSError:
                time.sleep(_REMOVAL_PAUSE_SECONDS)  # the last process is still on its way out
            else:
                return

    def _configure(self) -> None:
        raise NotImplementedError

    def _struck(self) -> bool:
        raise NotImplementedError

    def _check_counter(self, name: str) -> None:
        if "oom_kill" not in self._counters(name):
            raise OSError(errno.ENOTSUP, "this kernel does not count whom it kills at a limit")

    def _has(self, name: str) -> bool:
        return (self._directory / name).exists()

    def _set(self, name: str, value: int) -> None:
        write_file(self._directory / name, str(value))

    def _text(self, name: str) -> str:
        return (self._directory / name).read_text("ascii")

    def _counters(self, name: str) -> dict[str, int]:
        """Read a file of lines such as ``oom_kill 1``."""
        return {key: int(value) for key, value in (line.split() for line in self._text(name).splitlines())}


class GroupV2(_Group):
    """A group of version 2: no swap, and all its processes die together when the limit strikes."""

    mechanism = "cgroup v2"

    def _configure(self) -> None:
        self._check_counter("memory.events")
        self._set("memory.max", self._limit_bytes)
        self.swap = "swap is not accounted for here"
        if self._has("memory.swap.max"):
            self._set("memory.swap.max", 0)
            self.swap = "no swap"
        if self._has("memory.oom.group"):
            self._set("memory.oom.group", 1)

    def _struck(self) -> bool:
        # A group above this one, or the whole machine, can run out as well: that raises oom_kill here, but not oom.
        events = self._counters("memory.events")
        return events["oom"] > 0 and events["oom_kill"] > 0


class GroupV1(_Group):
    """A group of version 1, the memory controller: the kernel kills one process, the supervisor the others."""

    mechanism = "cgroup v1"

    def _configure(self) -> None:
        self._check_counter("memory.oom_control")
        if self._counters("memory.oom_control")["oom_kill_disable"]:
            self._set("memory.oom_control", 0)
        self._set("memory.limit_in_bytes", self._limit_bytes)
        self.swap = "no swap"
        if self._has("memory.memsw.limit_in_bytes"):
            self._set("memory.memsw.limit_in_bytes", self._limit_bytes)
        else:
            self._set("memory.swappiness", 0)

    def _struck(self) -> bool:
        # A group above this one, or the whole machine, can run out as well: then the peak lies below the limit. The
        # counter memory.failcnt says nothing: it also counts each reclaim of page cache.
        if not self._counters("memory.oom_control")["oom_kill"]:
            return False
        return int(self._text("memory.max_usage_in_bytes")) >= self._limit_bytes - _PEAK_SLACK_BYTES


@dataclass(frozen=True, slots=True)
class Place:
    """A directory in which this process can make groups, each named ``mempress-PID-START-*`` after the process."""

    directory: Path
    group: type[GroupV2 | GroupV1]
    prefix: str

    def make(self, limit_bytes: int) -> GroupV2 | GroupV1:
        """Make a group with this limit.

        Raises:
            OSError: it cannot be made; nothing is left of it.
        """
        directory = Path(tempfile.mkdtemp(prefix=self.prefix, dir=self.directory))
        try:
            return self.group(directory, limit_bytes)
        except (OSError, ValueError, KeyError) as error:
            directory.rmdir()
            raise OSError(*error.args) from error

    def sweep(self) -> None:
        """Remove the groups of harnesses that are dead; one that still holds a process is left alone."""
        for entry in list(self.directory.iterdir()):
            name = _NAME.fullmatch(entry.name)
            if name and not is_alive(int(name["pid"]), int(name["started_ticks"])):
                with suppress(OSError):
                    entry.rmdir()


@dataclass(frozen=True, slots=True)
class MemoryLimit:
    """The limit that each worker of a run gets; ``place`` None: by the watchdog alone."""

    limit_bytes: int
    place: Place | None = None

    def hold(self, pid: int) -> Enforcer:
        """Hold a worker that has just been started; by the watchdog where a group fails now that could be made before.

        What the worker allocated until here, at most a bare interpreter of about 3 MiB, counts elsewhere.
        """
        if self.place is None:
            return Watchdog(self.limit_bytes)
        try:
            group = self.place.make(self.limit_bytes)
        except OSError:
            return Watchdog(self.limit_bytes)
        try:
            group.attach(pid)
        except OSError:
            group.close()
            return Watchdog(self.limit_bytes)
        return group


def enforced_limit(limit_bytes: int, proc: Path = Path("/proc/self")) -> tuple[MemoryLimit, str]:
    """Find the best mechanism for a limit, by making a group and removing it; gives what to say in a report too.

    Never fails: where no group can be made, the watchdog serves and the words say why. Groups of dead harnesses are
    removed on the way. ``proc`` has the files ``mountinfo`` and ``cgroup`` of this process.
    """
    refusals = []
    prefix = f"mempress-{os.getpid()}-{tree_of(os.getpid())[os.getpid()]}-"
    for group, directory in ((GroupV2, directory_v2), (GroupV1, directory_v1)):
        try:
            place = Place(directory(proc), group, prefix)
            place.sweep()
            trial = place.make(limit_bytes)
        except OSError as error:
            refusals.append(f"{group.mechanism}: {error.strerror or error}")
            continue
        trial.close()
        return MemoryLimit(limit_bytes, place), (
            f"{group.mechanism} at {limit_bytes} bytes for the worker and all that it starts, counting {_COUNTED}; "
            f"{trial.swap}; behind it a watchdog on the tree's PSS at {trial.watchdog_bytes} bytes"
        )
    return MemoryLimit(limit_bytes), f"watchdog on the tree's PSS at {limit_bytes} bytes ({'; '.join(refusals)})"


def _kill(pid: int) -> None:
    """Kill a process and wait until it is dead; one of another namespace shows as 0 and is left alone."""
    if pid == 0:
        return
    with suppress(ProcessLookupError):
        descriptor = os.pidfd_open(pid)
        try:
            signal.pidfd_send_signal(descriptor, signal.SIGKILL)
            waiting = select.poll()
            waiting.register(descriptor, select.POLLIN)
            waiting.poll(_DEATH_WAIT_MS)
        finally:
            os.close(descriptor)
