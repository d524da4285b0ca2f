"""Synthetic courses of memory over a soak of ten minutes, with and without a leak: what the judgement is calibrated on.

1,000 readings in MiB, around 60. Seven in ten begin with a warm-up of up to 30 MiB that dies away within 6 to 60 s. Of
the leaks three in ten come in whole MiB, as an allocator takes them. The same seed gives the same course.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from mempress.testing.signals import ar1

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from numpy.typing import NDArray

    Array = NDArray[np.float64]

MINUTES = 10.0
READINGS = 1_000
TIMES: Array = np.linspace(0.0, MINUTES, READINGS)
_APART = MINUTES / READINGS


def course(kind: str, seed: int, leak_mib_per_minute: float) -> list[float]:
    """Give a course of one of KINDS."""
    stream = np.random.default_rng((seed, sorted(KINDS).index(kind)))
    values = 60.0 + 0.05 * stream.standard_normal(READINGS)
    if stream.random() < 0.7:
        values += stream.uniform(0.0, 30.0) * (1.0 - np.exp(-TIMES / stream.uniform(0.1, 1.0)))
    values += KINDS[kind](stream)
    leak = leak_mib_per_minute * TIMES
    course: list[float] = (values + (np.floor(leak) if stream.random() < 0.3 else leak)).tolist()
    return course


def _quiet(stream: np.random.Generator) -> Array:
    return stream.uniform(0.1, 1.0) * stream.standard_normal(READINGS)


def _drifting(stream: np.random.Generator) -> Array:
    """AR(1) noise of 0.3 to 2 MiB that remembers 5 to 30 s."""
    return _remembering(stream, stream.uniform(0.3, 2.0), stream.uniform(0.08, 0.5))


def _sawtooth(stream: np.random.Generator) -> Array:
    """Garbage of 3 to 30 MiB, collected every 5 to 60 s."""
    return _teeth(stream, stream.uniform(3.0, 30.0), stream.uniform(0.08, 1.0))


def _slow_sawtooth(stream: np.random.Generator) -> Array:
    """Garbage of 3 to 15 MiB, collected every 1 to 3 minutes."""
    return _teeth(stream, stream.uniform(3.0, 15.0), stream.uniform(1.0, 3.0))


def _mixed(stream: np.random.Generator) -> Array:
    """Garbage of 1 to 10 MiB every 3 to 30 s, and noise of 0.3 to 1 MiB that remembers 12 s."""
    garbage = _teeth(stream, stream.uniform(1.0, 10.0), stream.uniform(0.05, 0.5))
    return garbage + _remembering(stream, stream.uniform(0.3, 1.0), 0.2)


def _one_step(stream: np.random.Generator) -> Array:
    """A table that doubles once: 1 to 8 MiB, at any time."""
    step = stream.uniform(1.0, 8.0) * (stream.uniform(0.0, MINUTES) < TIMES)
    return np.asarray(step + _remembering(stream, 0.1, 0.1))


def _swinging(stream: np.random.Generator) -> Array:
    """A wave of 0.3 to 1.5 MiB with a period of 2 to 10 minutes."""
    wave = np.sin(2.0 * math.pi * (TIMES / stream.uniform(2.0, 10.0) + stream.random()))
    return np.asarray(stream.uniform(0.3, 1.5) * wave + _remembering(stream, 0.1, 0.1))


def _settling(stream: np.random.Generator) -> Array:
    """A warm-up that never ends: 1 to 4 MiB times the logarithm of time."""
    return np.asarray(stream.uniform(1.0, 4.0) * np.log1p(TIMES / stream.uniform(0.05, 0.5)))


def _wandering(stream: np.random.Generator) -> Array:
    """A random walk that ends 0.3 to 1.6 MiB from where it began."""
    return np.asarray(np.cumsum(stream.standard_normal(READINGS)) * stream.uniform(0.01, 0.05))


def _remembering(stream: np.random.Generator, size: float, minutes: float) -> Array:
    return np.asarray(size * ar1(READINGS, math.exp(-_APART / minutes), stream))


def _teeth(stream: np.random.Generator, height: float, period: float) -> Array:
    """Rise to about ``height`` again and again, each time over 0.8 to 1.2 periods."""
    lengths = period * stream.uniform(0.8, 1.2, size=math.ceil(2.0 * MINUTES / period) + 2)
    ends = np.cumsum(lengths) - stream.random() * lengths[0]
    place = np.searchsorted(ends, TIMES, side="right")
    return np.asarray(height * (1.0 - (ends[place] - TIMES) / lengths[place]))


KINDS: Mapping[str, Callable[[np.random.Generator], Array]] = {
    "quiet": _quiet,
    "drifting": _drifting,
    "sawtooth": _sawtooth,
    "slow sawtooth": _slow_sawtooth,
    "mixed": _mixed,
    "one step": _one_step,
    "swinging": _swinging,
    "settling": _settling,
    "wandering": _wandering,
}
"""What memory does besides leaking."""
