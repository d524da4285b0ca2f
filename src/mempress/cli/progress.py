"""Progress on standard error: one line that is rewritten on a terminal, a line now and then elsewhere."""

from __future__ import annotations

import sys
from time import monotonic
from typing import TYPE_CHECKING

from mempress.runner.benchmark import Listener, RunNotice

if TYPE_CHECKING:
    from mempress.cli.spending import Spending
    from mempress.samples import Sample

_QUIET_SECONDS = 5.0
_QUIET_SHARE = 0.02
"""Of the time so far: a run of days says some hundred lines."""
_MIB = 1 << 20
_OF_A_SOAK = frozenset({"fill", "soak"})


class Progress(Listener):
    """Says for each sample where a run stands, how fast it goes, and how long it may yet take."""

    def __init__(self, spending: Spending | None = None) -> None:
        self._spending = spending
        self._terminal = sys.stderr.isatty()
        self._notice = RunNotice("", 0)
        self._began = self._said = 0.0

    def preparing(self, text: str) -> None:
        """Say how an environment comes about."""
        self._show(text, last=True)

    def run_began(self, notice: RunNotice) -> None:
        """Begin a line for the run."""
        self._notice, self._began, self._said = notice, monotonic(), 0.0
        ahead = f"up to {notice.records:,} records"
        if notice.soak_seconds is not None:
            ahead = f"fill, then soak for {_time(notice.soak_seconds)}"
        self._show(f"{notice.run}: {ahead}", last=True)

    def sampled(self, sample: Sample) -> None:
        """Say where the run stands."""
        now = monotonic()
        if self._terminal or now - self._said >= max(_QUIET_SECONDS, _QUIET_SHARE * (now - self._began)):
            self._said = now
            self._show(self._line(sample), last=not self._terminal)

    def run_ended(self, status: str) -> None:
        """Say how the run ended."""
        self._show(f"{self._notice.run}: {status} after {_time(monotonic() - self._began)}", last=True)

    def spent(self, stage: str, spent_ns: int) -> None:
        """Keep the account."""
        if self._spending is not None:
            self._spending.add(stage, spent_ns)

    def _line(self, sample: Sample) -> str:
        elapsed = monotonic() - self._began
        if sample.mark in _OF_A_SOAK:
            return self._soaking(sample, elapsed)
        rate = sample.offered / elapsed if elapsed > 0 else 0.0
        parts = [f"{self._notice.run}: {sample.phase}", f"{sample.offered:,}/{self._notice.records:,} records"]
        parts.append(f"{rate:,.0f} records/s in all")
        if (p95 := sample.p95_ms) is not None:
            parts.append(f"search p95 {p95:.3g} ms")
        if sample.memory is not None:
            parts.append(f"{sample.memory.pss_bytes / _MIB:,.0f} MiB")
        if sample.phase == "load" and rate:
            left = (self._notice.records - sample.offered) / rate
            parts.append(f"at most about {_time(left)} left at this rate")
        return ", ".join(parts)

    def _soaking(self, sample: Sample, elapsed: float) -> str:
        parts = [f"{self._notice.run}: {sample.mark}", f"{sample.records:,} records stored after {_time(elapsed)}"]
        if sample.held is not None:
            parts.append(f"{sample.held:,} held")
        if (p95 := sample.p95_ms) is not None:
            parts.append(f"search p95 {p95:.3g} ms")
        if sample.memory is not None:
            parts.append(f"{sample.memory.pss_bytes / _MIB:,.1f} MiB")
        return ", ".join(parts)

    def _show(self, text: str, *, last: bool) -> None:
        start = "\r\033[K" if self._terminal else ""
        sys.stderr.write(f"{start}{text}" + ("\n" if last else ""))
        sys.stderr.flush()


def _time(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest:02d} s" if minutes else f"{rest} s"
