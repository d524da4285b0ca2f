"""A whole benchmark: the same workload and the same settings for each system, one worker at a time, order rotated."""

from __future__ import annotations

import re
import shutil
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import msgspec

from mempress.clock import clock_ns
from mempress.errors import UsageError
from mempress.journal import JournalWriter
from mempress.masking import masked
from mempress.model import HarnessCost, RunHead, WorkloadHead
from mempress.runfiles import RUNS, RunFiles, run_files, write_json
from mempress.runner.faults.machine import Machine, machine_for
from mempress.runner.harness import measure_harness
from mempress.runner.places import Place, Places
from mempress.runner.recorder import Recorder
from mempress.runner.resume import complete_runs, set_aside
from mempress.runner.run import Run
from mempress.runner.runplan import RunPlan
from mempress.runner.settings import worker_settings
from mempress.runner.soak import SoakRun
from mempress.systems.registry import find_system
from mempress.workload import open_source
from mempress.workload.prepare import prepare as prepare_workload

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from mempress.config import RunConfig
    from mempress.runner.client import WorkerSettings
    from mempress.samples import Sample
    from mempress.systems.registry import SystemReference
    from mempress.workload.prepare import Workload


@dataclass(frozen=True, slots=True)
class RunNotice:
    """Told to a listener when a run begins: the records it may reach, and for how long it soaks, if it does."""

    run: str
    records: int
    soak_seconds: float | None = None


class Listener:
    """Hears what a benchmark does; the base class is deaf."""

    def preparing(self, text: str) -> None:
        """An environment is built; ``text`` is one line of its progress."""

    def run_began(self, notice: RunNotice) -> None:
        """A run begins."""

    def sampled(self, sample: Sample, health: float | None = None) -> None:
        """The run under way has a new sample; its health where that can be told yet."""

    def run_ended(self, status: str) -> None:
        """The run under way has ended."""

    def spent(self, stage: str, spent_ns: int) -> None:
        """So long a stage has taken: workload, calibration, environments, systems, waiting or runs."""


def run_benchmark(config: RunConfig, out: Path, listener: Listener, *, resume: bool = False) -> Iterator[Path]:
    """Run every system as often as asked; gives each run's directory as soon as its journal is complete.

    Results of an earlier benchmark in ``out`` are replaced. With ``resume`` its runs that came to their end are left as
    they are and not given; one that was broken off is set aside and run again.

    Raises:
        UsageError: a system or the workload cannot be used, or the benchmark to be resumed was another one; nothing was
            started or replaced then.
        KeyboardInterrupt: after the journal of the run under way has its end.
    """
    references = [find_system(spec) for spec in config.systems]
    _check_options(config, references)
    source = open_source(config.workload, seed=config.seed, batch_size=config.batch_size)
    lap = _Laps(listener)
    with (
        machine_for(config.fault_specs()) as machine,
        prepare_workload(source, max_records=config.max_records, batch_size=config.batch_size) as workload,
    ):
        lap.ends("workload")
        settings, environment = worker_settings(config)
        kept = complete_runs(config, workload, environment, out) if resume else {}
        turns = [(r, repeat) for repeat in range(config.repeats) for r in _rotated(references, repeat)]
        left = [(reference, repeat) for reference, repeat in turns if (reference.spec, repeat) not in kept]
        harness = measure_harness(settings, workload) if left else None
        lap.ends("calibration")
        kind = Run if config.soak is None else SoakRun
        bench = Bench(config, workload, settings, environment, harness, listener, kind, machine)
        for reference in references:
            bench.place(reference)
        lap.ends("environments")
        if resume:
            set_aside(out, kept.values())
        else:
            shutil.rmtree(out / RUNS, ignore_errors=True)
        for reference, repeat in left:
            head = _named_apart(run_head(bench, reference, repeat), out)
            yield run_one(bench, head, run_files(out, head.run), reference)


class _Laps:
    """Tells a listener how long each of several stages took that follow one another."""

    def __init__(self, listener: Listener) -> None:
        self._listener = listener
        self._began_ns = clock_ns()

    def ends(self, stage: str) -> None:
        """Tell what passed since the stage before."""
        now = clock_ns()
        self._listener.spent(stage, now - self._began_ns)
        self._began_ns = now


