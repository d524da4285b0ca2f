"""The noisy series of a trace, each with the model that explains it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from statistics import NormalDist
from typing import TYPE_CHECKING

import numpy as np

from mempress.detect.series import DISK, HEALTH, MEMORY, SPEED
from mempress.detect.steps import Model, Series, fit_series

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from mempress.detect.series import JSON, TracePoint
    from mempress.detect.steps import Step

    Array = NDArray[np.float64]

_QUARTILES_TO_SIGMA = 1 / 1.349
_MIDMEAN_VARIANCE = 1.2
"""The variance of a midmean of normal values, in units of that of their mean."""
_SHOWN = 3
_EXCURSION = 2


@dataclass(frozen=True, slots=True)
class Measured:
    """A sample's value of a series, and the variance of it that the sample itself shows (0: unknown)."""

    value: float
    variance: float = 0.0


@dataclass(frozen=True, slots=True)
class Kind:
    """A noisy series: its reason, how to read it, which sign improves it, the smallest shift that counts, its bound.

    A shift at the last sample may be an outlier: it counts from ``least_share_at_end`` on, or never (None).
    """

    reason: str
    read: Callable[[TracePoint], Measured | None]
    sign: int
    least_share: float = 0.0
    least_effect: float = 0.0
    bound: float | None = None
    least_share_at_end: float | None = None

    def floor(self, level: float) -> float:
        """Give the smallest shift that counts where the series has this level."""
        return max(self.least_effect, self.least_share * level)


@dataclass(frozen=True, slots=True)
class Track:
    """A series of the trace: the places of its samples there, its values, and the model that explains them."""

    kind: Kind
    places: tuple[int, ...]
    series: Series
    model: Model

    def improvements(self) -> list[Step]:
        """Give the improving steps above the effect floor, but for the ends of short excursions."""
        steps = self.model.steps()
        return [
            step
            for step in steps
            if step.size * self.kind.sign > 0.0
            and self.large_enough(step)
            and not any(_undoes(step, other) for other in steps)
        ]

    def large_enough(self, step: Step) -> bool:
        """Tell whether a step is above the effect floor at its place, and the values themselves improve there.

        A step against growth that the values do not show (they only grow less) is no reduction that anyone would see.
        """
        before, after = self.around(step)
        change = float(self.series.values[step.index] - self.series.values[step.index - 1])
        if max(change * self.kind.sign, (after - before) * self.kind.sign) <= 0.0:
            return False
        if step.index == len(self.places) - 1:
            share = self.kind.least_share_at_end
            return share is not None and abs(step.size) >= share * abs(before)
        return abs(step.size) >= self.kind.floor(abs(before))

    def improves_at(self, place: int) -> bool:
        """Tell whether the value at a sample of the trace is better than the one before."""
        if place not in self.places or not (index := self.places.index(place)):
            return False
        return float(self.series.values[index] - self.series.values[index - 1]) * self.kind.sign > 0.0

    def p_of(self, step: Step) -> float:
        """Give the one-sided p that the step is an improvement, over one look."""
        return step.p_rise if self.kind.sign > 0 else step.p_fall

    def p_by_place(self, samples: int) -> Array:
        """Give, for each sample of the trace, the one-sided p of an improvement there; 1 where it cannot be told."""
        rise, fall = self.model.p_of_steps()
        p = np.ones(samples)
        p[list(self.places)] = rise if self.kind.sign > 0 else fall
        return p

    def step_at_place(self, place: int) -> Step | None:
        """Give the step that the series has, or would have, at a sample of the trace; None where none can be told."""
        return self.model.step_at(self.places.index(place)) if place in self.places else None

    def with_steps(self, places: Sequence[int], below: float) -> Track:
        """Give the track with an improving step in its model at each of the places where one has p under ``below``."""
        track = self
        for place in places:
            step = track.step_at_place(place)
            if step is not None and track.p_of(step) < below:
                track = replace(track, model=track.model.with_step(step.index))
        return track

    def around(self, step: Step) -> tuple[float, float]:
        """Give the median of the three values before the step, and of the three from it on."""
        values = self.series.values
        before = values[max(0, step.index - _SHOWN) : step.index]
        return float(np.median(before)), float(np.median(values[step.index : step.index + _SHOWN]))

    def evidence(self, step: Step, p: float) -> dict[str, JSON]:
        """Give a step's evidence; ``p`` is what it is after correction for all looks."""
        before, after = self.around(step)
        return {
            "detector": "statistical",
            "statistic": -NormalDist().inv_cdf(min(max(self.p_of(step), 1e-300), 0.5)),
            "p": p,
            "before": before,
            "after": after,
            "effect": step.size,
        }


def read_tracks(points: Sequence[TracePoint], alpha: float) -> list[Track]:
    """Explain every noisy series that has enough samples; ``alpha`` is for each disturbance, over all series."""
    readable = [(kind, *_read(kind, points)) for kind in KINDS]
    present = [(kind, places, series) for kind, places, series in readable if len(places) > 1]
    tracks = []
    for kind, places, series in present:
        model = fit_series(series, alpha / len(present))
        if model is not None:
            tracks.append(Track(kind, places, series, model))
    return tracks


def _read(kind: Kind, points: Sequence[TracePoint]) -> tuple[tuple[int, ...], Series]:
    read = [(place, measured) for place, point in enumerate(points) if (measured := kind.read(point)) is not None]
    places = tuple(place for place, _ in read)
    values = np.array([measured.value for _, measured in read])
    records = np.array([float(points[place].records) for place in places])
    variances = np.array([measured.variance for _, measured in read])
    floor = kind.floor(float(np.median(np.abs(values)))) if len(values) else 0.0
    return places, Series(records, values, variances, floor or 1.0, kind.bound)


def midmean(values: Sequence[float]) -> Measured:
    """Give the mean of the middle half of the values, and its variance by their interquartile range.

    One hiccup among fifty moves it not at all, and where the values have two modes it does not jump between them as
    a median does. Fewer than four values show no variance.
    """
    ordered = np.sort(np.asarray(values))
    cut = len(ordered) // 4
    value = float(ordered[cut : len(ordered) - cut].mean())
    if len(ordered) < 4:
        return Measured(value)
    low, high = np.quantile(ordered, [0.25, 0.75])
    sigma = float(high - low) * _QUARTILES_TO_SIGMA
    return Measured(value, _MIDMEAN_VARIANCE * sigma * sigma / len(ordered))


def _undoes(step: Step, other: Step) -> bool:
    """Tell whether the step ends an excursion of at most two samples that the other began."""
    return 0 < step.index - other.index <= _EXCURSION and -2.0 < step.size / other.size < -0.5


def _memory(point: TracePoint) -> Measured | None:
    return None if point.memory_bytes is None else Measured(point.memory_bytes)


def _disk(point: TracePoint) -> Measured | None:
    return None if point.disk_bytes is None else Measured(point.disk_bytes)


def _health(point: TracePoint) -> Measured | None:
    return None if point.health is None else Measured(point.health)


def _latency(point: TracePoint) -> Measured | None:
    return midmean(point.latencies_ms) if point.latencies_ms else None


KINDS = (
    Kind(MEMORY, _memory, sign=-1, least_share=0.01, least_share_at_end=0.1),
    Kind(SPEED, _latency, sign=-1, least_share=0.02, least_effect=0.02),
    Kind(HEALTH, _health, sign=1, least_effect=0.05, bound=1.0),
    Kind(DISK, _disk, sign=-1, least_share=0.01, least_share_at_end=0.1),
)
"""The noisy series, in the order of their reasons."""
