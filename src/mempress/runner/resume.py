"""Going on with a benchmark that was broken off: which of its runs stand, and what must be as it was for them to."""

from __future__ import annotations

import shutil
from collections import deque
from typing import TYPE_CHECKING, Any, NoReturn

import msgspec

from mempress.config import option_name
from mempress.errors import JournalError, UsageError
from mempress.journal import Ended, read_journal
from mempress.masking import masked
from mempress.runfiles import RUNS, RunFiles, read_head, runs_in

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping
    from pathlib import Path

    from mempress.config import RunConfig
    from mempress.journal import Status
    from mempress.model import RunHead
    from mempress.workload.prepare import Workload

BROKEN_OFF = "broken_off"
_MAY_DIFFER = frozenset({"repeats"})
_SAME_MACHINE = ("mempress", "python", "machine", "cpu", "cores", "memory_bytes")


def complete_runs(
    config: RunConfig, workload: Workload, environment: Mapping[str, Any], out: Path
) -> dict[tuple[str, int], Path]:
    """Give the runs of a benchmark's directory that came to their end, by system as the user named it and by repeat.

    Raises:
        UsageError: they were measured under another configuration, of another workload, or elsewhere.
    """
    found = {}
    for directory in runs_in(out):
        head = read_head(directory)
        if came_to_its_end(directory):
            found[head.system, head.repeat] = directory
            _check(head, config, workload, environment, out)
    return found


def set_aside(out: Path, kept: Collection[Path]) -> None:
    """Move what else lies among the runs to ``broken_off``, where no report counts it; a workdir left there goes."""
    for directory in sorted((out / RUNS).glob("*")):
        if directory in kept:
            continue
        shutil.rmtree(RunFiles(directory).workdir, ignore_errors=True)
        (out / BROKEN_OFF).mkdir(exist_ok=True)
        directory.rename(free_path(out / BROKEN_OFF / directory.name))


def came_to_its_end(directory: Path) -> bool:
    """Tell whether a run's journal has its end, and that is not an interruption."""
    return status_of(directory) not in (None, "interrupted")


def status_of(directory: Path) -> Status | None:
    """Give how a run ended, as its journal's last line says; None where it has no end or cannot be read."""
    try:
        last = deque(read_journal(RunFiles(directory).journal), maxlen=1)
    except JournalError:
        return None
    return next((event.status for event in last if isinstance(event, Ended)), None)


def _check(head: RunHead, config: RunConfig, workload: Workload, environment: Mapping[str, Any], out: Path) -> None:
    if told := ", ".join(_differences(head.config, config)):
        _refuse(f"the runs in {out} were not begun as this command says: {told}", "Say the same again")
    if head.workload.sha256 != workload.sha256:
        _refuse(
            f"the workload {workload.name} is not what the runs in {out} were given: its lines have changed since",
            "Restore it",
        )
    places = [name for name in _SAME_MACHINE if head.environment.get(name) != environment.get(name)]
    if places:
        told = ", ".join(f"{name} was {head.environment.get(name)}, is {environment.get(name)}" for name in places)
        _refuse(f"the runs in {out} were measured elsewhere: {told}", "Go on there, for figures of two machines differ")


def _refuse(problem: str, remedy: str) -> NoReturn:
    raise UsageError(f"--resume: {problem}. {remedy}, or leave out --resume to begin anew.")


def _differences(then: RunConfig, now: RunConfig) -> Iterator[str]:
    """Name the options that differ; more repeats than there were are as good as so many from the start."""
    options = {system: masked(given) for system, given in now.options.items()}
    now = msgspec.structs.replace(now, options=options)
    for name in then.__struct_fields__:
        before, after = getattr(then, name), getattr(now, name)
        if before != after and name not in _MAY_DIFFER:
            yield f"{option_name(name)} was {_shown(before)} and is {_shown(after)}"
    if now.repeats < then.repeats:
        yield f"--repeats was {then.repeats} and is {now.repeats}"


def _shown(value: Any) -> str:
    return "not given" if value is None else msgspec.json.encode(value).decode()


def free_path(path: Path) -> Path:
    """Give the path, or the first with a number behind it, at which nothing lies."""
    number, free = 1, path
    while free.exists():
        number += 1
        free = path.with_name(f"{path.name}-{number}")
    return free
