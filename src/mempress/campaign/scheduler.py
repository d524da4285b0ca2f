"""Gives planned runs to an executor until each has its result, again where one was lost or failed.

It knows neither clock, file nor machine: a simulation drives it as an executor does.
"""

from __future__ import annotations

from collections import Counter, deque
from typing import TYPE_CHECKING, Protocol

from mempress.campaign.executors.base import Attempt, Began, Broken, Done, Gone
from mempress.campaign.ledger import Ended, Failed, Lost, Started

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mempress.campaign.executors.base import Executor, Report
    from mempress.campaign.ledger import Entry, Writes
    from mempress.campaign.matrix import PlannedRun
    from mempress.runfiles import RunFiles

RETRIED = frozenset({"crashed", "timed_out", "unavailable", "interrupted"})
"""Statuses that chance may have brought about; saturation and a limit that was reached are findings."""
MOST_FAILURES = 2
MOST_LOSSES = 4
"""A run that took so many nodes down with it is not given to another one."""


class Shelf(Protocol):
    """Where runs lie."""

    def files(self, run: str) -> RunFiles:
        """Give a run's files."""

    def put_aside(self, run: str) -> None:
        """Move what lies there of a run to where no report counts it; nothing where there is nothing."""


class Watcher:
    """Hears of each entry of the ledger, and of each moment in which nothing happened; the base class is deaf."""

    def happened(self, entry: Entry) -> None:
        """An entry was written."""

    def waited(self) -> None:
        """The executor had nothing to report."""


class Scheduler:
    """Works through runs in their order; one that was lost comes first again, one that failed comes last."""

    def __init__(
        self, runs: Iterable[PlannedRun], executor: Executor, shelf: Shelf, ledger: Writes, watcher: Watcher
    ) -> None:
        self._waiting = deque(runs)
        self._executor = executor
        self._shelf = shelf
        self._ledger = ledger
        self._watcher = watcher
        self._under_way: dict[str, Attempt] = {}
        self._attempts: Counter[str] = Counter()
        self._failures: Counter[str] = Counter()
        self._losses: Counter[str] = Counter()

    def run(self) -> None:
        """Work until every run has its result or its failure.

        Raises:
            MempressError: the executor has nowhere left to measure.
        """
        while self._waiting or self._under_way:
            while self._waiting and len(self._under_way) < self._executor.slots():
                self._start(self._waiting.popleft())
            reports = self._executor.reports()
            for report in reports:
                self._take(report)
            if not reports:
                self._watcher.waited()

    def _start(self, planned: PlannedRun) -> None:
        self._attempts[planned.run] += 1
        attempt = Attempt(planned, self._attempts[planned.run], self._shelf.files(planned.run))
        self._under_way[planned.run] = attempt
        self._executor.start(attempt)

    def _take(self, report: Report) -> None:
        attempt = self._under_way[report.run]
        if isinstance(report, Began):
            self._note(Started(run=report.run, attempt=attempt.number, node=report.node))
            return
        entry = self._judge(report, attempt.number)
        del self._under_way[report.run]
        if not isinstance(entry, Ended):
            self._shelf.put_aside(report.run)
        if isinstance(entry, Lost) and entry.again:
            self._waiting.appendleft(attempt.planned)
        elif isinstance(entry, Failed) and entry.again:
            self._waiting.append(attempt.planned)
        elif isinstance(entry, Ended) and not entry.kept:
            self._shelf.put_aside(report.run)
            self._waiting.append(attempt.planned)
        self._note(entry)

    def _judge(self, report: Report, number: int) -> Ended | Lost | Failed:
        """Say what an attempt's end means: whether it stands, or is to be made again."""
        run, node = report.run, report.node
        match report:
            case Done(status=status, wall_s=wall_s, journal_bytes=size):
                kept = status not in RETRIED or not self._may_fail_again(run)
                return Ended(
                    run=run, attempt=number, node=node, status=status, wall_s=wall_s, journal_bytes=size, kept=kept
                )
            case Broken(reason=reason):
                return Failed(run=run, attempt=number, node=node, reason=reason, again=self._may_fail_again(run))
            case Gone(reason=reason):
                self._losses[run] += 1
                return Lost(run=run, attempt=number, node=node, reason=reason, again=self._losses[run] < MOST_LOSSES)
            case _:
                raise TypeError(report)

    def _may_fail_again(self, run: str) -> bool:
        self._failures[run] += 1
        return self._failures[run] < MOST_FAILURES

    def _note(self, entry: Entry) -> None:
        self._ledger.write(entry)
        self._watcher.happened(entry)
