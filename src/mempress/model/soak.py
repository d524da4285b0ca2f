"""What is concluded from a soak."""

from __future__ import annotations

from typing import Literal

import msgspec

from mempress.soaking import Hold, Order

Figure = Literal["memory", "disk", "search_p95", "health_lost", "harness_memory"]
"""Of these, all that rises is bad; ``health_lost`` is 1 less the health score."""


class SoakTrend(msgspec.Struct, frozen=True, kw_only=True):
    """How a figure moved over the soak, per minute, with the 95% interval of the slope; see ``docs/soak.md``.

    ``judgement`` unknown: too few values, and the figures are None.
    """

    figure: Figure
    unit: str
    judgement: Literal["rises", "flat", "undecided", "unknown"]
    reason: str
    per_minute: float | None
    low: float | None
    high: float | None
    floor: float | None
    """A slope that is not surely over this does not count."""
    steady_from_s: float | None
    """When the warm-up was over, from the start of the soak; None: not found to be over."""
    level: float | None
    """Median from there on."""


class Soak(msgspec.Struct, frozen=True, kw_only=True):
    """A soak as a whole."""

    verdict: Literal["leaks", "flat", "undecided", "unknown"]
    """Of the memory."""
    words: list[str]
    hold: Hold
    """How the live set was kept: capacity, delete or search; never auto."""
    order: Order
    live_records: int
    """As many were to be held."""
    seconds: float
    """For so long it went on, after the fill."""
    trends: list[SoakTrend]
    steady_from_s: float | None
    """When memory, disk, latency and health had all warmed up; None: one of them had not."""
    objective_broken_at_s: float | None
    """When the first of three stretches in a row broke the service objective; None: none did."""
    stored: int
    deleted: int
    searches: int
    ghosts: int
    """Hits on records that were deleted before the search."""
    missing: int
    """Live records that a delete did not find."""
    live: int | None
    """Live records asked for at the end; None: not asked."""
    found: int | None
    altered: int | None
    came_back: int | None
    """Of the records deleted last those that were held at the end."""
    harness_mb: float | None
    """The harness's own resident size at the end, MiB."""
