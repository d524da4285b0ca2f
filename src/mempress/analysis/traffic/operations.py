"""The operations of a load's traffic as arrays, one value each, in the order of their turn."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from mempress.journal import TrafficSegment

    Times = NDArray[np.int64] | NDArray[np.uint32]
    Flags = NDArray[np.bool_]


_FOUR_BYTES = 1 << 32


@dataclass(frozen=True, slots=True)
class Operations:
    """Times in nanoseconds on the schedule; ``kind`` is the letter's code, ``batch`` the place of the batch."""

    kind: NDArray[np.uint8]
    due: NDArray[np.int64]
    waited: Times | None
    """By how much each was late to start; None in a closed loop."""
    service: Times
    """What each call took."""
    failed: Flags
    batch: NDArray[np.int32]
    stored: NDArray[np.int32]
    """Records offered until then, this one among them."""
    clients: int

    @property
    def open_loop(self) -> bool:
        """Tell whether they were due by a schedule."""
        return self.waited is not None

    @property
    def wait(self) -> Times:
        """By how much each was late to start; 0 in a closed loop."""
        return np.zeros(self.due.size, dtype=np.int64) if self.waited is None else self.waited

    @property
    def started(self) -> NDArray[np.int64]:
        """When each call began."""
        return self.due if self.waited is None else self.due + self.waited

    @property
    def ended(self) -> NDArray[np.int64]:
        """When each call returned."""
        return self.started + self.service

    @property
    def response(self) -> Times:
        """From when each was due until it returned."""
        if self.waited is None:
            return self.service
        most = int(self.waited.max()) + int(self.service.max())
        return self.waited + self.service if most < _FOUR_BYTES else np.add(self.waited, self.service, dtype=np.int64)

    def are(self, letter: str) -> Flags:
        """Tell which are of a kind."""
        found: Flags = self.kind == ord(letter)
        return found


def read_operations(segments: Sequence[TrafficSegment], batch_size: int) -> Operations:
    """Put the segments of one phase, of which there is one at least, together."""
    kind = np.frombuffer("".join(segment.kinds for segment in segments).encode("ascii"), dtype=np.uint8)
    wait = _joined([segment.wait_ns for segment in segments])
    counts = [len(segment.kinds) for segment in segments]
    failed = np.zeros(kind.size, dtype=np.bool_)
    failed[_places(segments, counts)] = True
    return Operations(
        kind=kind,
        due=np.concatenate([np.cumsum(segment.gap_ns, dtype=np.int64) for segment in segments]),
        waited=wait if wait.size else None,
        service=_joined([segment.service_ns for segment in segments]),
        failed=failed,
        batch=np.repeat(np.array([segment.first // batch_size for segment in segments], dtype=np.int32), counts),
        stored=np.cumsum(kind == ord("s"), dtype=np.int32) + np.int32(segments[0].first),
        clients=segments[0].clients,
    )


def _joined(parts: Sequence[Sequence[int]]) -> Times:
    """Join parts in the type that they have: those of a journal's trail take four bytes where they can."""
    return np.concatenate([np.asarray(part) if len(part) else np.empty(0, dtype=np.uint32) for part in parts])


def _places(segments: Sequence[TrafficSegment], counts: Sequence[int]) -> list[int]:
    starts = np.cumsum([0, *counts[:-1]]).tolist()
    return [start + place for start, part in zip(starts, segments, strict=True) for place in part.failed]
