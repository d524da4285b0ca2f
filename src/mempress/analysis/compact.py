"""Events in little memory: the long lists of a journal as arrays, which read the same."""

from __future__ import annotations

from array import array
from typing import TYPE_CHECKING

import msgspec

from mempress.journal import Stored, TrafficSegment

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mempress.journal import Event

_RECALLS: dict[float | None, float | None] = {value: value for value in (None, 0.0, 1.0)}


def compact(event: Event) -> Event:
    """Give the event with one value where it had an object: a journal of ten million operations fits into memory."""
    match event:
        case Stored():
            return msgspec.structs.replace(event, importance=array("d", event.importance))
        case TrafficSegment():
            return msgspec.structs.replace(
                event,
                gap_ns=_whole(event.gap_ns),
                wait_ns=_whole(event.wait_ns),
                service_ns=_whole(event.service_ns),
                recall=[_RECALLS.get(value, value) for value in event.recall],
            )
    return event


def _whole(values: Sequence[int]) -> Sequence[int]:
    """Give whole numbers in four bytes each where they fit, in eight else."""
    try:
        return array("I", values)
    except OverflowError:
        return array("q", values)
