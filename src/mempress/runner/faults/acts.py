"""The faults that happen at once: a kill in a store call, a restart, and deletion with storing again."""

from __future__ import annotations

import math
from collections import deque
from dataclasses import dataclass
from statistics import median
from typing import TYPE_CHECKING, Any

from mempress.clock import clock_ns
from mempress.journal import Struck

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mempress.runner.faults.audit import Inventory
    from mempress.runner.faults.scene import Due, Scene
    from mempress.workload.prepare import Batch

DELETED_SHARE = 0.01
DELETED_MOST = 100
CHURNED_SHARE = 0.2
_ATTEMPTS = 3
_SHORTEST_NS = 200_000
"""A shorter call is over before a kill from outside can meet it."""
_FIRST_CALL_NS = 1_000_000
_CALLS_REMEMBERED = 5


class Kill:
    """SIGKILL of the worker's tree at a random moment of a store call, and a fresh worker on the same workdir.

    Where the call returns before its moment has come, the next batch is tried, at an earlier moment each time; a call
    that is too short to be met is preceded by the kill instead.
    """

    def __init__(self, scene: Scene) -> None:
        self._scene = scene
        self._calls_ns: deque[int] = deque(maxlen=_CALLS_REMEMBERED)
        self._attempts = 0
        self._known = Known(None, None)

    def learn(self, reply: dict[str, Any]) -> None:
        """Remember how long a store call takes."""
        self._calls_ns.append(reply["latency_ns"])

    def store(self, due: Due, batch: Batch, texts: Sequence[str]) -> tuple[dict[str, Any] | None, bool]:
        """Store a batch and kill in the call.

        Gives the reply, None where there was none that acknowledges the batch, and whether the system was killed.
        """
        usual_ns = round(median(self._calls_ns)) if self._calls_ns else None
        if self._attempts >= _ATTEMPTS or (usual_ns is not None and usual_ns < _SHORTEST_NS):
            self.between_calls(due)
            return None, True
        self._look(due)
        self._attempts += 1
        moment = self._scene.chance(due).uniform(0.02, 0.98) * 0.5 ** (self._attempts - 1)
        after_ns = round(moment * (usual_ns or _FIRST_CALL_NS))
        killed = self._scene.client.store_and_kill(batch.payload, texts, after_ns)
        since_ns, reply = clock_ns(), killed.reply
        if killed.into_call_ns is None:
            return reply, False
        acknowledged = reply is not None and reply.get("error") is None
        if acknowledged:
            self._known = self._known.with_more(self._scene, range(batch.first, batch.first + batch.count))
        into_call_ns = killed.into_call_ns if reply is None else None
        struck = Struck(batch.first, batch.count, acknowledged, into_call_ns, usual_ns, self._attempts)
        self._after(due, struck, since_ns)
        return (reply if acknowledged else None), True

    def between_calls(self, due: Due) -> None:
        """Kill while no call is under way."""
        self._look(due)
        since_ns = clock_ns()
        self._scene.client.kill()
        self._after(due, Struck(self._scene.subject.offered, 0, True, None, None, self._attempts), since_ns)

    def _look(self, due: Due) -> None:
        """Audit before an attempt; before the first one the fault begins."""
        if self._attempts == 0:
            self._known = begin_and_delete(self._scene, due, "SIGKILL to every process of the worker's tree")
        else:
            self._known = Known(self._scene.audit_before(due), self._known.deleted)

    def _after(self, due: Due, struck: Struck, since_ns: int) -> None:
        scene, self._attempts = self._scene, 0
        reopened = scene.reopen(since_ns)
        if reopened.error is None:
            self._known.audit_after(scene, due)
            if not struck.acknowledged:
                cut_short = range(struck.first, struck.first + struck.count)
                scene.audit(due, "after", "unacknowledged", scene.offered(cut_short))
            scene.restore()
        scene.end(due, struck=struck, reopened=reopened)


def restart(scene: Scene, due: Due) -> None:
    """Close the system and open it again in a fresh worker, on the same workdir."""
    known = begin_and_delete(scene, due, "close(), then a fresh process opens the same workdir")
    reopened = scene.restart()
    if reopened.error is None:
        known.audit_after(scene, due)
        scene.restore()
    scene.end(due, reopened=reopened)


def churn(scene: Scene, due: Due) -> None:
    """Delete a share of what is held, look whether it is gone, and store it again."""
    if "delete" not in scene.client.capabilities:
        scene.skip(due, "it has no delete")
        return
    scene.begin(due, "delete(), then store() of the same records", share=CHURNED_SHARE)
    before = scene.audit_before(due)
    if before is not None:
        kept, picked = before.split(scene.chance(due), round(CHURNED_SHARE * len(before.ordinals)))
        deleted = scene.delete(picked)
        scene.audit(due, "between", "deleted", deleted)
        again = scene.restore()
        scene.audit(due, "after", "restored", again)
        scene.audit(due, "after", "acknowledged", kept)
    scene.end(due)


@dataclass(frozen=True, slots=True)
class Known:
    """What must be there after a fault, and what must not; None: not known."""

    held: Inventory | None
    deleted: Inventory | None

    def with_more(self, scene: Scene, acknowledged: range) -> Known:
        """Give the same with records that were acknowledged since."""
        if self.held is None:
            return self
        return Known(self.held + scene.offered(acknowledged, self.held), self.deleted)

    def audit_after(self, scene: Scene, due: Due) -> None:
        """Look what became of them."""
        if self.held is not None:
            scene.audit(due, "after", "acknowledged", self.held)
        if self.deleted is not None:
            scene.audit(due, "after", "deleted", self.deleted)


def begin_and_delete(scene: Scene, due: Due, mechanism: str) -> Known:
    """Begin a fault that no process outlives; a few records are deleted before it, for they must stay deleted."""
    deletes = {"delete", "persistence"} <= scene.client.capabilities
    terms = {"deleted_share": DELETED_SHARE, "deleted_most": DELETED_MOST} if deletes else {}
    scene.begin(due, mechanism, **terms)
    before = scene.audit_before(due)
    if before is None or not deletes:
        return Known(before, None)
    number = min(DELETED_MOST, math.ceil(DELETED_SHARE * len(before.ordinals)))
    kept, picked = before.split(scene.chance(due), number)
    return Known(kept, scene.delete(picked))
