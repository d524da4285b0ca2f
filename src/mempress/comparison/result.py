"""From runs to a result: the runs of a system together, one of them chosen to stand for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from mempress.comparison.compare import compare
from mempress.errors import JournalError
from mempress.machines import Kind, kind_of, labelled
from mempress.model import Result

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mempress.model import RunHead, Summary

    Runs = Sequence[tuple[RunHead, Summary]]


def build_result(runs: Runs) -> Result:
    """Put the runs of a benchmark together.

    A system is what the user named, under one condition and on one kind of machine: its runs stand under one name, and
    two systems that bear one name stay two, the later with ``-2`` behind it. The run nearest the median stands for the
    system.

    Raises:
        JournalError: there is no run.
    """
    if not runs:
        raise JournalError("There is no run to report: run a benchmark first, or give a directory that has runs/.")
    named = _by_name(runs)
    chosen = {name: median_run(summaries) for name, summaries in named.items()}
    head = runs[-1][0]  # of a benchmark that was resumed, the one that knows of all repeats
    return Result(
        config=head.config,
        environment=head.environment,
        workload=head.workload,
        harness=head.harness,
        time=None,
        systems=chosen,
        repeats={name: [summary.metrics for summary in summaries] for name, summaries in named.items()},
        statuses={name: [summary.status for summary in summaries] for name, summaries in named.items()},
        started=min(head.started for head, _ in runs),
        runs_s=sum(summary.duration_s for _, summary in runs),
        comparison=compare(chosen, capacity_records=head.config.capacity_records, repeats=named),
    )


def median_run(summaries: Sequence[Summary]) -> Summary:
    """Choose the run in the middle by final median latency, then by records held; of an even number the slower.

    A run without the figure counts as slower than all that have it.
    """
    return sorted(summaries, key=_speed)[len(summaries) // 2]


def _speed(summary: Summary) -> tuple[float, float, int]:
    p50, held = summary.metrics.final_query_latency_ms.p50, summary.metrics.retained_records
    infinite = float("inf")
    return infinite if p50 is None else p50, infinite if held is None else held, summary.repeat


def group_of(head: RunHead) -> tuple[str, str, Kind]:
    """Give what runs must have in common to stand under one name: the system, the condition, the kind of machine."""
    return head.system, head.condition, kind_of(head.environment)


def _by_name(runs: Runs) -> dict[str, list[Summary]]:
    """Group summaries by ``group_of``, in the order of appearance and of repeats."""
    groups: dict[tuple[str, str, Kind], list[Summary]] = {}
    for head, summary in runs:
        groups.setdefault(group_of(head), []).append(summary)
    machines = labelled(kind for _, _, kind in groups)
    named: dict[str, list[Summary]] = {}
    for (_, condition, kind), group in groups.items():
        where = f" on {machines[kind]}" if len(machines) > 1 else ""
        name = _free_name(_name(group) + (f" [{condition}]" if condition else "") + where, named)
        renamed = [msgspec.structs.replace(summary, name=name) for summary in group]
        named[name] = sorted(renamed, key=lambda summary: summary.repeat)
    return named


def _name(group: Sequence[Summary]) -> str:
    """Give the name that the system bears; one that never opened bears the name it was called by."""
    opened = [summary.name for summary in group if summary.status != "unavailable"]
    return (opened or [group[0].name])[0]


def _free_name(name: str, taken: dict[str, list[Summary]]) -> str:
    free, number = name, 1
    while free in taken:
        number += 1
        free = f"{name}-{number}"
    return free
