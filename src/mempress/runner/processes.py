"""What /proc tells of processes from outside: which belong to a system, and how much memory is theirs."""

from __future__ import annotations

import contextlib
import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_PAGE_BYTES = os.sysconf("SC_PAGE_SIZE")
_KIB = 1024
_RESET_PEAK = "5"


@dataclass(frozen=True, slots=True)
class MemoryUse:
    """Memory of some processes together, in bytes, as ``/proc/PID/smaps_rollup`` and ``status`` tell.

    ``peak_bytes`` is the PSS plus what the resident peak since the last reset stood above the resident size now: the
    kernel keeps a peak of the resident size alone.
    """

    pss_bytes: int
    uss_bytes: int
    rss_bytes: int
    rss_anon_bytes: int
    rss_file_bytes: int
    peak_bytes: int
    processes: int


@dataclass(frozen=True, slots=True)
class _Stat:
    """What ``/proc/PID/stat`` tells of a process; ``started_ticks`` tells it from a later one of the same number."""

    parent: int
    session: int
    started_ticks: int


def tree_of(leader: int) -> dict[int, int]:
    """Give the living processes of the leader's session and all its descendants, each with its start in ticks."""
    stats = {}
    for entry in os.scandir("/proc"):
        if entry.name.isdigit() and (stat := _stat(int(entry.name))) is not None:
            stats[int(entry.name)] = stat
    tree = {pid for pid, stat in stats.items() if leader in (stat.session, pid)}
    while more := {pid for pid, stat in stats.items() if stat.parent in tree and pid not in tree}:
        tree |= more
    return {pid: stats[pid].started_ticks for pid in tree}


def is_alive(pid: int, started_ticks: int) -> bool:
    """Tell whether the process that started then still lives."""
    stat = _stat(pid)
    return stat is not None and stat.started_ticks == started_ticks


def _stat(pid: int) -> _Stat | None:
    """Read a process's stat; None where it is gone or dead."""
    try:
        text = Path(f"/proc/{pid}/stat").read_text("utf-8", "replace")
    except OSError:
        return None
    # The command's name, in parentheses, may hold anything: what counts stands after the last one.
    fields = text.rpartition(")")[2].split()
    return None if fields[0] in {"Z", "X"} else _Stat(int(fields[1]), int(fields[3]), int(fields[19]))


def memory_of(pids: Iterable[int]) -> MemoryUse | None:
    """Measure the processes that still live; None where none does. Costs a walk of their mappings: not while timing."""
    readings = [reading for pid in pids if (reading := _one(pid)) is not None]
    if not readings:
        return None
    total = {key: sum(reading[key] for reading in readings) for key in readings[0]}
    return MemoryUse(**total, processes=len(readings))


def resident_bytes(pids: Iterable[int]) -> int:
    """Give the resident size of processes together; cheap, and shared pages count more than once."""
    total = 0
    for pid in pids:
        with contextlib.suppress(OSError, IndexError):
            total += int(Path(f"/proc/{pid}/statm").read_text("ascii").split()[1]) * _PAGE_BYTES
    return total


def reset_peaks(pids: Iterable[int]) -> None:
    """Set the kernel's resident peak of each process back to its resident size."""
    for pid in pids:
        with contextlib.suppress(OSError):
            Path(f"/proc/{pid}/clear_refs").write_text(_RESET_PEAK, "ascii")


def available_bytes() -> int:
    """Give the memory that the machine can still hand out."""
    return _fields(Path("/proc/meminfo").read_text("ascii"))["MemAvailable"]


def _one(pid: int) -> Mapping[str, int] | None:
    try:
        maps = _fields(Path(f"/proc/{pid}/smaps_rollup").read_text("ascii").split("\n", 1)[1])
        status = _fields(Path(f"/proc/{pid}/status").read_text("utf-8", "replace"))
        above = max(0, status["VmHWM"] - status["VmRSS"])
        return {
            "pss_bytes": maps["Pss"],
            "uss_bytes": maps["Private_Clean"] + maps["Private_Dirty"],
            "rss_bytes": maps["Rss"],
            "rss_anon_bytes": status["RssAnon"],
            "rss_file_bytes": status["RssFile"] + status["RssShmem"],
            "peak_bytes": maps["Pss"] + above,
        }
    except (OSError, KeyError, IndexError):
        return None


def _fields(text: str) -> dict[str, int]:
    """Read lines such as ``Pss:  123 kB`` into bytes by name."""
    found = {}
    for line in text.splitlines():
        name, _, rest = line.partition(":")
        if rest.endswith(" kB"):
            found[name] = int(rest.split()[0]) * _KIB
    return found
