"""What became of a system under a fault."""

from __future__ import annotations

from typing import Any

import msgspec

from mempress.model.answers import Share


class FaultOutcome(msgspec.Struct, frozen=True, kw_only=True):
    """One fault of a run: what was done, what was found after it, and the verdict in words.

    Of the records that were acknowledged and held before it, ``audited`` were asked about afterwards: ``found`` were
    there, ``corrupt`` of these with another text, ``evicted`` are gone as the system's own rule allows, ``lost`` beyond
    that. Asked by search they are figures of a sample. None: not measured, or not of this fault.
    """

    fault: str
    phase: str
    share: float
    made: bool
    verdict: str
    records: int | None = None
    """Acknowledged when it fell."""
    mechanism: str | None = None
    terms: dict[str, Any] = {}
    method: str | None = None
    """How was asked: get or search."""
    population: int | None = None
    audited: int | None = None
    found: int | None = None
    lost: int | None = None
    lost_share: Share | None = None
    """Of a sample: with its 95% interval."""
    evicted: int | None = None
    corrupt: int | None = None
    deleted: int | None = None
    came_back: int | None = None
    """Of the deleted."""
    unacknowledged: int | None = None
    """Records of the store call that the fault cut short."""
    unacknowledged_found: int | None = None
    reopened: bool | None = None
    downtime_s: float | None = None
    open_s: float | None = None
    in_call_ms: float | None = None
    """How long the call that it cut short had lasted."""
    usual_call_ms: float | None = None
    acknowledged_during: int = 0
    """While the disk was full, slow, or the clock wrong."""
    refused_during: int = 0
    store_ms: dict[str, float | None] = {}
    """Median time of a store call: before, in each stage, after."""
    search_p50_ms: dict[str, float | None] = {}
    recall: dict[str, float | None] = {}
    """Mean recall of the samples before, in each stage, after."""
    counted: dict[str, int] = {}
    """Calls that the mechanism refused, delayed, or told another time."""
    went_on: bool | None = None
    """Whether the first store afterwards was acknowledged."""
    errors: int = 0
    first_error: str | None = None
