"""What one run is given."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from mempress.config import RunConfig
    from mempress.runner.client import WorkerSettings
    from mempress.runner.faults.orders import Levers
    from mempress.systems.registry import SystemReference
    from mempress.workload.prepare import Workload


@dataclass(frozen=True, slots=True)
class RunPlan:
    """What one run needs to know."""

    reference: SystemReference
    workdir: Path
    config: RunConfig
    workload: Workload
    settings: WorkerSettings
    refusal: str | None
    """Why its environment is not there; None: it is."""
    levers: Levers | None = None
    """What the faults of the run move, where they need any."""
