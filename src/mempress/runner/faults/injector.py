"""Makes a run's faults when they are due, one after the other."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mempress.runner.faults.acts import Kill, churn, restart
from mempress.runner.faults.base import Faults
from mempress.runner.faults.lasting import Lasting
from mempress.runner.faults.scene import Due, Scene

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mempress.faultspec import FaultPhase
    from mempress.runner.client import SystemClient
    from mempress.runner.faults.orders import Levers
    from mempress.workload.prepare import Batch


class Injector(Faults):
    """The faults of one run. A fault that is due while another lasts waits until that is over."""

    def __init__(self, scene: Scene, levers: Levers | None) -> None:
        self._scene = scene
        self._levers = levers
        self._lasting: Lasting | None = None
        self._specs = scene.config.fault_specs()
        self._kill = Kill(scene)
        self._waiting: list[Due] = []

    def begin_phase(self, phase: FaultPhase, *, first: int, count: int) -> None:
        """Set the faults of the phase to their records, in order."""
        found = [
            Due(number, spec, spec.ordinal(first, count))
            for number, spec in enumerate(self._specs)
            if spec.phase == phase
        ]
        self._waiting = sorted(found, key=lambda due: due.ordinal)

    @property
    def under_way(self) -> bool:
        """Whether a fault lasts."""
        return self._lasting is not None

    @property
    def waiting(self) -> bool:
        """Whether a fault is yet to come, or lasts."""
        return bool(self._waiting) or self.under_way

    def store(self, client: SystemClient, batch: Batch, texts: Sequence[str]) -> dict[str, Any]:  # noqa: ARG002 - a fault changes it
        """Make the faults that are due at this batch, and store it."""
        while (due := self._next(batch)) is not None:
            if due.spec.name == "kill":
                reply, killed = self._kill.store(due, batch, texts)
                self._waiting[:0] = [] if killed else [due]
                if reply is not None:
                    return self._learned(reply)
            else:
                self._make(due)
        return self._learned(self._scene.client.store(batch.payload, texts))

    def between_calls(self, batch: Batch) -> None:
        """Make the faults that are due at this batch; a kill falls between two calls."""
        while (due := self._next(batch)) is not None:
            self._make(due)

    def batch_done(self) -> None:
        """Let a fault that lasts go on to its next batch, or end."""
        if self._lasting is not None and self._lasting.batch_done():
            self._lasting = None

    def finish(self) -> None:
        """End what lasts; make the kill that no call of this phase was long enough for."""
        if self._lasting is not None:
            self._lasting.finish()
            self._lasting = None
        for due in self._waiting:
            if due.spec.name == "kill" and due.ordinal < self._scene.subject.offered:
                self._kill.between_calls(due)
        self._waiting.clear()

    def _next(self, batch: Batch) -> Due | None:
        """Take the next fault that is due at the batch, unless one lasts."""
        if self._lasting is None and self._waiting and self._waiting[0].ordinal < batch.first + batch.count:
            return self._waiting.pop(0)
        return None

    def _make(self, due: Due) -> None:
        match due.spec.name:
            case "kill":
                self._kill.between_calls(due)
            case "restart":
                restart(self._scene, due)
            case "churn":
                churn(self._scene, due)
            case _ if self._levers is not None:
                self._lasting = Lasting(self._scene, self._levers, due)

    def _learned(self, reply: dict[str, Any]) -> dict[str, Any]:
        self._kill.learn(reply)
        return reply
