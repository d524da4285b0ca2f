"""The load: batch after batch, a sample after each, requested maintenance at intervals, until saturation or the end."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from mempress.journal import Maintained, Stored
from mempress.runner.faults.base import Faults
from mempress.runner.outcomes import Outcome
from mempress.runner.recorder import clean, clean_json
from mempress.runner.traffic import TrafficLoad

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mempress.config import RunConfig
    from mempress.runner.acknowledged import Acknowledged
    from mempress.runner.checkpoint import Checkpoint
    from mempress.runner.client import SystemClient
    from mempress.runner.recorder import Recorder
    from mempress.workload.prepare import Batch, Workload

_NS_PER_SECOND = 1_000_000_000


@dataclass(frozen=True, slots=True)
class LoadEnd:
    """How a load ended: whether it saturated, why in words, and whether its time was up."""

    saturated: bool
    reason: str
    out_of_time: bool = False


class Load:
    """Feeds one system; ``offered`` counts the records given to it, acknowledged or not."""

    def __init__(
        self, client: SystemClient, recorder: Recorder, checkpoint: Checkpoint, workload: Workload, config: RunConfig
    ) -> None:
        self.client = client
        self._recorder = recorder
        self.checkpoint = checkpoint
        self._workload = workload
        self._config = config
        self._batches: Iterator[Batch] = iter(workload.batches())
        self._refusals = 0
        self._saturation: LoadEnd | None = None
        self.faults = Faults()
        self._traffic = (
            None if config.traffic is None else TrafficLoad(client, recorder, workload, config, config.traffic)
        )
        self._maintenance_due = False
        self.offered = 0

    @property
    def acknowledged(self) -> Acknowledged:
        """The ordinals that were stored and acknowledged."""
        return self._recorder.acknowledged

    def run(self) -> LoadEnd:
        """Store until the system saturates, its time is up, or the workload ends."""
        for number, batch in enumerate(self._batches, start=1):
            self._store(batch)
            if number % self._config.batches_per_sample == 0 or self.faults.under_way:
                self._sample()
            self.faults.batch_done()
            if self._refusals >= self._config.saturation_samples:
                return LoadEnd(True, f"store raised {self._refusals} times in a row")
            if self._saturation is not None and not (self._config.continue_after_saturation or self.faults.waiting):
                return self._saturation
            self._maintain_if_due()
            if self.out_of_time and self.offered < self._workload.records:
                return self._saturation or self._cut_short()
        return self._saturation or LoadEnd(False, f"all {self.offered} records were offered")

    def run_batches(self, count: int) -> int:
        """Store at most ``count`` more batches, with samples but without maintenance; gives how many there were."""
        for done in range(count):
            if self.out_of_time or (batch := next(self._batches, None)) is None:
                return done
            self._store(batch)
            self.checkpoint.take(self._mark, offered=self.offered)
            self.faults.batch_done()
        return count

    @property
    def out_of_time(self) -> bool:
        """Whether the run has lasted as long as it may."""
        limit = self._config.time_limit_seconds
        return limit is not None and self._recorder.t_ns >= limit * _NS_PER_SECOND

    def maintain(self, *, emergency: bool) -> None:
        """Request maintenance."""
        reply = self.client.call("perform_maintenance", emergency=emergency)
        recorder = self._recorder
        recorder.write(
            Maintained(
                t_ns=recorder.t_ns,
                phase=recorder.phase,
                records=recorder.records,
                emergency=emergency,
                latency_ns=reply["latency_ns"],
                value=clean_json(reply["value"]),
                error=None if reply["error"] is None else clean(reply["error"]),
            )
        )
        if reply["error"] is not None:
            recorder.fail("perform_maintenance", reply["error"])

    def rebind(self, client: SystemClient, checkpoint: Checkpoint) -> None:
        """Go on with the same system in another worker."""
        self.client = client
        self.checkpoint = checkpoint
        if self._traffic is not None:
            self._traffic.rebind(client)

    def drain(self) -> None:
        """Journal the system's testimony since it was last asked."""
        self.checkpoint.drain()

    def _cut_short(self) -> LoadEnd:
        offered, limit = f"{self.offered} of {self._workload.records}", self._config.time_limit_seconds
        return LoadEnd(False, f"its time of {limit:g} s was up after {offered} records", out_of_time=True)

    @property
    def _mark(self) -> str:
        return "fault" if self.faults.under_way else "batch"

    def _sample(self) -> None:
        sample = self.checkpoint.take(self._mark, offered=self.offered)
        if sample.mark == "fault":
            return  # what a fault does to it is no saturation
        bounded = "bounded" in self.client.capabilities
        if (found := self._recorder.judge(sample, bounded=bounded)) is not None and self._saturation is None:
            self._saturation = LoadEnd(True, "; ".join(found.reasons))

    def _store(self, batch: Batch) -> None:
        if self._traffic is None:
            texts = self._workload.texts_of(batch) if self.client.wants_vectors else ()
            reply = self.faults.store(self.client, batch, texts)
            if reply["error"] is not None:
                self._recorder.fail("store", reply["error"])
            self._note(batch, Outcome(batch.first, batch.count, 1, reply["latency_ns"], reply["error"]))
            return
        self.faults.between_calls(batch)
        for outcome in self._traffic.offer(batch, maintain=self._maintenance_due):
            self._note(batch, outcome)
        self._maintenance_due = False

    def _note(self, batch: Batch, outcome: Outcome) -> None:
        """Journal that records were stored, and count them."""
        first, end = outcome.first, outcome.first + outcome.count
        self.offered += outcome.count
        recorder = self._recorder
        if outcome.error is None:
            recorder.records += outcome.count
            self._refusals = 0
        else:
            self._refusals += 0 if self.faults.under_way else outcome.calls
        recorder.write(
            Stored(
                t_ns=recorder.t_ns,
                phase=recorder.phase,
                first=first,
                importance=[round(value, 6) for value in batch.importances[first - batch.first : end - batch.first]],
                latency_ns=outcome.latency_ns,
                error=None if outcome.error is None else clean(outcome.error),
                calls=outcome.calls,
            )
        )

    def _maintain_if_due(self) -> None:
        interval = self._config.maintenance_interval
        if not interval or "maintenance" not in self.client.capabilities or self.faults.under_way:
            return
        if self.offered // interval > (self.offered - self._config.batch_size) // interval:
            if self._traffic is not None and self.offered < self._workload.records:
                self._maintenance_due = True  # while the next batch is offered: that is when it hurts
                return
            self.maintain(emergency=False)
            self.checkpoint.take("after_maintenance", offered=self.offered)
