"""A campaign's directory.

campaign.json     its plan: name, seed, and all runs in the order drawn
campaign.jsonl    its ledger
runs/RUN/         ordinary runs
broken_off/       attempts that do not count: lost, failed, or stopped
conditions/NAME/  an ordinary result of all systems under one condition on one kind of machine
results.json, memory_pressure_report.md, .html    all of it
"""

from __future__ import annotations

import fcntl
import os
import shutil
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import msgspec

from mempress.campaign.matrix import PlannedRun
from mempress.errors import JournalError, UsageError
from mempress.masking import masked
from mempress.model.heads import SCHEMA
from mempress.runfiles import RUNS, RunFiles, read_head, run_files, write_json
from mempress.runner.resume import BROKEN_OFF, came_to_its_end, free_path

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator
    from pathlib import Path

PLAN = "campaign.json"
LEDGER = "campaign.jsonl"
CONDITIONS = "conditions"
_LOCK = ".campaign.lock"


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """``campaign.json``: what a campaign is to measure, in the order drawn by ``seed``. Secrets are masked."""

    schema: int = SCHEMA
    name: str
    seed: int
    matrix: dict[str, Any]
    """What the file says: each axis, the repeats, the exclusions."""
    runs: list[PlannedRun]


class Book:
    """The directory, held by one command at a time."""

    def __init__(self, out: Path) -> None:
        self.out = out

    @property
    def ledger(self) -> Path:
        """The ledger's path."""
        return self.out / LEDGER

    @contextmanager
    def held(self) -> Iterator[None]:
        """Hold the directory.

        Raises:
            UsageError: another command works on it.
        """
        self.out.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(self.out / _LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            yield
        except BlockingIOError as error:
            raise UsageError(
                f"{self.out}: another command works on this campaign. Wait, or give another --out."
            ) from error
        finally:
            os.close(descriptor)

    def begin(self, plan: Plan, *, resume: bool) -> set[str]:
        """Write the plan; gives the runs that stand already. What else lies among the runs is put aside.

        Raises:
            UsageError: there are runs and they are not to be taken up, or they are not of this plan.
        """
        plan = masked_plan(plan)
        there = self._there()
        if there and not resume:
            raise UsageError(
                f"{self.out} holds {len(there)} runs. Add --resume to go on with them, or give another --out."
            )
        planned = {run.run: run for run in plan.runs}
        kept = {run for run in there if came_to_its_end(self.files(run).directory)}
        self._check(kept, planned)
        write_json(self.out / PLAN, plan)
        for run in there - kept:
            self.put_aside(run)
        return kept

    def files(self, run: str) -> RunFiles:
        """Give a run's files."""
        return run_files(self.out, run)

    def put_aside(self, run: str) -> None:
        """Move a run's directory to those that do not count; a workdir left in it goes."""
        files = self.files(run)
        if not files.directory.exists():
            return
        shutil.rmtree(files.workdir, ignore_errors=True)
        (self.out / BROKEN_OFF).mkdir(exist_ok=True)
        files.directory.rename(free_path(self.out / BROKEN_OFF / run))

    def _there(self) -> set[str]:
        return {path.name for path in (self.out / RUNS).glob("*") if path.is_dir()}

    def _check(self, kept: Collection[str], planned: dict[str, PlannedRun]) -> None:
        strange = sorted(set(kept) - set(planned))
        if not strange:
            strange = [
                run for run in sorted(kept) if read_head(self.files(run).directory).config != planned[run].config
            ]
        if strange:
            raise UsageError(
                f"--resume: {len(strange)} runs in {self.out} are not of this campaign as its file is now, such as "
                f"{strange[0]}. Restore the file (runs may be added to a campaign, not changed), or give another --out."
            )


def masked_plan(plan: Plan) -> Plan:
    """Give the plan without secrets."""
    runs = [
        msgspec.structs.replace(
            run,
            config=msgspec.structs.replace(
                run.config, options={system: masked(given) for system, given in run.config.options.items()}
            ),
        )
        for run in plan.runs
    ]
    return msgspec.structs.replace(plan, runs=runs)


def is_campaign(out: Path) -> bool:
    """Tell whether a directory is a campaign's."""
    return (out / PLAN).is_file()


def read_plan(out: Path) -> Plan:
    """Read a campaign's plan.

    Raises:
        JournalError: it cannot be read.
    """
    path = out / PLAN
    try:
        return msgspec.json.decode(path.read_bytes(), type=Plan)
    except (OSError, msgspec.DecodeError, UsageError) as error:
        raise JournalError(f"{path}: {error}. Give the directory that `mempress campaign --out` wrote.") from error
