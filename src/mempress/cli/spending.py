"""Where the time of a command goes."""

from __future__ import annotations

import os
import time
from collections import Counter
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from mempress.clock import clock_ns
from mempress.model import CommandTime

if TYPE_CHECKING:
    from collections.abc import Iterator

_NS_PER_SECOND = 1e9
_STARTED_TICKS = 19
"""The place of a process's start in ``/proc/self/stat``, counted behind its name."""
SYSTEMS, WAITING, OTHER = "systems", "waiting", "other"


class Spending:
    """Adds up nanoseconds by stage; what no stage has claimed is ``other``, the start of the process too."""

    def __init__(self) -> None:
        self._began_ns = clock_ns() - _age_of_process_ns()
        self._spent_ns: Counter[str] = Counter()

    def add(self, stage: str, spent_ns: int) -> None:
        """Add to a stage: ``systems`` and ``waiting`` are not the harness's own."""
        self._spent_ns[stage] += spent_ns

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Add what passes within to a stage."""
        began = clock_ns()
        try:
            yield
        finally:
            self.add(name, clock_ns() - began)

    def until_now(self) -> CommandTime:
        """Give where the time went from the start of the process until now."""
        whole_ns = clock_ns() - self._began_ns
        systems_ns, waiting_ns = self._spent_ns[SYSTEMS], self._spent_ns[WAITING]
        own_ns = {name: spent for name, spent in self._spent_ns.items() if name not in {SYSTEMS, WAITING}}
        own_ns[OTHER] = whole_ns - sum(self._spent_ns.values())
        return CommandTime(
            whole_s=whole_ns / _NS_PER_SECOND,
            systems_s=systems_ns / _NS_PER_SECOND,
            waiting_s=waiting_ns / _NS_PER_SECOND,
            own_s={name: spent / _NS_PER_SECOND for name, spent in own_ns.items()},
            own_share=(whole_ns - systems_ns - waiting_ns) / whole_ns,
        )


def _age_of_process_ns() -> int:
    """Give how long this process has lived, to a clock tick (10 ms)."""
    started = Path("/proc/self/stat").read_text("utf-8", "replace").rpartition(")")[2].split()[_STARTED_TICKS]
    seconds = time.clock_gettime(time.CLOCK_BOOTTIME) - int(started) / os.sysconf("SC_CLK_TCK")
    return max(0, round(seconds * _NS_PER_SECOND))
