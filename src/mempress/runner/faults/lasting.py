"""The faults that last for some batches: a disk without room, a slow disk, a clock that jumps."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from mempress.journal import FaultStage
from mempress.runner.faults.orders import NORMAL, Order

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from mempress.faultspec import FaultName
    from mempress.journal import Reopened
    from mempress.runner.faults.audit import Inventory
    from mempress.runner.faults.orders import Levers
    from mempress.runner.faults.scene import Due, Scene

_NS_PER_MS = 1_000_000
_DAY_NS = 86_400_000_000_000


@dataclass(frozen=True, slots=True)
class Stage:
    """An order that holds for some batches; for up to ``most`` where it has not met the system until then."""

    name: str
    batches: int
    order: Order
    most: int = 0
    terms: Mapping[str, float] = field(default_factory=dict)


STAGES: Mapping[FaultName, Sequence[Stage]] = {
    "disk-full": (Stage("full", 2, Order(full=True), most=10), Stage("room", 1, NORMAL)),
    "slow-disk": (
        Stage(
            "slow",
            2,
            Order(write_delay_ns=_NS_PER_MS, sync_delay_ns=5 * _NS_PER_MS),
            terms={"write_delay_ms": 1, "sync_delay_ms": 5},
        ),
    ),
    "clock-jump": (
        Stage("forward", 2, Order(clock_offset_ns=_DAY_NS), terms={"forward_days": 1}),
        Stage("back", 2, Order(clock_offset_ns=-_DAY_NS), terms={"back_days": 1}),
    ),
}
"""What each of these faults is made of. After a full disk there is room again before it ends: does the system go on?"""


class Lasting:
    """One such fault, from its first batch to the audit after its last."""

    def __init__(self, scene: Scene, levers: Levers, due: Due) -> None:
        self._scene = scene
        self._levers = levers
        self._due = due
        self._stages = list(STAGES[due.spec.name])
        self._batches_left = self._batches_more = 0
        terms = {name: value for stage in self._stages for name, value in stage.terms.items()}
        batches = {f"{stage.name}_batches": stage.batches for stage in self._stages}
        scene.begin(due, levers.mechanism, **batches, **terms)
        self._held: Inventory | None = scene.audit_before(due)
        self._acknowledged = len(scene.subject.acknowledged)
        self._revised = dict(scene.recorder.edits.revised)
        levers.begin()
        self._next_stage()

    def batch_done(self) -> bool:
        """Count a batch; gives whether the fault is over."""
        self._batches_left -= 1
        if self._batches_left <= 0 < self._batches_more and self._levers.has_refused() is False:
            self._batches_left, self._batches_more = 1, self._batches_more - 1
        if self._batches_left > 0:
            return False
        if self._stages:
            self._next_stage()
            return False
        self.finish()
        return True

    def finish(self) -> None:
        """Lift the orders and audit: a system that persists after a full disk is opened again first.

        What it kept in its memory alone would be found there otherwise.
        """
        scene, due = self._scene, self._due
        self._give(NORMAL)
        counted = self._levers.counted()
        reopened: Reopened | None = None
        if due.spec.name == "disk-full" and "persistence" in scene.client.capabilities:
            reopened = scene.restart()
        if self._held is not None and (reopened is None or reopened.error is None):
            scene.audit(due, "after", "acknowledged", self._expected(self._held))
        scene.end(due, reopened=reopened, counted=counted)

    def _expected(self, held: Inventory) -> Inventory:
        """Give what must be there: what was, as it was or as it was revised since, and what was acknowledged since."""
        scene, edits = self._scene, self._scene.recorder.edits
        revised = {o for o, revision in edits.revised.items() if revision != self._revised.get(o)}
        since = set(scene.subject.acknowledged[self._acknowledged :])
        again = (revised & set(held.ordinals)) | since
        return held.without(revised | edits.deleted) + scene.offered(sorted(again - edits.deleted), held)

    def _next_stage(self) -> None:
        stage = self._stages.pop(0)
        self._batches_left, self._batches_more = stage.batches, stage.most - stage.batches
        recorder = self._scene.recorder
        recorder.write(FaultStage(t_ns=recorder.t_ns, fault=self._due.number, stage=stage.name, batches=stage.batches))
        self._give(stage.order)

    def _give(self, order: Order) -> None:
        self._levers.give(order, self._scene.client.processes)
