"""Both results, system by system and metric by metric."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from mempress.comparison.metrics import METRICS, Metric
from mempress.errors import UsageError
from mempress.format import name as plain_name
from mempress.format import plain
from mempress.stats import difference
from mempress.versus.conditions import cautions
from mempress.versus.model import Row, Standing, SystemVersus, Versus

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from mempress.stats import Difference, Statistic
    from mempress.versus.read import Run, Side, SystemRuns

    Values = list[list[float]]

_FROM_LATENCIES: Mapping[str, Statistic] = {
    "final_query_latency_ms.mean": "mean",
    "final_query_latency_ms.p50": "median",
    "final_query_latency_ms.p95": "p95",
    "final_query_latency_ms.p99": "p99",
}
_PACKAGES_NAMED = 4
_FROM_PSS = frozenset({"final_memory_mb", "peak_memory_mb"})


def judge(base: Side, other: Side) -> Versus:
    """Compare the systems that both results have; a single one in each is compared whatever they are called.

    Raises:
        UsageError: they have no system in common.
    """
    pairs = _pairs(base, other)
    paired_base, paired_other = {first for first, _ in pairs}, {second for _, second in pairs}
    return Versus(
        base=base.path,
        other=other.path,
        cautions=cautions(base, other),
        only_base=[name for name in base.systems if name not in paired_base],
        only_other=[name for name in other.systems if name not in paired_other],
        systems=[_system(first, base.systems[first], second, other.systems[second]) for first, second in pairs],
    )


def _pairs(base: Side, other: Side) -> list[tuple[str, str]]:
    common = [(name, name) for name in base.systems if name in other.systems]
    if common:
        return common
    if len(base.systems) == len(other.systems) == 1:
        return [(next(iter(base.systems)), next(iter(other.systems)))]
    first, second = (", ".join(map(plain_name, side.systems)) for side in (base, other))
    raise UsageError(f"No system is in both: BASE has {first}; OTHER has {second}. Give results of the same systems.")


def _system(name: str, base: SystemRuns, other_name: str, other: SystemRuns) -> SystemVersus:
    rows = [_row(metric, base.runs, other.runs) for metric in METRICS]
    return SystemVersus(
        name=name,
        other_name=other_name,
        base_statuses=list(base.statuses),
        other_statuses=list(other.statuses),
        notes=[plain(text) for text in _notes(base, other, rows)],
        rows=rows,
    )


def _notes(base: SystemRuns, other: SystemRuns, rows: Sequence[Row]) -> Iterator[str]:
    if base.versions != other.versions:
        yield f"Its version changed: {_listed(base.versions)} against {_listed(other.versions)}."
    if packages := _other_packages(base, other):
        yield f"What is installed beside it changed: {packages}."
    if set(base.statuses) != set(other.statuses):
        yield f"Its runs ended differently: {_counted(base.statuses)} against {_counted(other.statuses)}."
    reached = next(row for row in rows if row.key == "max_records")
    if reached.difference:
        yield f"Final figures are those at {reached.base:,.0f} records against {reached.other:,.0f}: not the same load."
    if base.noisy or other.noisy:
        yield f"Runs that shared the machine with other work: {_of_both(base, other, lambda side: side.noisy)}."
    if base.unsettled or other.unsettled:
        counts = _of_both(base, other, lambda side: side.unsettled)
        yield f"Runs whose searches still became faster or slower when they were timed: {counts}."


def _of_both(base: SystemRuns, other: SystemRuns, count: Callable[[SystemRuns], int]) -> str:
    sides = (("BASE", base), ("OTHER", other))
    return ", ".join(f"{count(side)} of {len(side.runs)} in {word}" for word, side in sides)


def _row(metric: Metric, base: Sequence[Run], other: Sequence[Run]) -> Row:
    first, second = ([run for run in runs if metric.read(run.metrics) is not None] for runs in (base, other))
    found = _difference(metric, first, second)
    standing, reason = _standing(metric, found), found.reason
    if metric.key in _FROM_PSS and found.verdict == "different":
        standing, reason = _without_sharing(metric, found, first, second)
    return Row(
        key=metric.key,
        unit=metric.unit,
        better=metric.better,
        base=found.base,
        other=found.other,
        base_runs=len(first),
        other_runs=len(second),
        difference=found.estimate,
        ratio=found.ratio,
        low=found.low,
        high=found.high,
        p=found.p,
        effect_size=found.effect_size,
        standing=standing,
        reason=reason,
    )


def _difference(metric: Metric, base: Sequence[Run], other: Sequence[Run]) -> Difference:
    """Judge by the latencies themselves where all runs have them, else by one figure of each run."""
    statistic = _FROM_LATENCIES.get(metric.key)
    if statistic is not None and all(run.latencies_ms for run in (*base, *other)):
        first, second = ([list(run.latencies_ms or ()) for run in runs] for runs in (base, other))
        return difference(first, second, statistic)
    return difference(_figures(metric, base), _figures(metric, other), "mean")


def _figures(metric: Metric, runs: Sequence[Run], shared_mb: float = 0.0) -> Values:
    """Give the metric of each run, with ``shared_mb`` times what others were charged for added."""
    return [
        [value + shared_mb * (run.shared_mb or 0.0)] for run in runs if (value := metric.read(run.metrics)) is not None
    ]


def _without_sharing(
    metric: Metric, found: Difference, base: Sequence[Run], other: Sequence[Run]
) -> tuple[Standing, str]:
    """Hold a difference of PSS against resident memory, which does not depend on what else maps the same files.

    PSS charges a page of a shared library to all who map it in equal parts, so that it moves by some MiB when
    another Python starts or ends on the machine.
    """
    if any(run.shared_mb is None for run in (*base, *other)):
        return "unknown", "PSS depends on what else maps the same files; only runs with a journal tell"
    resident = difference(_figures(metric, base, 1.0), _figures(metric, other, 1.0), "mean")
    if resident.verdict == "different" and (resident.estimate or 0.0) * (found.estimate or 0.0) > 0.0:
        return _standing(metric, found), found.reason
    return "no difference", "resident memory did not move so: other processes shared more or fewer of its files"


def _standing(metric: Metric, found: Difference) -> Standing:
    if found.verdict != "different" or metric.better is None:
        return found.verdict
    rose = (found.estimate or 0.0) > 0.0
    return "better" if rose == (metric.better == "higher") else "worse"


def _other_packages(base: SystemRuns, other: SystemRuns) -> str:
    """Name the packages of its environment, but for the system itself, that are not the same; a few, then how many."""
    if base.packages is None or other.packages is None:
        return ""
    before, after = base.packages, other.packages
    pairs = {name: (before.get(name), after.get(name)) for name in sorted({*before, *after})}
    changed = [
        f"{name} {first or 'none'} against {second or 'none'}"
        for name, (first, second) in pairs.items()
        if first != second and not (first in base.versions and second in other.versions)
    ]
    more = len(changed) - _PACKAGES_NAMED
    return "; ".join(changed[:_PACKAGES_NAMED]) + (f"; and {more} more" if more > 0 else "")


def _listed(words: Sequence[str]) -> str:
    return ", ".join(words) or "unknown"


def _counted(statuses: Sequence[str]) -> str:
    return ", ".join(f"{status} {count}" for status, count in Counter(statuses).items())
