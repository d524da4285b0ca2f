"""Progress on standard error: a view that is redrawn on a terminal, a line now and then elsewhere."""

from __future__ import annotations

import os
import sys
from time import monotonic
from typing import TYPE_CHECKING

from mempress.cli.watching import OF_A_SOAK, Watch, seconds_left
from mempress.runner.benchmark import RunNotice

if TYPE_CHECKING:
    from mempress.cli.spending import Spending
    from mempress.samples import Sample

_QUIET_SECONDS = 5.0
_QUIET_SHARE = 0.02
"""Of the time so far: a run of days says some hundred lines."""
_MIB = 1 << 20


def watch(spending: Spending | None = None) -> Watch:
    """Give the view for standard error: live on a terminal that can be drawn on, else lines."""
    if not sys.stderr.isatty() or os.environ.get("TERM", "dumb") in {"dumb", "unknown"}:
        return Progress(spending)
    from rich.console import Console

    from mempress.cli.live import LiveView

    return LiveView(Console(stderr=True, highlight=False, emoji=False, markup=False), spending)


class Progress(Watch):
    """Says now and then where a run stands, how fast it goes, and how long it may yet take; a line each time."""

    def __init__(self, spending: Spending | None = None) -> None:
        super().__init__(spending)
        self._notice = RunNotice("", 0)
        self._began = self._said = 0.0

    def preparing(self, text: str) -> None:
        """Say how an environment comes about."""
        _say(text)

    def run_began(self, notice: RunNotice) -> None:
        """Say that the run begins."""
        self._notice, self._began, self._said = notice, monotonic(), 0.0
        ahead = f"up to {notice.records:,} records"
        if notice.soak_seconds is not None:
            ahead = f"fill, then soak for {_time(notice.soak_seconds)}"
        _say(f"{notice.run}: {ahead}")

    def sampled(self, sample: Sample, health: float | None = None) -> None:
        """Say where the run stands, unless that was said just before."""
        now = monotonic()
        if now - self._said >= max(_QUIET_SECONDS, _QUIET_SHARE * (now - self._began)):
            self._said = now
            _say(self._line(sample, health))

    def run_ended(self, status: str) -> None:
        """Say how the run ended."""
        _say(f"{self._notice.run}: {status} after {_time(monotonic() - self._began)}")

    def _line(self, sample: Sample, health: float | None) -> str:
        elapsed = monotonic() - self._began
        if sample.mark in OF_A_SOAK:
            return ", ".join([*self._soaking(sample, elapsed), *_measured(sample, health)])
        rate = sample.offered / elapsed if elapsed > 0 else 0.0
        parts = [f"{self._notice.run}: {sample.phase}", f"{sample.offered:,}/{self._notice.records:,} records"]
        parts += [f"{rate:,.0f} records/s in all", *_measured(sample, health)]
        if (left := seconds_left(self._notice, sample, elapsed)) is not None:
            parts.append(f"at most about {_time(left)} left at this rate")
        return ", ".join(parts)

    def _soaking(self, sample: Sample, elapsed: float) -> list[str]:
        held = [] if sample.held is None else [f"{sample.held:,} held"]
        return [
            f"{self._notice.run}: {sample.mark}",
            f"{sample.records:,} records stored after {_time(elapsed)}",
            *held,
        ]


def _measured(sample: Sample, health: float | None) -> list[str]:
    parts = []
    if (p95 := sample.p95_ms) is not None:
        parts.append(f"search p95 {p95:.3g} ms")
    if sample.memory is not None:
        parts.append(f"{sample.memory.pss_bytes / _MIB:,.1f} MiB")
    if health is not None:
        parts.append(f"health {health:.3f}")
    return parts


def _say(text: str) -> None:
    sys.stderr.write(f"{text}\n")
    sys.stderr.flush()


def _time(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest:02d} s" if minutes else f"{rest} s"