@dataclass(frozen=True, slots=True)
class Bench:
    """What all runs of a benchmark share."""

    config: RunConfig
    workload: Workload
    settings: WorkerSettings
    environment: dict[str, Any]
    harness: HarnessCost | None
    listener: Listener
    kind: type[Run] = Run
    machine: Machine = field(default_factory=Machine)
    places: Places = field(default_factory=Places)

    def place(self, reference: SystemReference) -> Place:
        """Give where a system runs; its environment is built first where it is not there yet."""
        return self.places.of(reference, self.listener.preparing)


def run_one(bench: Bench, head: RunHead, files: RunFiles, reference: SystemReference) -> Path:
    """Take a system through a run; gives its directory. Its journal is complete, whatever happened."""
    began_ns = clock_ns()
    files.workdir.mkdir(parents=True)
    write_json(files.head, head)
    place = bench.place(reference)
    if place.interpreter is not None and place.interpreter.lock is not None:
        shutil.copyfile(place.interpreter.lock, files.lock)
    soak = bench.config.soak
    bench.listener.run_began(
        RunNotice(head.run, bench.workload.records, None if soak is None else soak.duration_seconds)
    )
    settings = place.settings(bench.settings)
    launch, levers = bench.machine.levers(settings.launch, files.workdir)
    plan = RunPlan(
        reference=reference,
        workdir=files.workdir,
        config=bench.config,
        workload=bench.workload,
        settings=replace(settings, launch=launch),
        refusal=place.refusal,
        levers=levers,
    )
    run: Run | None = None
    try:
        with JournalWriter(files.journal) as journal:
            run = bench.kind(plan, Recorder(journal, bench.config, bench.listener.sampled))
            bench.listener.run_ended(run.execute())
    finally:
        shutil.rmtree(files.workdir, ignore_errors=True)
        if run is not None:
            _tell_spent(bench.listener, run, clock_ns() - began_ns)
    return files.directory


def _tell_spent(listener: Listener, run: Run, whole_ns: int) -> None:
    listener.spent("systems", run.system_ns)
    listener.spent("waiting", run.waiting_ns)
    listener.spent("runs", whole_ns - run.system_ns - run.waiting_ns)


def run_head(bench: Bench, reference: SystemReference, repeat: int) -> RunHead:
    """Give the head of a run that is about to begin."""
    interpreter = bench.place(reference).interpreter
    slug = re.sub(r"[^a-z0-9._-]+", "-", reference.label.lower())
    workload = bench.workload
    options = {system: masked(given) for system, given in bench.config.options.items()}
    return RunHead(
        run=slug if bench.config.repeats == 1 else f"{slug}-{repeat + 1}",
        system=reference.spec,
        label=reference.label,
        repeat=repeat,
        project=None if reference.project is None else reference.project.package,
        package=None if reference.offer is None else reference.offer.package,
        started=datetime.now(UTC).isoformat(timespec="milliseconds"),
        config=msgspec.structs.replace(bench.config, options=options),
        workload=WorkloadHead(
            name=workload.name, sha256=workload.sha256, records=workload.records, facts=dict(workload.facts)
        ),
        environment=bench.environment,
        harness=bench.harness,
        python=None if interpreter is None else interpreter.python,
        packages={} if interpreter is None else interpreter.packages(),
        lock_sha256=None if interpreter is None else interpreter.lock_sha256(),
    )


def _named_apart(head: RunHead, out: Path) -> RunHead:
    """Number a run whose name another system of the benchmark has taken: two classes may bear one name."""
    number, name = 1, head.run
    while run_files(out, name).directory.exists():
        number += 1
        name = f"{head.run}-{number}"
    return msgspec.structs.replace(head, run=name)


def _check_options(config: RunConfig, references: Sequence[SystemReference]) -> None:
    labels = [reference.label for reference in references]
    for system in config.options:
        if system not in labels and system not in [reference.name for reference in references]:
            raise UsageError(
                f"An option is meant for {system!r}, which is not in this run: write one of {', '.join(labels)} before "
                "the dot."
            )


def _rotated(references: Sequence[SystemReference], repeat: int) -> Sequence[SystemReference]:
    """Give the systems, another one first in each repeat: who runs first has the cooler machine."""
    start = repeat % len(references)
    return [*references[start:], *references[:start]]
