"""All runs of a campaign together: one ``results.json``, and an ordinary result for each condition.

Runs are put together where the system, the condition and the kind of machine are the same; seeds and repeats are what
they differ in. Systems are held against each other under one condition and on one kind of machine alone.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from statistics import median
from typing import TYPE_CHECKING, Any

import msgspec

from mempress.analysis import analyse
from mempress.campaign.book import CONDITIONS, LEDGER, read_plan
from mempress.campaign.ledger import Ended, Failed, Lost, Opened, read_ledger
from mempress.comparison.compare import compare
from mempress.comparison.metrics import METRICS
from mempress.comparison.result import build_result
from mempress.errors import JournalError
from mempress.journal import Status
from mempress.machines import described, kind_of, labelled
from mempress.model import Comparison, Result, Summary
from mempress.report.write import write_reports
from mempress.runfiles import RESULTS, RunFiles, read_head, run_files, write_json
from mempress.runner.resume import came_to_its_end

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from mempress.campaign.book import Plan
    from mempress.campaign.ledger import Entry
    from mempress.machines import Kind
    from mempress.model import Metrics, RunHead

_UNSAFE = re.compile(r"[^a-z0-9]+")


class Spread(msgspec.Struct, frozen=True, kw_only=True):
    """A metric over the runs of a group in which it was measured."""

    median: float
    low: float
    high: float
    n: int


class Group(msgspec.Struct, frozen=True, kw_only=True):
    """The runs that stand under one name."""

    system: str
    condition: str
    machine: str
    runs: list[str]
    seeds: list[int]
    statuses: dict[Status, int]
    spread: dict[str, Spread | None]
    """By metric; None: measured in no run."""


class Again(msgspec.Struct, frozen=True, kw_only=True):
    """An attempt that does not count, and whether the run was asked for again after it."""

    run: str
    node: str
    what: str
    again: bool


class CampaignFacts(msgspec.Struct, frozen=True, kw_only=True):
    """What a campaign was, and how it went."""

    name: str
    seed: int
    matrix: dict[str, Any]
    planned: int
    complete: int
    missing: list[str]
    """Runs without a result."""
    executors: list[str]
    nodes: dict[str, int]
    """How many runs each node measured."""
    again: list[Again]
    machines: dict[str, str]
    workloads: dict[str, list[str]]
    """The hashes of each workload, size and seed: more than one means that runs were not given the same."""
    conditions: dict[str, str]
    """The directory of each condition's own result."""
    groups: dict[str, Group]


class CampaignResult(Result, frozen=True, kw_only=True):
    """``results.json`` of a campaign: a result whose systems are its groups.

    ``config``, ``environment`` and ``workload`` are those of the first group; each run's own stand in its ``run.json``.
    Curves (``samples``) are left to the conditions' results.
    """

    campaign: CampaignFacts


def merge(out: Path) -> CampaignResult:
    """Judge what is not judged yet, write each condition's result and ``results.json``; gives the latter.

    Raises:
        JournalError: there is no complete run.
    """
    plan, entries = read_plan(out), read_ledger(out / LEDGER)
    heads = {run.run: read_head(directory) for run in plan.runs if (directory := _complete(out, run.run)) is not None}
    if not heads:
        raise JournalError(
            f"{out}: no run of the campaign is complete. Go on with it: mempress campaign FILE --resume."
        )
    machines = labelled(kind_of(head.environment) for head in heads.values())
    groups: dict[str, Group] = {}
    results: dict[str, Result] = {}
    conditions: dict[str, str] = {}
    for (condition, kind), members in _by_condition(plan, heads).items():
        label = _label(condition, machines[kind] if len(machines) > 1 else "")
        result = _of_condition(out, members)
        conditions[label or "all runs"] = f"{CONDITIONS}/{_slug(label, conditions)}"
        write_reports(result, out / conditions[label or "all runs"])
        for name, summary in result.systems.items():
            whole = f"{name} [{label}]" if label else name
            runs = [head for head in members if head.system == summary.system]
            groups[whole] = _group(result.repeats[name], runs, machines[kind], out)
            results[whole] = msgspec.structs.replace(
                result, systems={whole: _light(summary, whole)}, repeats={whole: result.repeats[name]}
            )
    facts = _facts(plan, entries, heads, groups, conditions)
    found = _together(results, facts)
    write_json(out / RESULTS, found)
    return found


def _complete(out: Path, run: str) -> Path | None:
    directory = run_files(out, run).directory
    return directory if came_to_its_end(directory) else None


def _by_condition(plan: Plan, heads: dict[str, RunHead]) -> dict[tuple[str, Kind], list[RunHead]]:
    """Give the runs under each condition and on each kind of machine, conditions in the order of the matrix."""
    grouped: dict[tuple[str, Kind], list[RunHead]] = defaultdict(list)
    for run in sorted(plan.runs, key=lambda run: (run.config.max_records, run.condition, run.system, run.run)):
        if (head := heads.get(run.run)) is not None:
            grouped[head.condition, kind_of(head.environment)].append(head)
    return grouped


def _of_condition(out: Path, members: Sequence[RunHead]) -> Result:
    """Build an ordinary result; seeds and repeats of a system are numbered through as its repeats."""
    runs = []
    numbers: Counter[str] = Counter()
    for head in members:
        summary = msgspec.structs.replace(_summary(run_files(out, head.run)), repeat=numbers[head.system])
        numbers[head.system] += 1
        runs.append((msgspec.structs.replace(head, condition=""), summary))
    systems = tuple(dict.fromkeys(head.system for head in members))
    result = build_result(runs)
    config = msgspec.structs.replace(result.config, systems=systems)
    return msgspec.structs.replace(result, config=config)


