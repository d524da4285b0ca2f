"""What was not the same for both results: machines, workloads, settings. Named, never averaged over."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from mempress.format import figure, plain

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from mempress.model import HarnessCost, WorkloadHead
    from mempress.versus.read import Conditions, Side

_MACHINE = (
    "machine",
    "cpu",
    "cores",
    "memory_bytes",
    "system",
    "python",
    "implementation",
    "clock_source",
    "cpu_governor",
    "mempress",
    "worker_settings",
)
_NOT_SETTINGS = frozenset({"systems", "repeats", "workload"})
"""Fields of the configuration that do not tell one run from another, or that the workload's hash tells better."""
HARNESS_RATIO = 1.25
"""On a shared machine the no-op searches of two processes in a row differ 1.1 times at the median, 1.6 at p95."""


def cautions(base: Side, other: Side) -> list[str]:
    """Give one sentence for each condition that differs, within a side or between them."""
    return [plain(text, 500) for text in _cautions(base, other)]


def _cautions(base: Side, other: Side) -> Iterator[str]:
    if base.path == other.path:
        yield "BASE and OTHER are the same directory."
    for word, side in (("BASE", base), ("OTHER", other)):
        for conditions in side.conditions[1:]:
            for text in _between(side.conditions[0], conditions):
                yield f"{word} is a mixture of runs. {text}"
    yield from _between(base.conditions[0], other.conditions[0])


def _between(first: Conditions, second: Conditions) -> Iterator[str]:
    if machine := _differing(first.environment, second.environment, _MACHINE):
        yield f"The machines or versions differ, so times are not comparable: {machine}."
    if first.workload.sha256 != second.workload.sha256:
        yield f"The workloads differ: {_workload(first.workload)} against {_workload(second.workload)}."
    one, two = (_embedder(each.environment) for each in (first, second))
    if one != two:
        yield f"The embedders differ, so answers and times are not comparable: {one} against {two}."
    old, new = (msgspec.to_builtins(each.config) for each in (first, second))
    if settings := _differing(old, new, tuple(key for key in old if key not in _NOT_SETTINGS)):
        yield f"The settings differ: {settings}."
    if first.harness is not None and second.harness is not None:
        yield from _harness(first.harness, second.harness)


def _embedder(environment: Mapping[str, Any]) -> str:
    """Say what made the vectors: its name, version and dimension; unknown where the environment does not tell."""
    mechanisms = environment.get("mechanisms")
    told = mechanisms.get("embedder") if isinstance(mechanisms, dict) else None
    return told if isinstance(told, str) else "unknown"


def _harness(first: HarnessCost, second: HarnessCost) -> Iterator[str]:
    """Say where the null system, which is the same in both, was not as fast: then the machine was not the same."""
    small, large = sorted((first.search_p50_ns, second.search_p50_ns))
    if small > 0 and large > HARNESS_RATIO * small:
        yield (
            f"The null system's search took {first.search_p50_ns} ns against {second.search_p50_ns} ns: the machine "
            "was not in the same state, so differences of times up to that ratio may be its own."
        )


def _differing(first: Mapping[str, Any], second: Mapping[str, Any], keys: tuple[str, ...]) -> str:
    parts = [
        f"{key} {plain(_shown(first.get(key)), 60)} against {plain(_shown(second.get(key)), 60)}"
        for key in keys
        if first.get(key) != second.get(key)
    ]
    return "; ".join(parts)


def _shown(value: Any) -> str:
    return "none" if value is None else value if isinstance(value, str) else msgspec.json.encode(value).decode()


def _workload(head: WorkloadHead) -> str:
    return f"{head.name} of {figure(head.records, 'records')} records ({head.sha256[:12]})"
