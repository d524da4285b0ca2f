"""Synthetic traces whose maintenance events are known: what detectors are calibrated on.

Every series is growth + AR(1) noise; an event is a lasting shift of given size in one or more of them, in units of
the noise's (marginal) standard deviation. The same seed gives the same trace.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

from mempress.detect.series import DISK, HEALTH, MEMORY, REMOVED, SPEED, TracePoint

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    Array = NDArray[np.float64]

Growth = Literal["flat", "log", "linear", "nlogn"]
GROWTHS: tuple[Growth, ...] = ("flat", "log", "linear", "nlogn")
BATCH = 1000
_MIB = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Noise:
    """AR(1) noise: lag-1 autocorrelation, standard deviation as a share of the level, share of tail outliers.

    ``proportional`` noise grows with the level; else its size is that at the middle of the trace. ``hiccups`` is the
    chance that a sample's latencies hold one value of 50 ms.
    """

    phi: float = 0.0
    share: float = 0.02
    proportional: bool = False
    hiccups: float = 0.05


@dataclass(frozen=True, slots=True)
class Event:
    """One maintenance: first seen at the sample ``index``; the shift of each series in noise deviations.

    ``records_removed`` is a share of the held records instead: counts are exact.
    """

    index: int
    shifts: Mapping[str, float]

    @property
    def reasons(self) -> tuple[str, ...]:
        """The reasons that a detector should give."""
        return tuple(self.shifts)


@dataclass(frozen=True, slots=True)
class LabelledTrace:
    """A trace and the truth about it."""

    points: tuple[TracePoint, ...]
    events: tuple[Event, ...]


@dataclass(frozen=True, slots=True)
class Signal:
    """How a trace is made; ``growth`` is the law of memory, disk and latency, ``rise`` their last value / first."""

    samples: int = 20
    growth: Growth = "linear"
    rise: float = 10.0
    noise: Noise = Noise()
    latencies: int = 50
    spread: float = 0.2
    events: tuple[Event, ...] = ()


def draw_signal(seed: int, *, maintenance: bool, samples: int | None = None) -> Signal:
    """Draw a signal as the calibration needs it: any growth, noise of any kind, with or without maintenance.

    20 to 200 samples unless given; one to three events, each a compaction (memory, disk, latency and health shift) or
    an eviction (5 to 60% of the records go; latency and health shift), every shift of 2 to 8 deviations.
    """
    stream = np.random.default_rng((seed, int(maintenance)))
    size = round(_log_uniform(stream, 20, 200)) if samples is None else samples
    noise = Noise(
        phi=float(stream.uniform(0.0, 0.6)),
        share=_log_uniform(stream, 0.005, 0.05),
        proportional=bool(stream.integers(2)),
    )
    growth, rise = GROWTHS[stream.integers(len(GROWTHS))], _log_uniform(stream, 1.0, 20.0)
    events = _draw_events(size, stream) if maintenance else ()
    return Signal(size, growth, rise, noise, events=events)


def _draw_events(samples: int, stream: np.random.Generator) -> tuple[Event, ...]:
    """Draw one to three events, three samples from either end and six from each other at least."""
    room = samples - 5
    count = int(stream.integers(1, min(3, 1 + room // 12) + 1))
    cuts = np.sort(stream.integers(0, room - 6 * (count - 1), size=count)) + 6 * np.arange(count) + 3
    return tuple(Event(int(cut), _draw_shifts(stream)) for cut in cuts)


def _draw_shifts(stream: np.random.Generator) -> dict[str, float]:
    if stream.random() < 0.5:
        return {reason: _log_uniform(stream, 2.0, 8.0) for reason in (MEMORY, SPEED, HEALTH, DISK)}
    shifts = {reason: _log_uniform(stream, 2.0, 8.0) for reason in (SPEED, HEALTH)}
    return shifts | {REMOVED: _log_uniform(stream, 0.05, 0.6)}


def _log_uniform(stream: np.random.Generator, low: float, high: float) -> float:
    return math.exp(stream.uniform(math.log(low), math.log(high)))


def labelled_trace(signal: Signal, seed: int) -> LabelledTrace:
    """Make the trace; every series is drawn from its own stream, so an event in one leaves the others as they were."""
    streams = [np.random.default_rng((seed, part)) for part in range(5)]
    curve = growth_curve(signal.growth, signal.samples, signal.rise)
    memory = _series(signal, curve * 20 * _MIB, MEMORY, -1.0, streams[0])
    disk = _series(signal, curve * 5 * _MIB, DISK, -1.0, streams[1])
    latency = _series(signal, curve * 0.5, SPEED, -1.0, streams[2])
    health = np.clip(_series(signal, np.full(signal.samples, 0.6), HEALTH, 1.0, streams[3]), 0.0, 1.0)
    held = _held(signal)
    points = tuple(
        TracePoint(
            records=(index + 1) * BATCH,
            memory_bytes=float(memory[index]),
            latencies_ms=_latencies(signal, float(latency[index]), streams[4]),
            health=float(health[index]),
            retained=held[index],
            disk_bytes=float(disk[index]),
        )
        for index in range(signal.samples)
    )
    return LabelledTrace(points, signal.events)


def growth_curve(growth: Growth, samples: int, rise: float) -> Array:
    """Give the law over 1..samples, scaled to go from 1 to ``rise``; flat: 1 throughout."""
    steps = np.arange(1, samples + 1, dtype=np.float64)
    laws = {"flat": np.zeros(samples), "log": np.log(steps), "linear": steps, "nlogn": steps * np.log(steps * BATCH)}
    law = laws[growth] - laws[growth][0]
    return 1.0 + (rise - 1.0) * law / law[-1] if law[-1] else np.ones(samples)


def ar1(samples: int, phi: float, stream: np.random.Generator) -> Array:
    """Draw AR(1) noise of marginal variance 1, stationary from the first value."""
    values = stream.standard_normal(samples)
    values[1:] *= math.sqrt(1.0 - phi * phi)
    for index in range(1, samples):
        values[index] += phi * values[index - 1]
    return values


def _series(signal: Signal, level: Array, reason: str, sign: float, stream: np.random.Generator) -> Array:
    scale = level if signal.noise.proportional else np.full(signal.samples, np.median(level))
    sigma = signal.noise.share * scale
    values = level + sigma * ar1(signal.samples, signal.noise.phi, stream)
    for event in signal.events:
        if reason in event.shifts:
            values[event.index :] += sign * event.shifts[reason] * sigma[event.index]
    return np.maximum(values, 1e-3 * level)


def _held(signal: Signal) -> Sequence[int]:
    removed = {event.index: event.shifts[REMOVED] for event in signal.events if REMOVED in event.shifts}
    held, counts = 0, []
    for index in range(signal.samples):
        held += BATCH
        held -= round(removed.get(index, 0.0) * held)
        counts.append(held)
    return counts


def _latencies(signal: Signal, centre: float, stream: np.random.Generator) -> tuple[float, ...]:
    """Draw log-normal latencies about the centre, now and then with a hiccup of 50 ms among them."""
    values = centre * np.exp(signal.spread * stream.standard_normal(signal.latencies))
    if stream.random() < signal.noise.hiccups:
        values[stream.integers(signal.latencies)] = 50.0
    return tuple(values.tolist())
