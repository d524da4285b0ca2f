"""A real run, made once: its head, and all lines of its journal."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from mempress.config import RunConfig
from mempress.journal import read_journal
from mempress.runfiles import RunFiles, read_head
from mempress.runner.benchmark import Listener, run_benchmark

if TYPE_CHECKING:
    from mempress.journal import Event
    from mempress.model import RunHead


@dataclass(frozen=True)
class RealRun:
    """What a run left behind."""

    directory: Path
    head: RunHead
    events: list[Event]


@pytest.fixture(scope="session")
def real_run(tmp_path_factory: pytest.TempPathFactory) -> RealRun:
    """Run ``Eventful`` through faults until it saturates, recovers and is loaded again."""
    config = RunConfig(
        systems=(f"{Path(__file__).parent / 'eventful.py'}:Eventful",),
        max_records=5_000,
        batch_size=250,
        queries=10,
        final_queries=20,
        maintenance_interval=500,
        capacity_records=1_000,
        objective_ms=3.0,
        faults=("restart@load:0.1", "churn@load:0.15", "disk-full@load:0.2"),
        options={"eventful": {"ns_per_10k_records": 100_000_000}},
    )
    (directory,) = run_benchmark(config, tmp_path_factory.mktemp("real"), Listener())
    return RealRun(directory, read_head(directory), list(read_journal(RunFiles(directory).journal)))
