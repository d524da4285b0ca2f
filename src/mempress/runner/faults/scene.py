"""Where faults are made: the system at hand, its journal, and what is known to be there."""

from __future__ import annotations

import random
from array import array
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from mempress.clock import clock_ns
from mempress.journal import FaultBegan, FaultEnded, FaultSkipped, Reopened
from mempress.runner.faults.audit import Auditor, Inventory, Question
from mempress.runner.faults.rows import rows_of
from mempress.runner.supervisor import WorkerLostError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from mempress.faultspec import FaultSpec
    from mempress.journal import Struck
    from mempress.runner.client import SystemClient
    from mempress.runner.recorder import Recorder
    from mempress.runner.runplan import RunPlan

_IDS_PER_CALL = 1_000


class Subject(Protocol):
    """A load, as faults see it."""

    @property
    def client(self) -> SystemClient:
        """The system in the worker that it lives in now."""

    @property
    def acknowledged(self) -> Sequence[int]:
        """The ordinals that were stored and acknowledged."""

    @property
    def offered(self) -> int:
        """How many records were offered."""

    def drain(self) -> None:
        """Journal the system's testimony since it was last asked."""


@dataclass(frozen=True, slots=True)
class Due:
    """A fault and the ordinal at which it falls; ``number`` is its place in the configuration."""

    number: int
    spec: FaultSpec
    ordinal: int


class Scene:
    """What all faults of a run share.

    ``reopen`` opens the system in a fresh worker, with which the load goes on, and gives what it refused with.
    """

    def __init__(self, subject: Subject, recorder: Recorder, plan: RunPlan, reopen: Callable[[], str | None]) -> None:
        self.subject = subject
        self.recorder = recorder
        self.workload = plan.workload
        self.config = plan.config
        self.auditor = Auditor(recorder, plan.workload, plan.config)
        self._run = plan.workdir.parent.name
        self._reopen = reopen
        self._lost: WorkerLostError | None = None
        self._deleted: set[int] = set()
        self._unsure: set[int] = set()
        """Of whom a deletion or a second store raised: they may be there or not."""

    @property
    def client(self) -> SystemClient:
        """The system, in whichever worker it lives now."""
        return self.subject.client

    def chance(self, due: Due) -> random.Random:
        """Give the chances of a fault: the same for the same seed and the same run of the benchmark."""
        return random.Random(f"{self.config.seed}:{self._run}:{due.number}")  # noqa: S311 - no secret

    def begin(self, due: Due, mechanism: str, **terms: Any) -> None:
        """Journal that a fault begins."""
        recorder = self.recorder
        recorder.write(
            FaultBegan(
                t_ns=recorder.t_ns,
                fault=due.number,
                name=due.spec.name,
                phase=recorder.phase,
                records=recorder.records,
                offered=self.subject.offered,
                mechanism=mechanism,
                terms=terms,
            )
        )

    def end(
        self,
        due: Due,
        *,
        struck: Struck | None = None,
        reopened: Reopened | None = None,
        counted: dict[str, int] | None = None,
    ) -> None:
        """Journal that a fault is over.

        Raises:
            WorkerLostError: the system did not open again.
        """
        recorder = self.recorder
        recorder.write(
            FaultEnded(
                t_ns=recorder.t_ns,
                fault=due.number,
                phase=recorder.phase,
                records=recorder.records,
                struck=struck,
                reopened=reopened,
                counted=counted or {},
            )
        )
        if reopened is not None and reopened.error is not None:
            status = "crashed" if self._lost is None else self._lost.status
            raise WorkerLostError(status, f"after the fault {due.spec} it did not open again: {reopened.error}")

    def skip(self, due: Due, reason: str) -> None:
        """Journal that a fault cannot be made with this system."""
        recorder = self.recorder
        recorder.write(
            FaultSkipped(
                t_ns=recorder.t_ns, fault=due.number, phase=recorder.phase, records=recorder.records, reason=reason
            )
        )

    def audit(self, due: Due, moment: str, subject: str, expected: Inventory) -> Inventory | None:
        """Audit, where there is anything to ask about."""
        if not expected.ordinals:
            return expected
        return self.auditor.audit(self.client, Question(due.number, moment, subject), expected)

    def offered(self, ordinals: Iterable[int], beside: Inventory | None = None) -> Inventory:
        """Give records as they were offered; see ``Auditor.offered``."""
        return self.auditor.offered(self.client, ordinals, beside)

    def audit_before(self, due: Due) -> Inventory | None:
        """Audit all that should be there; gives what is: the records that the fault may not lose."""
        away = self._deleted | self._unsure | self.recorder.edits.deleted
        expected = self.offered(ordinal for ordinal in self.subject.acknowledged if ordinal not in away)
        return self.audit(due, "before", "acknowledged", expected)

    def reopen(self, since_ns: int) -> Reopened:
        """Open the system in a fresh worker; what it testifies to then is journaled."""
        opening_ns = clock_ns()
        try:
            refusal = self._reopen()
        except WorkerLostError as lost:
            refusal, self._lost = lost.reason, lost
        opened_ns = clock_ns()
        if refusal is None:
            self.subject.drain()
        return Reopened(opened_ns - since_ns, opened_ns - opening_ns, refusal)

    def restart(self) -> Reopened:
        """Close the system, and open it in a fresh worker."""
        since_ns = clock_ns()
        reply = self.client.close()
        if reply["error"] is not None:
            self.recorder.fail("close", reply["error"])
        return self.reopen(since_ns)

    def delete(self, ordinals: Sequence[int]) -> Inventory:
        """Delete records; gives those of which that was acknowledged."""
        gone = array("q")
        for start in range(0, len(ordinals), _IDS_PER_CALL):
            piece = ordinals[start : start + _IDS_PER_CALL]
            reply = self.client.delete([self.workload.id_of(ordinal) for ordinal in piece])
            if reply["error"] is None:
                gone.extend(piece)
            else:
                self.recorder.fail("delete", reply["error"])
                self._unsure.update(piece)
        self._deleted.update(gone)
        return self.offered(gone)

    def restore(self) -> Inventory:
        """Store again what was deleted; gives the records of which that was acknowledged."""
        again = array("q")
        for rows in rows_of(self.workload, sorted(self._deleted), self.recorder.edits):
            texts = rows.texts if self.client.wants_vectors else ()
            reply = self.client.store(rows.payload, texts)
            if reply["error"] is None:
                again.extend(rows.ordinals)
            else:
                self.recorder.fail("store", reply["error"])
                self._unsure.update(rows.ordinals)
        self._deleted.clear()
        return self.offered(again)