def _summary(files: RunFiles) -> Summary:
    """Read a run's judgement, or judge it."""
    try:
        return msgspec.json.decode(files.summary.read_bytes(), type=Summary)
    except (OSError, msgspec.DecodeError):
        summary = analyse(files.directory)
        write_json(files.summary, summary)
        return summary


def _light(summary: Summary, name: str) -> Summary:
    return msgspec.structs.replace(summary, name=name, samples=[])


def _group(repeats: Sequence[Metrics], heads: Sequence[RunHead], machine: str, out: Path) -> Group:
    statuses = Counter(_summary(run_files(out, head.run)).status for head in heads)
    return Group(
        system=heads[0].system,
        condition=heads[0].condition,
        machine=machine,
        runs=[head.run for head in heads],
        seeds=sorted({head.config.seed for head in heads}),
        statuses=dict(statuses),
        spread={metric.key: _spread([metric.read(run) for run in repeats]) for metric in METRICS},
    )


def _spread(values: Sequence[float | None]) -> Spread | None:
    known = [value for value in values if value is not None]
    if not known:
        return None
    return Spread(median=median(known), low=min(known), high=max(known), n=len(known))


def _facts(
    plan: Plan,
    entries: Sequence[Entry],
    heads: dict[str, RunHead],
    groups: dict[str, Group],
    conditions: dict[str, str],
) -> CampaignFacts:
    machines = labelled(kind_of(head.environment) for head in heads.values())
    planned = {run.run for run in plan.runs}
    return CampaignFacts(
        name=plan.name,
        seed=plan.seed,
        matrix=plan.matrix,
        planned=len(plan.runs),
        complete=len(heads),
        missing=[run.run for run in plan.runs if run.run not in heads],
        executors=list(dict.fromkeys(entry.executor for entry in entries if isinstance(entry, Opened))),
        nodes=dict(Counter(_node(head) for head in heads.values())),
        again=[again for entry in entries if (again := _again(entry)) is not None and again.run in planned],
        machines={label: described(kind) for kind, label in machines.items()},
        workloads={key: sorted(hashes) for key, hashes in _hashes(heads).items()},
        conditions=conditions,
        groups=groups,
    )


def _node(head: RunHead) -> str:
    executor = head.environment.get("executor")
    return str(executor.get("node", "unknown")) if isinstance(executor, dict) else "unknown"


def _again(entry: Entry) -> Again | None:
    match entry:
        case Lost(run=run, node=node, reason=reason, again=again):
            return Again(run=run, node=node, what=f"lost: {reason}", again=again)
        case Failed(run=run, node=node, reason=reason, again=again):
            return Again(run=run, node=node, what=f"the harness failed: {reason}", again=again)
        case Ended(run=run, node=node, status=status, kept=False):
            return Again(run=run, node=node, what=f"it ended as {status}", again=True)
    return None


def _hashes(heads: dict[str, RunHead]) -> dict[str, set[str]]:
    """Give the hashes of what should be the same workload: a name, a size, a batch, a seed."""
    found: dict[str, set[str]] = defaultdict(set)
    for head in heads.values():
        config = head.config
        key = f"{config.workload}, {config.max_records:,} records, batches of {config.batch_size:,}, seed {config.seed}"
        found[key].add(head.workload.sha256)
    return found


def _together(results: dict[str, Result], facts: CampaignFacts) -> CampaignResult:
    first = next(iter(results.values()))
    chosen = {name: result.systems[name] for name, result in results.items()}
    return CampaignResult(
        config=first.config,
        environment=first.environment,
        workload=first.workload,
        harness=first.harness,
        time=None,
        systems=chosen,
        repeats={name: result.repeats[name] for name, result in results.items()},
        comparison=Comparison(
            systems=list(chosen),
            status={name: summary.status for name, summary in chosen.items()},
            rows=compare(chosen).rows,
            findings=list(findings(facts)),
        ),
        campaign=facts,
    )


def findings(facts: CampaignFacts) -> Iterator[str]:
    """Say how the campaign went."""
    yield f"{facts.complete:,} of {facts.planned:,} runs have a result, in {len(facts.groups):,} groups."
    if facts.missing:
        yield f"Without a result: {', '.join(facts.missing[:10])}{' and more' if len(facts.missing) > 10 else ''}."
    for again in facts.again:
        came = "it was run again" if again.again else "it was not tried again"
        yield f"{again.run} on {again.node}: {again.what}; {came}."
    if len(facts.machines) > 1:
        yield (
            f"Runs were measured on {len(facts.machines)} kinds of machines. Figures of two kinds are never put "
            "together, nor held against each other."
        )
    for key, hashes in facts.workloads.items():
        if len(hashes) > 1:
            yield f"Not the same workload for all: {key} came out in {len(hashes)} ways; do not compare these runs."


def _label(condition: str, machine: str) -> str:
    return ", ".join(filter(None, (condition, machine)))


def _slug(label: str, taken: dict[str, str]) -> str:
    slug = _UNSAFE.sub("-", label.lower()).strip("-") or "all"
    number, free = 1, slug
    while f"{CONDITIONS}/{free}" in taken.values():
        number += 1
        free = f"{slug}-{number}"
    return free
