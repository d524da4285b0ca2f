"""Measures on this machine: one run at a time, or several beside each other, each bound to cores of its own."""

from __future__ import annotations

import os
import platform
from typing import TYPE_CHECKING, Any

from mempress.campaign.executors.base import TICK_SECONDS, Began, Broken, Done, Gone, Order
from mempress.campaign.process import Measuring, wait_for_any
from mempress.errors import UsageError
from mempress.runner.resume import status_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mempress.campaign.executors.base import Attempt, Report


class LocalExecutor:
    """Runs each attempt in a process of this machine."""

    def __init__(self, parallel: int | None = None) -> None:
        self._free = _shares(parallel)
        self._slots = len(self._free)
        self._node = platform.node() or "this machine"
        self._under_way: dict[str, tuple[Attempt, Measuring, list[int] | None]] = {}
        self._began: list[Report] = []
        self.words = "local, one run at a time"
        if parallel is not None:
            shares = "; ".join(",".join(map(str, cores or ())) for cores in self._free)
            self.words = f"local, {parallel} at a time, each bound to cores of its own ({shares})"

    def slots(self) -> int:
        """Give how many run beside each other."""
        return self._slots

    def start(self, attempt: Attempt) -> None:
        """Start an attempt on free cores."""
        cores = self._free.pop(0)
        told: dict[str, Any] = {"name": "local", "runs_at_a_time": self._slots, "node": self._node}
        if cores is not None:
            told["bound_to_cores"] = cores
        attempt.files.directory.parent.mkdir(parents=True, exist_ok=True)
        order = Order(planned=attempt.planned, executor=told, cores=cores)
        self._under_way[attempt.planned.run] = attempt, Measuring(order, attempt.files.directory), cores
        self._began.append(Began(attempt.planned.run, self._node))

    def reports(self) -> Sequence[Report]:
        """Give what began and what ended."""
        if self._began:
            told, self._began = self._began, []
            return told
        wait_for_any([measuring.pidfd for _, measuring, _ in self._under_way.values()], TICK_SECONDS)
        ended = [run for run, (_, measuring, _) in self._under_way.items() if measuring.exit_status is not None]
        return [self._end(run) for run in ended]

    def close(self) -> None:
        """Stop what is under way."""
        for _, measuring, _ in self._under_way.values():
            measuring.stop()
        self._under_way.clear()

    def _end(self, run: str) -> Report:
        attempt, measuring, cores = self._under_way.pop(run)
        self._free.append(cores)
        exit_status, wall_s, words = measuring.exit_status, measuring.wall_s, measuring.last_words()
        measuring.release()
        if exit_status == 0 and (status := status_of(attempt.files.directory)) is not None:
            return Done(run, self._node, status, wall_s, attempt.files.journal.stat().st_size)
        if exit_status is not None and exit_status < 0:
            return Gone(run, self._node, f"its process was ended by signal {-exit_status}")
        return Broken(run, self._node, words or f"its process ended with status {exit_status}, without a word")


def _shares(parallel: int | None) -> list[list[int] | None]:
    """Give the cores of each slot; None: all, unbound.

    Raises:
        UsageError: there are fewer cores than runs.
    """
    if parallel is None:
        return [None]
    cores = sorted(os.sched_getaffinity(0))
    if not 1 <= parallel <= len(cores):
        raise UsageError(f"--parallel is {parallel}: give 1 to {len(cores)}: each run needs a core of its own.")
    each = len(cores) // parallel
    return [cores[place * each : (place + 1) * each] for place in range(parallel)]
