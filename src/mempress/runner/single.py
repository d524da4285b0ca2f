"""One run into a directory of its own: what a campaign asks of a machine."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import msgspec

from mempress.runner.benchmark import Bench, Listener, run_head, run_one
from mempress.runner.faults.machine import machine_for
from mempress.runner.harness import measure_harness
from mempress.runner.settings import worker_settings
from mempress.systems.registry import find_system
from mempress.workload import open_source
from mempress.workload.prepare import prepare

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mempress.config import RunConfig
    from mempress.runfiles import RunFiles


@dataclass(frozen=True, slots=True)
class SingleRun:
    """A run of ``config.systems[0]``; ``executor`` says in its head who ran it, and on what."""

    config: RunConfig
    files: RunFiles
    condition: str
    repeat: int
    executor: Mapping[str, Any]


def run_single(asked: SingleRun, listener: Listener) -> None:
    """Measure; the run's journal is complete afterwards.

    Raises:
        UsageError: the system or the workload cannot be used.
    """
    config = asked.config
    reference = find_system(config.systems[0])
    source = open_source(config.workload, seed=config.seed, batch_size=config.batch_size)
    with (
        machine_for(config.fault_specs()) as machine,
        prepare(source, max_records=config.max_records, batch_size=config.batch_size) as workload,
    ):
        settings, environment = worker_settings(config)
        harness = measure_harness(settings, workload)
        environment |= {"executor": dict(asked.executor)}
        bench = Bench(config, workload, settings, environment, harness, listener, machine=machine)
        head = msgspec.structs.replace(
            run_head(bench, reference, asked.repeat),
            run=asked.files.directory.name,
            condition=asked.condition,
        )
        run_one(bench, head, asked.files, reference)
