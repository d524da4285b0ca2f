"""Writes what happens in a run to its journal, and folds it into samples on the way."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mempress.clock import clock_ns
from mempress.health import Judge, health
from mempress.journal import Ended, Failed, PhaseBegan, Stored
from mempress.runner.acknowledged import Acknowledged
from mempress.runner.edits import Edits
from mempress.samples import SampleFold

if TYPE_CHECKING:
    from collections.abc import Callable

    from mempress.config import RunConfig
    from mempress.detect.saturation import Saturation
    from mempress.journal import Event, JournalWriter, Status
    from mempress.samples import Sample


class Recorder:
    """The journal of one run, its phase, which records were acknowledged and what was done to them since."""

    def __init__(
        self, journal: JournalWriter, config: RunConfig, watch: Callable[[Sample, float | None], None]
    ) -> None:
        self._journal = journal
        self._started_ns = clock_ns()
        self._fold = SampleFold(config.capacity_records)
        self._watch = watch
        self._judge = Judge(
            capacity_records=config.capacity_records,
            memory_limit_bytes=config.memory_limit_bytes,
            given_objective_ms=config.objective_ms,
            k=config.saturation_samples,
        )
        self.phase = "setup"
        self.records = 0
        self.edits = Edits()
        self.acknowledged = Acknowledged()

    @property
    def t_ns(self) -> int:
        """Nanoseconds since the run began."""
        return clock_ns() - self._started_ns

    def write(self, event: Event) -> Sample | None:
        """Append an event; gives the sample that it completes."""
        self._journal.write(event)
        if isinstance(event, Stored) and event.error is None:
            self.acknowledged.add(event.first, len(event.importance))
        sample = self._fold.add(event)
        if sample is not None:
            self._watch(sample, self._health(sample))
        return sample

    def _health(self, sample: Sample) -> float | None:
        """Give the score by the terms of the load; None as long as they are not known."""
        return None if self._judge.terms is None else health(sample, self._judge.terms).score

    def begin(self, phase: str) -> None:
        """Begin a phase."""
        self.phase = phase
        self.write(PhaseBegan(t_ns=self.t_ns, phase=phase))

    def fail(self, operation: str, message: str, *, kind: str = "exception", count: int = 1) -> None:
        """Record that something went wrong."""
        self.write(
            Failed(
                t_ns=self.t_ns,
                phase=self.phase,
                records=self.records,
                kind=kind,
                operation=operation,
                message=clean(message),
                count=count,
            )
        )

    def judge(self, sample: Sample, *, bounded: bool) -> Saturation | None:
        """Judge the sample after a batch; gives the saturation that it confirms."""
        return self._judge.add(sample, bounded=bounded)

    def end(self, status: Status, reason: str, *, out_of_time: bool = False) -> None:
        """Record the run's end."""
        self.write(
            Ended(
                t_ns=self.t_ns,
                status=status,
                reason=clean(reason),
                phase=self.phase,
                records=self.records,
                out_of_time=out_of_time,
            )
        )


def clean(text: str) -> str:
    """Give a text that any encoder takes: lone surrogates become escapes."""
    return text.encode("utf-8", "backslashreplace").decode("utf-8")


def clean_json(value: Any) -> Any:
    """Give a JSON value in which every text is one that any encoder takes."""
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, dict):
        return {clean(key): clean_json(item) for key, item in value.items()}
    return [clean_json(item) for item in value] if isinstance(value, list) else value
