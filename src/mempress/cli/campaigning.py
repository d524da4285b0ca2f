"""What ``mempress campaign`` says while it works."""

from __future__ import annotations

import sys
from time import monotonic
from typing import TYPE_CHECKING

from mempress.campaign.conduct import Hearer
from mempress.campaign.ledger import Ended, Failed, Lost, Started
from mempress.format import duration, plain

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mempress.campaign.ledger import Entry
    from mempress.campaign.matrix import PlannedRun

_QUIET_SECONDS = 30.0


class CampaignProgress(Hearer):
    """Says on standard error what began, what ended, and about how long the rest will take."""

    def __init__(self) -> None:
        self._all = self._done = self._slots = 0
        self._spent_s: list[float] = []
        self._under_way: dict[str, float] = {}
        self._said = 0.0

    def begins(self, kept: int, left: Sequence[PlannedRun], slots: int) -> None:
        """Say what is to come."""
        self._all, self._done, self._slots = kept + len(left), kept, slots
        stands = f", {kept:,} stand already" if kept else ""
        self._say(f"{self._all:,} runs{stands}, {slots} at a time")

    def happened(self, entry: Entry) -> None:
        """Say what happened."""
        match entry:
            case Started(run=run, node=node):
                self._under_way[run] = monotonic()
                self._say(f"{run}: started on {node}")
            case Ended(run=run, status=status, wall_s=wall_s, kept=kept):
                self._over(run, counts=kept)
                self._spent_s.append(wall_s)
                again = "" if kept else "; it is tried once more"
                self._say(
                    f"[{self._done:,}/{self._all:,}] {run}: {status} after {duration(wall_s)}{again}{self._left()}"
                )
            case (
                Lost(run=run, node=node, reason=reason, again=again)
                | Failed(run=run, node=node, reason=reason, again=again)
            ):
                self._over(run, counts=not again)
                what = "lost with its node" if isinstance(entry, Lost) else "the harness failed"
                self._say(f"{run} on {node}: {what} ({plain(reason)}); {'it is run again' if again else 'given up'}")
            case _:
                pass

    def waited(self) -> None:
        """Say now and then what is under way."""
        now = monotonic()
        if self._under_way and now - self._said >= _QUIET_SECONDS:
            since = ", ".join(f"{run} for {duration(now - began)}" for run, began in list(self._under_way.items())[:3])
            self._say(f"under way: {since}{self._left()}")

    def _over(self, run: str, *, counts: bool) -> None:
        self._under_way.pop(run, None)
        self._done += counts

    def _left(self) -> str:
        left = self._all - self._done
        if not left or not self._spent_s:
            return ""
        seconds = left * sum(self._spent_s) / len(self._spent_s) / max(1, self._slots)
        return f"; about {duration(seconds)} left if the rest takes as long"

    def _say(self, text: str) -> None:
        self._said = monotonic()
        sys.stderr.write(f"{text}\n")
        sys.stderr.flush()
