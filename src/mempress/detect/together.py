"""Samples at which several series improve together, each perhaps by too little to be seen alone.

The series' p-values are combined by Fisher's method, corrected for correlated series after Brown (Biometrics 31, 1975).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from mempress.detect.tails import chi_squared_tail

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from mempress.detect.tracks import Track

    Array = NDArray[np.float64]

_TRIED = 0.5
"""The p after correction from which on a sample is not worth a try."""
_AHEAD = 2
"""So many samples are tried beyond those accepted: two maintenances hide each other until both are in the model."""
_SUSPECT = 8
"""One in so many changes, and one more, may be a maintenance."""
_JOINING = 0.05
"""The one-look p under which a series takes the step when a sample is tried."""


@dataclass(frozen=True, slots=True)
class Together:
    """The samples found, each with its p after correction for all looks, and the tracks with those steps in."""

    places: tuple[tuple[int, float], ...]
    tracks: tuple[Track, ...]


def find_together(tracks: Sequence[Track], samples: int, alpha: float) -> Together:
    """Find the samples of the trace at which the tracks together improve, each significant given the others."""
    accepted = Together((), tuple(tracks))
    if len(tracks) < 2:
        return accepted
    combine = _Combination(_correlation(tracks, samples), samples)
    trial, tried = list(tracks), list[int]()
    while len(tried) - len(accepted.places) < _AHEAD and len(tried) < samples // 4:
        place = combine.best(trial)
        entered = [track.with_steps([place], _JOINING) for track in trial]
        if combine.at(trial, place) > _TRIED or all(new is old for new, old in zip(entered, trial, strict=True)):
            break
        trial = entered
        tried.append(place)
        p = [combine.at(trial, one) for one in tried]
        if max(p) < alpha:
            accepted = Together(tuple(zip(tried, p, strict=True)), tuple(trial))
    return accepted


class _Combination:
    """Combines the one-sided p-values of correlated series, and corrects for every sample looked at."""

    def __init__(self, correlation: Array, samples: int) -> None:
        series = len(correlation)
        above = correlation[np.triu_indices(series, 1)].clip(0.0, 1.0)
        variance = 4.0 * series + 2.0 * float((3.263 * above + 0.71 * above**2 + 0.027 * above**3).sum())
        self._scale = variance / (4.0 * series)
        self._degrees = 2.0 * series / self._scale
        self._samples = samples

    def best(self, tracks: Sequence[Track]) -> int:
        """Give the sample with the smallest combined p of a step that is not in the models yet."""
        p = np.stack([track.p_by_place(self._samples) for track in tracks])
        return int(np.log(np.maximum(p, 1e-300)).sum(axis=0).argmin())

    def at(self, tracks: Sequence[Track], place: int) -> float:
        """Give the combined p of a step at one sample, given the other steps in the models."""
        steps = [track.step_at_place(place) for track in tracks]
        p = [1.0 if step is None else track.p_of(step) for track, step in zip(tracks, steps, strict=True)]
        statistic = -2.0 * float(np.log(np.clip(p, 1e-300, 1.0)).sum())
        return min(1.0, chi_squared_tail(statistic / self._scale, self._degrees) * self._samples)


def _correlation(tracks: Sequence[Track], samples: int) -> Array:
    """Give the correlation of the series' changes from sample to sample, the improving direction taken as positive.

    The changes that improve the series most are left out: they may be what is looked for, and would pass for
    correlation.
    """
    changes = np.full((len(tracks), samples), np.nan)
    for at, track in enumerate(tracks):
        changes[at, list(track.places[1:])] = np.diff(track.series.values) * track.kind.sign
    both = changes[:, ~np.isnan(changes).any(axis=0)]
    if both.shape[1] < 6:
        return np.eye(len(tracks))
    both = both - np.median(both, axis=1, keepdims=True)
    spread = np.median(np.abs(both), axis=1, keepdims=True)
    if not (spread > 0.0).all():
        return np.eye(len(tracks))
    limited = np.clip(both / spread, -3.0, 3.0)
    ordinary = np.argsort(limited.sum(axis=0), kind="stable")[: -(1 + both.shape[1] // _SUSPECT)]
    correlation: Array = np.corrcoef(limited[:, ordinary])
    return correlation
