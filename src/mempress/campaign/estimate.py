"""What a plan will take: time and disk, by runs that are recorded. What no record tells is unknown."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from statistics import median
from typing import TYPE_CHECKING

from mempress.campaign.book import LEDGER
from mempress.campaign.ledger import Ended, read_ledger
from mempress.detect.growth import fit_growth
from mempress.errors import JournalError
from mempress.format import duration
from mempress.runfiles import RunFiles, read_head, runs_in

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from mempress.campaign.matrix import PlannedRun
    from mempress.config import RunConfig

_MIB = 1 << 20


@dataclass(frozen=True, slots=True)
class Recorded:
    """A run that was measured: how long it took with all that it needs, and how many bytes are kept of it."""

    system: str
    config: RunConfig
    seconds: float
    kept_bytes: int


@dataclass(frozen=True, slots=True)
class Estimate:
    """Of ``runs``; ``basis`` counts them by how they are known, and those in ``unknown``, by system, are in no sum."""

    runs: int
    seconds: float
    kept_bytes: float
    basis: dict[str, int]
    unknown: dict[str, int]


def recorded_in(directories: Iterable[Path]) -> list[Recorded]:
    """Give the whole runs of benchmarks and campaigns that can be read."""
    return [run for out in directories for run in _recorded(out)]


def estimate(planned: Sequence[PlannedRun], known: Sequence[Recorded]) -> Estimate:
    """Estimate a plan."""
    seconds = kept_bytes = 0.0
    basis: dict[str, int] = {}
    unknown: dict[str, int] = {}
    for run in planned:
        found = _of_run(run, known)
        if found is None:
            unknown[run.system] = unknown.get(run.system, 0) + 1
            continue
        how, run_seconds, run_bytes = found
        seconds, kept_bytes = seconds + run_seconds, kept_bytes + run_bytes
        basis[how] = basis.get(how, 0) + 1
    return Estimate(len(planned), seconds, kept_bytes, basis, unknown)


def words(found: Estimate, slots: int) -> list[str]:
    """Say it, with what it is based on."""
    told = sum(found.basis.values())
    if not told:
        return ["time and disk unknown: no run of these systems is recorded; --like DIR gives one's own"]
    of = f" for {told} of {found.runs} runs" if found.unknown else ""
    lines = [
        f"about {duration(found.seconds / slots)}{of} with {slots} at a time, and {found.kept_bytes / _MIB:,.1f} MiB "
        "of journals to keep; each system's own files come on top while it runs",
        "based on " + "; ".join(f"{how}: {count} runs" for how, count in found.basis.items()),
    ]
    if found.unknown:
        lines.append("unknown, and not in the sum: " + "; ".join(f"{s}: {n} runs" for s, n in found.unknown.items()))
    return lines


def _recorded(out: Path) -> Iterator[Recorded]:
    try:
        walls = {entry.run: entry.wall_s for entry in read_ledger(out / LEDGER) if isinstance(entry, Ended)}
        directories = runs_in(out)
    except JournalError:
        return
    for directory in directories:
        files = RunFiles(directory)
        seconds = walls.get(directory.name, _journaled_seconds(files))
        if seconds is not None:
            kept = sum(path.stat().st_size for path in directory.iterdir() if path.is_file())
            head = read_head(directory)
            yield Recorded(head.system, head.config, seconds, kept)


def _journaled_seconds(files: RunFiles) -> float | None:
    """Give how long a run took from its worker's start on, where its journal is whole."""
    from mempress.journal import Ended as RunEnded  # noqa: PLC0415 - of another journal than the ledger's
    from mempress.journal import read_journal  # noqa: PLC0415 - as above

    try:
        last = next(iter(deque(read_journal(files.journal), maxlen=1)), None)
    except JournalError:
        return None
    return last.t_ns / 1e9 if isinstance(last, RunEnded) else None


def _of_run(run: PlannedRun, known: Sequence[Recorded]) -> tuple[str, float, float] | None:
    same = [one for one in known if one.system == run.system]
    if not same:
        return None
    size = run.config.max_records
    alike = [one for one in same if _alike(one.config, run.config)]
    exact = [one for one in alike if one.config.max_records == size]
    if exact:
        return "recorded at this size", median(o.seconds for o in exact), median(o.kept_bytes for o in exact)
    pool = alike or same
    sizes = [float(one.config.max_records) for one in pool]
    if len(set(sizes)) >= _LEAST_SIZES:
        by_time = fit_growth(sizes, [one.seconds for one in pool])
        by_size = fit_growth(sizes, [float(one.kept_bytes) for one in pool])
        if by_time is not None and by_size is not None:
            return "by the law that recorded sizes follow", max(0.0, by_time.predict(size)), by_size.predict(size)
    near = min({one.config.max_records for one in pool}, key=lambda records: abs(records - size))
    nearest, ratio = [one for one in pool if one.config.max_records == near], size / near
    seconds, kept = median(one.seconds for one in nearest), median(one.kept_bytes for one in nearest)
    return "in proportion to the nearest recorded size", seconds * ratio, kept * ratio


_LEAST_SIZES = 3


def _alike(one: RunConfig, other: RunConfig) -> bool:
    """Tell whether two runs do the same work, but for size and seed."""
    return all(
        getattr(one, name) == getattr(other, name)
        for name in ("workload", "batch_size", "queries", "capacity_bytes", "traffic", "final_queries", "soak")
    )
