"""Reading one side of a comparison: a benchmark's directory, a single run's, or a ``results.json`` alone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

import msgspec

from mempress.analysis import analyse
from mempress.analysis.noise import is_noisy
from mempress.analysis.trail import read_trail
from mempress.comparison.result import build_result, group_of
from mempress.errors import JournalError, UsageError
from mempress.journal import read_journal
from mempress.model import Result, Summary
from mempress.runfiles import RESULTS, RunFiles, read_head, runs_in

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from mempress.config import RunConfig
    from mempress.model import HarnessCost, Metrics, RunHead, WorkloadHead

_Decoded = TypeVar("_Decoded", Result, Summary)


@dataclass(frozen=True, slots=True)
class Conditions:
    """Under what a run was made."""

    environment: Mapping[str, Any]
    workload: WorkloadHead
    config: RunConfig
    harness: HarnessCost | None


@dataclass(frozen=True, slots=True)
class Run:
    """One run of a system.

    ``latencies_ms`` are the final searches in their order, None without a journal. ``shared_mb`` is how much of its
    resident memory at the final load the PSS charges to other processes that map the same files; None: not known.
    """

    metrics: Metrics
    latencies_ms: tuple[float, ...] | None = None
    shared_mb: float | None = None


@dataclass(frozen=True, slots=True)
class SystemRuns:
    """All runs of a system; the statuses and versions are those known.

    ``noisy`` counts runs on a busy machine, ``unsettled`` those whose searches still became faster or slower.
    """

    runs: Sequence[Run]
    statuses: Sequence[str]
    versions: Sequence[str]
    noisy: int
    packages: Mapping[str, str] | None = None
    """What was installed in its own environment, of its first run; None: it had none, or it is not known."""
    unsettled: int = 0


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two results. ``conditions`` are the distinct ones among its runs: more than one is a mixture."""

    path: str
    conditions: Sequence[Conditions]
    systems: Mapping[str, SystemRuns]


def read_side(path: Path) -> Side:
    """Read a benchmark's directory, one of its runs, or a ``results.json``; runs not judged yet are judged.

    A ``results.json`` without its ``runs/`` gives the metrics of every repeat, and nothing from within them.

    Raises:
        UsageError: it is none of these.
        JournalError: one of its files cannot be read.
    """
    directories = [path] if RunFiles(path).head.is_file() else runs_in(path) if path.is_dir() else []
    if directories:
        return _from_runs(path, directories)
    results = path if path.is_file() else path / RESULTS
    if not results.is_file():
        raise UsageError(f"{path}: neither a benchmark nor a run. Give the directory that `mempress run --out` wrote.")
    return _from_results(path, _decode(results, Result))


def _from_runs(path: Path, directories: Sequence[Path]) -> Side:
    heads = [read_head(directory) for directory in directories]
    summaries = [_summary(directory) for directory in directories]
    groups: dict[object, list[tuple[Path, RunHead, Summary]]] = {}
    for directory, head, summary in zip(directories, heads, summaries, strict=True):
        groups.setdefault(group_of(head), []).append((directory, head, summary))
    names = build_result(list(zip(heads, summaries, strict=True))).systems
    systems = {name: _system(group) for name, group in zip(names, groups.values(), strict=True)}
    conditions = [Conditions(head.environment, head.workload, head.config, head.harness) for head in heads]
    return Side(str(path), _distinct(conditions), systems)


def _system(group: Sequence[tuple[Path, RunHead, Summary]]) -> SystemRuns:
    ordered = sorted(group, key=lambda item: item[2].repeat)
    summaries = [summary for _, _, summary in ordered]
    return SystemRuns(
        runs=[_run(directory, head, summary) for directory, head, summary in ordered],
        statuses=[summary.status for summary in summaries],
        versions=_versions(summaries),
        noisy=sum(is_noisy(summary.noise) for summary in summaries),
        packages=ordered[0][1].packages if ordered[0][1].lock_sha256 is not None else None,
        unsettled=sum(map(_moves, summaries)),
    )


def _moves(summary: Summary) -> bool:
    return summary.settling is not None and summary.settling.judgement == "moving"


def _run(directory: Path, head: RunHead, summary: Summary) -> Run:
    journal = RunFiles(directory).journal
    latencies = None
    if journal.is_file():
        final = read_trail(read_journal(journal), head.config).final()
        latencies = None if final is None else final.latencies_ms
    return Run(summary.metrics, latencies, _shared_mb(summary))


def _shared_mb(summary: Summary) -> float | None:
    parts = [summary.memory_mb.get(name) for name in ("as_is_rss_anon", "as_is_rss_file", "as_is")]
    if any(part is None for part in parts):
        return None
    anon, file, pss = (part or 0.0 for part in parts)
    return anon + file - pss


def _from_results(path: Path, result: Result) -> Side:
    systems = {
        name: SystemRuns(
            runs=[Run(metrics) for metrics in result.repeats.get(name, [summary.metrics])],
            statuses=[summary.status],
            versions=_versions([summary]),
            noisy=int(is_noisy(summary.noise)),
            unsettled=int(_moves(summary)),
        )
        for name, summary in result.systems.items()
    }
    conditions = Conditions(result.environment, result.workload, result.config, result.harness)
    return Side(str(path), [conditions], systems)


def _versions(summaries: Sequence[Summary]) -> list[str]:
    return list(dict.fromkeys(summary.version for summary in summaries if summary.version is not None))


def _distinct(conditions: Sequence[Conditions]) -> list[Conditions]:
    found: list[Conditions] = []
    for each in conditions:
        if each not in found:
            found.append(each)
    return found


def _summary(directory: Path) -> Summary:
    path = RunFiles(directory).summary
    return _decode(path, Summary) if path.is_file() else analyse(directory)


def _decode(path: Path, kind: type[_Decoded]) -> _Decoded:
    """Read a JSON file of ours."""
    try:
        return msgspec.json.decode(path.read_bytes(), type=kind)
    except (OSError, msgspec.DecodeError) as error:
        raise JournalError(f"{path}: {error}. Write it anew: mempress report OUT, or mempress analyze RUN.") from error
