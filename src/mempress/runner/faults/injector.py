"""Makes a run's faults when they are due, one after the other."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mempress.runner.faults.acts import Kill, churn, restart
from mempress.runner.faults.base import Faults
from mempress.runner.faults.scene import Due, Scene

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mempress.faultspec import FaultPhase
    from mempress.runner.client import SystemClient
    from mempress.workload.prepare import Batch


class Injector(Faults):
    """The faults of one run. A fault that is due while another lasts waits until that is over."""

    def __init__(self, scene: Scene) -> None:
        self._scene = scene
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
    def waiting(self) -> bool:
        """Whether a fault is yet to come."""
        return bool(self._waiting)

    def store(self, client: SystemClient, batch: Batch, texts: Sequence[str]) -> dict[str, Any]:  # noqa: ARG002 - a fault changes it
        """Make the faults that are due at this batch, and store it."""
        while self._waiting and self._waiting[0].ordinal < batch.first + batch.count:
            due = self._waiting[0]
            if due.spec.name == "kill":
                reply, killed = self._kill.store(due, batch, texts)
                del self._waiting[: 1 if killed else 0]
                if reply is not None:
                    return self._learned(reply)
            else:
                del self._waiting[0]
                self._make(due)
        return self._learned(self._scene.client.store(batch.payload, texts))

    def finish(self) -> None:
        """Make the kill that no call of this phase was long enough for."""
        for due in self._waiting:
            if due.spec.name == "kill" and due.ordinal < self._scene.subject.offered:
                self._kill.between_calls(due)
        self._waiting.clear()

    def _make(self, due: Due) -> None:
        match due.spec.name:
            case "restart":
                restart(self._scene, due)
            case "churn":
                churn(self._scene, due)

    def _learned(self, reply: dict[str, Any]) -> dict[str, Any]:
        self._kill.learn(reply)
        return reply
