"""Finds how many records a system takes under a memory limit, or how little memory some records need: run by run.

Each question is an ordinary run in a fresh process under the real limit. A trial begins with a run to the system's
death, which tells about where the edge is; from there it steps back to a run that is taken, and halves what lies
between (``bisection``). Nothing is carried from one trial to the next but how many records the first run offers.
"""

from __future__ import annotations

import math
import shutil
from dataclasses import asdict, dataclass
from functools import partial
from typing import TYPE_CHECKING

import msgspec

from mempress.analysis import analyse
from mempress.analysis.capacity import conclude_trial, judge_probe, together
from mempress.errors import UsageError
from mempress.model.capacity import Capacity
from mempress.runfiles import RunFiles, read_head, write_json
from mempress.runner.benchmark import Bench, Listener, run_head, run_one
from mempress.runner.bisection import Bisection
from mempress.runner.run import Run
from mempress.runner.settings import worker_settings
from mempress.systems.registry import find_system
from mempress.workload import open_source
from mempress.workload.prepare import prepare

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from mempress.config import RunConfig
    from mempress.model.capacity import CapacityProbe, CapacityTrial, Question
    from mempress.runner.load import Load

PROBES = "probes"
_FIRST_RECORDS = 1_000
_GROWTH = 4
_MARGIN = 2
_SAMPLES = 10
_COARSE = 0.01
_SAMPLE_QUERIES = 3
_MIB = 1 << 20
_LEAST_STEP_BYTES = 1 << 16
_MOST_BYTES = 1 << 50
_MS_PER_SECOND = 1_000


class _Unrecovered(Run):
    """A run that ends with its load: whether the system would recover is another question."""

    def _recover(self, load: Load) -> None:
        """Do nothing."""


@dataclass(frozen=True, slots=True)
class CapacityPlan:
    """What is asked of one system, ``config.systems[0]``.

    For the question of records ``config.max_records`` is the most that are offered, under
    ``config.memory_limit_bytes``; for that of memory it is the records to be taken. ``told`` hears of each run.
    """

    config: RunConfig
    question: Question
    trials: int
    resolution: float
    out: Path
    told: Callable[[int, CapacityProbe], None]


def run_capacity(plan: CapacityPlan) -> Iterator[CapacityTrial]:
    """Search for the edge as often as asked; a trial that reaches none is the last: more would tell no more.

    Earlier runs in ``out`` are removed first.

    Raises:
        UsageError: the system or the workload cannot be used.
    """
    find_system(plan.config.systems[0])
    if not 0.0 < plan.resolution < 1.0:
        raise UsageError(f"--resolution is {plan.resolution:%}: give a share of the capacity, such as 1%.")
    open_source(plan.config.workload, seed=plan.config.seed, batch_size=plan.config.batch_size)
    shutil.rmtree(plan.out / PROBES, ignore_errors=True)
    first_records = _FIRST_RECORDS
    for number in range(1, plan.trials + 1):
        trial = _Trial(plan, number)
        found = trial.most_records(first_records) if plan.question == "records" else trial.least_memory()
        yield found
        if found.outcome != "edge":
            return
        first_records = _MARGIN * (found.fails_at or first_records)


def conclude(plan: CapacityPlan, trials: Sequence[CapacityTrial]) -> Capacity:
    """Put the trials of a system together; settings and environment are those of the first run.

    Raises:
        ValueError: there is no trial.
    """
    reference = find_system(plan.config.systems[0])
    head = read_head(_files(plan, trials[0].probes[0].run).directory)
    said = together(reference.label, plan.question, trials)
    return Capacity(
        system=reference.spec,
        label=reference.label,
        question=plan.question,
        records=plan.config.max_records if plan.question == "memory" else None,
        memory_limit_bytes=plan.config.memory_limit_bytes,
        resolution=plan.resolution,
        seed=plan.config.seed,
        trials=list(trials),
        config=head.config,
        environment=read_head(_files(plan, trials[0].probes[-1].run).directory).environment,
        **asdict(said),
    )


