"""What a file of records and probes leaves behind once it is read: where each id and each probe stands."""

from __future__ import annotations

from bisect import bisect_right
from typing import TYPE_CHECKING

from mempress.workload.chance import sample, stream
from mempress.workload.ids import IdList

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mempress.workload.model import Probe


class Placed:
    """Base of a Source that reads a file: answers for ids and probes; the reader fills ``_ids`` and places probes.

    A probe is valid once all records above its place are stored. ``kind`` names the stream that draws probes.
    """

    kind: str

    def __init__(self) -> None:
        self._forget()

    def _forget(self) -> None:
        self._ids = IdList()
        self._probes: list[Probe] = []
        self._valid_from: list[int] = []

    def _place(self, probe: Probe) -> None:
        """Keep a probe; it is valid from the records read so far on."""
        self._probes.append(probe)
        self._valid_from.append(len(self._ids))

    def ordinal(self, record_id: str) -> int | None:
        """Give the place of an id among the records read, or None."""
        return self._ids.ordinal(record_id)

    def id_of(self, ordinal: int) -> str:
        """Give the id of the record at that place."""
        return self._ids.id_of(ordinal)

    def fixed_probes(self) -> Iterator[tuple[int, Probe]]:
        """Give each probe read with the number of records above it."""
        return zip(self._valid_from, self._probes, strict=True)

    def probes(self, stored: int, count: int) -> list[Probe]:
        """Draw from the probes that are valid after the first ``stored`` records; all where they are few."""
        valid = bisect_right(self._valid_from, stored)
        return [self._probes[index] for index in sample(valid, count, stream(self.kind, stored))]
