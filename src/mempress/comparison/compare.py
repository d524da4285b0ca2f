"""Systems side by side: a row for each metric, and what follows in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mempress.comparison.apart import between_runs
from mempress.comparison.findings import findings
from mempress.comparison.metrics import METRICS
from mempress.model import BetweenRuns, Comparison, ComparisonRow

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from mempress.comparison.metrics import Metric
    from mempress.model import Summary


def compare(
    systems: Mapping[str, Summary],
    *,
    capacity_records: int | None = None,
    repeats: Mapping[str, Sequence[Summary]] | None = None,
) -> Comparison:
    """Put systems side by side, in the order given.

    ``capacity_records`` is the capacity that all were given; ``repeats`` are all runs of each system, whose spread
    tells a difference from noise.
    """
    return Comparison(
        systems=list(systems),
        status={name: summary.status for name, summary in systems.items()},
        rows=[_row(metric, systems, repeats or {}) for metric in METRICS],
        findings=findings(systems, capacity_records=capacity_records, repeats=repeats or {}),
    )


def _row(metric: Metric, systems: Mapping[str, Summary], repeats: Mapping[str, Sequence[Summary]]) -> ComparisonRow:
    values = {name: metric.read(summary.metrics) for name, summary in systems.items()}
    difference = ratio = None
    if len(values) == 2:
        first, second = values.values()
        if first is not None and second is not None:
            difference = first - second
            ratio = first / second if second else None
    return ComparisonRow(
        key=metric.key,
        label=metric.label,
        unit=metric.unit,
        better=metric.better,
        values=values,
        difference=difference,
        ratio=ratio,
        between_runs=_between(metric, [repeats.get(name, ()) for name in systems]),
    )


def _between(metric: Metric, sides: Sequence[Sequence[Summary]]) -> BetweenRuns | None:
    """Give how the first of two systems differs from the second, judged by all their runs in which it was measured."""
    if len(sides) != 2:
        return None
    first, second = ([value for run in runs if (value := metric.read(run.metrics)) is not None] for runs in sides)
    found = between_runs(first, second)
    if found is None or found.base is None or found.other is None or found.estimate is None:
        return None
    return BetweenRuns(
        runs=(len(first), len(second)),
        means=(found.other, found.base),
        difference=found.estimate,
        low=found.low,
        high=found.high,
        p=found.p,
        effect_size=found.effect_size,
        verdict=found.verdict,
        reason=found.reason,
    )
