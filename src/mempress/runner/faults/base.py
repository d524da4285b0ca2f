"""What a load asks of its faults; the base class makes none."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mempress.faultspec import FaultPhase
    from mempress.runner.client import SystemClient
    from mempress.workload.prepare import Batch


class Faults:
    """No faults."""

    @property
    def under_way(self) -> bool:
        """Whether a fault lasts at this moment: what is measured now does not judge the system."""
        return False

    @property
    def waiting(self) -> bool:
        """Whether the phase has a fault yet to come: a load that saturated goes on until it has."""
        return False

    def begin_phase(self, phase: FaultPhase, *, first: int, count: int) -> None:
        """A phase begins that may offer ``count`` records from the ordinal ``first`` on."""

    def store(self, client: SystemClient, batch: Batch, texts: Sequence[str]) -> dict[str, Any]:
        """Store a batch, with the faults that are due at it; gives the reply that counts."""
        return client.store(batch.payload, texts)

    def between_calls(self, batch: Batch) -> None:
        """Make the faults that are due at a batch which is stored in other ways, before it is."""

    def batch_done(self) -> None:
        """A batch was stored and sampled."""

    def finish(self) -> None:
        """The phase ends: what lasts ends too."""
