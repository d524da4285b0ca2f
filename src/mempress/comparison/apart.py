"""When two systems are told apart by a figure: beyond a margin and beyond the noise, or not at all.

A difference counts where the larger value is at least ``MARGIN`` times the smaller and, with three runs or more of
each, the 95% interval of the difference between their runs leaves out 0; with two, the ranges of the runs do not
overlap. One run tells nothing of the noise between runs: there the two must be further apart than three standard errors
of the values within them, and times by ``SINGLE_RUN_MARGIN``. ``NOISY_MARGIN`` is for times that were taken on a
machine busy with other things.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from statistics import median, stdev
from typing import TYPE_CHECKING

from mempress.analysis.noise import is_noisy
from mempress.stats import difference

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from mempress.model import Latency, Metrics, SampleRow, Summary
    from mempress.model.traffic import Interval
    from mempress.stats import Difference

MARGIN = 1.25
SINGLE_RUN_MARGIN = 2.0
"""For times of one run each: medians of single runs of one system have been seen up to 2.0 times apart."""
NOISY_MARGIN = 3.0
HEALTH_MARGIN = 0.1
LEAST_VALUES = 20
LEAST_BATCHES = 5
LEAST_PROBES = 30
_STANDARD_ERRORS = 3.0
_MEDIAN_ERROR = 1.2533
"""The standard error of a median over that of a mean, for normal values."""
_P95_IN_SIGMA = 1.645
_INTERVAL_IN_SIGMA = 2 * 1.96
_LEAST_RUNS = 3
"""From so many runs of each on, the interval between runs decides."""


@dataclass(frozen=True, slots=True)
class Reading:
    """A value and what is known of its noise: its standard error, and the same figure in each run."""

    value: float
    error: float = 0.0
    runs: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class Side:
    """A system beside others: its shown name, its summary, and the metrics of all its runs."""

    name: str
    summary: Summary
    runs: tuple[Metrics, ...]

    def reading(self, value: float, read: Callable[[Metrics], float | None], error: float = 0.0) -> Reading:
        """Give a figure of the final load with its values in all runs."""
        known = [found for run in self.runs if (found := read(run)) is not None]
        return Reading(value, error, tuple(known))


def apart(first: Reading, second: Reading, margin: float = MARGIN) -> bool:
    """Tell whether two positive readings differ by more than noise."""
    small, large = sorted((first.value, second.value))
    if large <= 0.0 or large < margin * small:
        return False
    found = between_runs(first.runs, second.runs)
    if found is not None:
        return found.verdict == "different" and (found.estimate or 0.0) * (first.value - second.value) > 0.0
    if min(len(first.runs), len(second.runs)) > 1:
        return max(first.runs) < min(second.runs) or max(second.runs) < min(first.runs)
    return large - small > _STANDARD_ERRORS * math.hypot(first.error, second.error)


def between_runs(first: Sequence[float], second: Sequence[float]) -> Difference | None:
    """Give first less second with its interval, from the figures of their runs; None: under three runs of either.

    What the values within a run scatter by is in what the runs' figures scatter by.
    """
    if min(len(first), len(second)) < _LEAST_RUNS:
        return None
    return difference([[value] for value in second], [[value] for value in first], "mean")


def time_margin(first: Side, second: Side) -> float:
    """Give by how much times of the two must differ to count."""
    if any(is_noisy(side.summary.noise) for side in (first, second)):
        return NOISY_MARGIN
    return MARGIN if min(len(first.runs), len(second.runs)) > 1 else SINGLE_RUN_MARGIN


def share_apart(first: tuple[float, int], second: tuple[float, int]) -> bool:
    """Tell whether two shares, each with its number of probes, differ by more than noise."""
    error = math.hypot(_share_error(*first), _share_error(*second))
    return abs(first[0] - second[0]) > _STANDARD_ERRORS * error


def _share_error(share: float, n: int) -> float:
    """Give the standard error of a share of n; never that of certainty, which n values cannot show."""
    return math.sqrt(max(share * (1.0 - share), 1.0 / n) / n)


def health_apart(first: float, second: float) -> bool:
    """Tell whether two health scores differ by as much as counts."""
    return abs(first - second) > HEALTH_MARGIN


def final_load(summary: Summary) -> int:
    """Give the records acknowledged when the final figures were measured."""
    loads = [row.records for row in summary.samples if row.phase == "load"]
    return loads[-1] if loads else 0


def batches(summary: Summary) -> dict[int, SampleRow]:
    """Give the samples after the batches of the load, by the records acknowledged."""
    return {row.records: row for row in summary.samples if row.phase == "load" and row.mark == "batch"}


def median_error(latency: Latency, interval: Interval | None) -> float:
    """Give the standard error of a median from its 95% interval; without one from p95, as if values were normal."""
    if interval is not None:
        return (interval[1] - interval[0]) / _INTERVAL_IN_SIGMA
    if latency.p50 is None or latency.p95 is None:
        return 0.0
    return _MEDIAN_ERROR * (latency.p95 - latency.p50) / _P95_IN_SIGMA / math.sqrt(latency.n)


def median_rate(summary: Summary, load: int) -> tuple[Reading, int] | None:
    """Give the median store rate of the batches up to a load, in records per second, and of how many; None: too few."""
    upto = [row for row in batches(summary).values() if row.records <= load]
    found = [row.store_rate for row in upto if row.store_rate is not None]
    if len(found) < LEAST_BATCHES:
        return None
    return Reading(median(found), _MEDIAN_ERROR * stdev(found) / math.sqrt(len(found))), len(found)
