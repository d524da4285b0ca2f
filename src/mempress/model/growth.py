"""By which laws a system's figures grew, and how far that could be foreseen."""

from __future__ import annotations

import msgspec


class Foresight(msgspec.Struct, frozen=True, kw_only=True):
    """What the first third of a load foretold, and what came; figures in the curve's own unit."""

    from_records: int
    """The load up to which samples were used."""
    n: int
    law: str
    at_records: int
    """The last load at which the curve was measured."""
    foreseen: float
    measured: float
    """There: the median of the last three samples; ``foreseen`` is the law's value at the same loads."""
    error: float | None
    """Foreseen over measured, less 1; None where nothing was measured but 0."""
    crossing_foreseen: float | None
    """Records at which the objective was to break; None: never, or there is no objective."""
    crossing_interval: list[float | None] | None
    """Of 95%; an upper end of null: perhaps never."""
    crossing_measured: float | None
    """Records at which it broke, three samples in a row; interpolated before the first of them. None: it did not."""
    crossing_error: float | None
    """Foreseen over measured, less 1."""
    words: str
    """What became of the objective; empty without one."""


class GrowthLaw(msgspec.Struct, frozen=True, kw_only=True):
    """The law of one curve over the whole load: value = a + b f(records)."""

    law: str
    coefficients: list[float]
    """a and b."""
    interval: list[float]
    """Of b, 95%."""
    relative_error: float
    """The median absolute residual as a share of the median value."""
    n: int
    bytes_per_record: float | None
    """Of a curve of bytes that grows linearly."""
    objective: float | None
    crossing_records: float | None
    crossing_interval: list[float | None] | None
    passed_at_records: float | None
    """The first sample over the objective."""
    words: str | None
    foresight: Foresight | None
    """None where the first third has too few samples for a law."""
