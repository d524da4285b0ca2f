"""Writes a stretch of a soak: what its calls came to, and what the system weighs and says at its end."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mempress.clock import clock_ns
from mempress.journal import Soaked, Testified
from mempress.runner.checkpoint import Checkpoint
from mempress.runner.client import disk_of
from mempress.runner.environment import read_noise
from mempress.runner.recorder import clean
from mempress.runner.tally import Tally
from mempress.samples import removed_by

MOST_STRETCHES = 2_000
"""A soak has no more, however long it goes on: 1,000 of equal length, before them some hundred of the fill at most."""
_STRETCHES = 1_000
_LEAST_NS = 250_000_000
_SHARE_OF_FILL = 0.02
_TIMES_COST = 10
_KINDS_OF_TESTIMONY = 20
_OTHERS = "(other kinds)"
_STATM = Path("/proc/self/statm")


@dataclass(frozen=True, slots=True)
class Totals:
    """Where a soak stands: records acknowledged and offered, deleted, and live if that is known."""

    records: int
    offered: int
    deleted: int
    live: int | None


class Pace:
    """Says when a stretch ends: a thousandth of the duration, more in a long fill, and ten times its own cost."""

    def __init__(self, duration_ns: int, began_ns: int) -> None:
        self._least_ns = max(_LEAST_NS, duration_ns // _STRETCHES)
        self._fill_began_ns = began_ns
        self._due_ns = began_ns + self._least_ns

    def is_due(self, now_ns: int) -> bool:
        """Whether the stretch ends now."""
        return now_ns >= self._due_ns

    def ended(self, now_ns: int, cost_ns: int, *, filling: bool) -> None:
        """Begin the next stretch."""
        wide_ns = int((now_ns - self._fill_began_ns) * _SHARE_OF_FILL) if filling else 0
        self._due_ns = now_ns + max(self._least_ns, wide_ns, _TIMES_COST * cost_ns)


class Stretches(Checkpoint):
    """Takes a system's stretches one after another; ``tally`` is that of the one under way."""

    tally = Tally()
    embed_misses = 0

    def begin(self) -> None:
        """Begin a stretch."""
        self.tally = Tally()

    def end(self, mark: str, totals: Totals) -> int:
        """Journal the stretch under way and begin the next; gives how long that took, in nanoseconds."""
        started = clock_ns()
        flush_ns = self._flush()
        held, health = self._count(), self._health()
        self.drain()
        tally = self.tally
        self._tell_errors(tally)
        recorder = self._recorder
        recorder.write(
            Soaked(
                t_ns=recorder.t_ns,
                phase=recorder.phase,
                mark=mark,
                records=totals.records,
                offered=totals.offered,
                deleted=totals.deleted,
                live=totals.live,
                stored=tally.stored,
                stores=tally.stores.take(),
                deletes=tally.deletes.take(),
                searches=tally.searches.take(),
                recall=tally.recall,
                judged=tally.judged,
                ghosts=tally.ghosts,
                missing=tally.missing,
                over_limit=tally.over_limit,
                memory=self._client.memory(),
                disk=disk_of(self._workdir),
                held=held,
                health=health,
                flush_ns=flush_ns,
                noise=read_noise(),
                embed_misses=self.embed_misses,
                harness_rss_bytes=_own_rss_bytes(),
            )
        )
        self.begin()
        return clock_ns() - started

    def _tell_errors(self, tally: Tally) -> None:
        for (operation, message), count in tally.errors.items():
            self._recorder.fail(operation, message, count=count)
        if tally.wrong is not None:
            self._violation("search", tally.wrong)

    def _testify(self, events: list[dict[str, Any]]) -> None:
        """Journal testimony by kind alone: how many there were, and how many records they removed."""
        recorder = self._recorder
        folded: dict[str, dict[str, Any]] = {}
        for event in events:
            kind = clean(str(event["kind"]))
            kind = kind if kind in folded or len(folded) < _KINDS_OF_TESTIMONY else _OTHERS
            entry = folded.setdefault(kind, {"kind": kind, "count": 0, "removed": 0})
            entry["count"] += 1
            entry["removed"] += removed_by(event)
        told = list(folded.values())
        recorder.write(Testified(t_ns=recorder.t_ns, phase=recorder.phase, records=recorder.records, events=told))


def _own_rss_bytes() -> int:
    return int(_STATM.read_text("ascii").split()[1]) * os.sysconf("SC_PAGE_SIZE")
