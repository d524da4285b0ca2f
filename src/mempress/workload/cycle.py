"""A workload without an end, in bounded memory: the records of a pool over and over, each time under fresh ids."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import msgspec

from mempress.workload.model import Question
from mempress.workload.prepare import Batch

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mempress.workload.prepare import Workload

_MARK = "~"
_RECORDS_PER_QUESTION = 10
_rows = msgspec.json.Decoder(list[tuple[str, msgspec.Raw, msgspec.Raw, msgspec.Raw]])
_encode = msgspec.json.Encoder().encode


class Cycle:
    """Record ``n`` is record ``n % pool.records`` of the pool; in the first cycle it keeps its id, later ``ID~CYCLE``.

    The pool must outlive it.
    """

    def __init__(self, pool: Workload) -> None:
        self._pool = pool
        ids = (pool.id_of(ordinal) for ordinal in range(pool.records))
        longest = max((len(run) for record_id in ids for run in re.findall(f"{_MARK}+", record_id)), default=0)
        self._mark = _MARK * (longest + 1)

    def batches(self) -> Iterator[Batch]:
        """Give batches without end; the last of each cycle may be smaller than the others."""
        cycle = 0
        while True:
            for number in range(self._pool.batch_count):
                yield self._batch(cycle, number)
            cycle += 1

    def id_of(self, ordinal: int) -> str:
        """Give the id of a record."""
        cycle, place = divmod(ordinal, self._pool.records)
        return self._named(self._pool.id_of(place), cycle)

    def ordinal(self, record_id: str) -> int | None:
        """Give the ordinal of an id; None where no record bears it."""
        place = self._pool.ordinal(record_id)
        if place is not None:
            return place
        name, mark, cycle = record_id.rpartition(self._mark)
        if not mark or not (cycle.isascii() and cycle.isdigit() and len(cycle) < 20) or cycle.startswith("0"):
            return None
        place = self._pool.ordinal(name)
        return None if place is None else int(cycle) * self._pool.records + place

    def text_of(self, ordinal: int) -> str:
        """Give the text of a record; quick where asked in order."""
        return self._pool.text_of(ordinal % self._pool.records)

    def questions(self, offered: int, count: int) -> list[Question]:
        """Draw at most ``count`` questions for a moment at which ``offered`` records were offered.

        They are about the cycle under way: what its own records say is what was said last. At its beginning, where it
        has said too little, they are about the whole pool and have no answers.
        """
        cycle, place = divmod(offered, self._pool.records)
        if cycle and place < min(_RECORDS_PER_QUESTION * count, self._pool.records // 2):
            return [Question(probe.query, (), None, False) for probe in self._pool.probes(self._pool.records, count)]
        first = cycle * self._pool.records
        return [
            Question(
                probe.query,
                tuple(first + at for name in probe.answers if (at := self._pool.ordinal(name)) is not None),
                probe.token,
                probe.any_suffices,
            )
            for probe in self._pool.probes(place, count)
        ]

    def _batch(self, cycle: int, number: int) -> Batch:
        batch = self._pool.batch(number)
        if cycle == 0:
            return batch
        rows = [(self._named(name, cycle), *rest) for name, *rest in _rows.decode(batch.payload)]
        return Batch(cycle * self._pool.records + batch.first, batch.count, _encode(rows), batch.importances)

    def _named(self, name: str, cycle: int) -> str:
        return f"{name}{self._mark}{cycle}" if cycle else name