def _files(plan: CapacityPlan, run: str) -> RunFiles:
    return RunFiles((plan.out / PROBES / run).resolve())


class _Trial:
    """One search, with its runs in order."""

    def __init__(self, plan: CapacityPlan, number: int) -> None:
        self._plan = plan
        self._number = number
        self._probes: list[CapacityProbe] = []

    def most_records(self, first_records: int) -> CapacityTrial:
        """Offer more and more until the system dies, then look for the edge below that."""
        plan = self._plan
        records, limit_bytes = min(first_records, plan.config.max_records), plan.config.memory_limit_bytes
        probe = self._ask(records, limit_bytes, _batch(records, _COARSE))
        while probe.taken and records < plan.config.max_records:
            records = min(_GROWTH * records, plan.config.max_records)
            probe = self._ask(records, limit_bytes, _batch(records, _COARSE))
        if not probe.taken:
            fails_at = min(records, probe.acknowledged + probe.batch_size)
            search = Bisection(fails_at, rising=False, resolution=plan.resolution, low=1, high=fails_at)
            search.answer(fails_at, holds=False)
            batch_size = _batch(fails_at, plan.resolution / 2)
            self._search(search, lambda asked: self._ask(asked, limit_bytes, batch_size))
        return conclude_trial(self._number, plan.question, self._probes)

    def least_memory(self) -> CapacityTrial:
        """Run without a limit to learn about where the edge is, then look for it."""
        plan = self._plan
        records = plan.config.max_records
        ask = partial(self._ask, records, batch_size=_batch(records, plan.resolution / 2))
        free = ask(None)
        if free.taken:
            peak_bytes = math.ceil((free.peak_memory_mb or 1.0) * _MIB)
            search = Bisection(
                peak_bytes,
                rising=True,
                resolution=plan.resolution,
                low=_MIB,
                high=_MOST_BYTES,
                least_step=_LEAST_STEP_BYTES,
            )
            self._search(search, ask)
        return conclude_trial(self._number, plan.question, self._probes)

    def _search(self, search: Bisection, ask: Callable[[int], CapacityProbe]) -> None:
        while (question := search.question) is not None:
            search.answer(question, holds=ask(question).taken)

    def _ask(self, records: int, limit_bytes: int | None, batch_size: int) -> CapacityProbe:
        """Run the system on so many records under a limit, and judge it."""
        plan = self._plan
        config = _config(plan.config, records, limit_bytes, min(batch_size, plan.config.batch_size))
        reference = find_system(config.systems[0])
        source = open_source(config.workload, seed=config.seed, batch_size=plan.config.batch_size)
        files = _files(plan, f"t{self._number}-p{len(self._probes) + 1:02}")
        with prepare(source, max_records=records, batch_size=config.batch_size) as workload:
            settings, environment = worker_settings(config)
            bench = Bench(config, workload, settings, environment, None, Listener(), _Unrecovered)
            head = msgspec.structs.replace(run_head(bench, reference, self._number - 1), run=files.directory.name)
            summary = analyse(run_one(bench, head, files, reference))
        write_json(files.summary, summary)
        probe = judge_probe(read_head(files.directory), summary, plan.question)
        self._probes.append(probe)
        plan.told(self._number, probe)
        return probe


def _config(config: RunConfig, records: int, limit_bytes: int | None, batch_size: int) -> RunConfig:
    """Give the settings of one run: few samples on the way, no end but the system's own, most searches at the end."""
    return msgspec.structs.replace(
        config,
        max_records=records,
        memory_limit_bytes=limit_bytes,
        batch_size=batch_size,
        batches_per_sample=max(1, round(records / batch_size / _SAMPLES)),
        queries=min(_SAMPLE_QUERIES, config.queries),
        final_queries=config.queries,
        continue_after_saturation=True,
        objective_ms=config.objective_ms or config.timeout_seconds * _MS_PER_SECOND,
    )


def _batch(records: int, share: float) -> int:
    """Give a batch that is so small a share of the records that it does not blur the edge."""
    return max(1, int(records * share))
