"""Plans the traffic of a load: what is offered in turn, when it is due, and which answers are then true."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from itertools import accumulate, compress, islice
from typing import TYPE_CHECKING

import msgspec

from mempress.runner.edits import revise
from mempress.workload.arrival import due_times, operations
from mempress.workload.chance import stream
from mempress.workload.model import Probe

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from mempress.runner.edits import Edits
    from mempress.traffic import Traffic
    from mempress.workload.prepare import Batch, Workload

_MOST_OPERATIONS = 1_000
_MOST_SECONDS = 10
_QUERY_CHARACTERS = 200
_rows = msgspec.json.Decoder(list[msgspec.Raw])
_row = msgspec.json.Decoder(tuple[str, str, float, msgspec.Raw])


@dataclass(frozen=True, slots=True)
class Segment:
    """Operations that are offered with one command; each kind takes its own operands in turn.

    ``rows`` are JSON rows as in a batch, of the stores (records ``first`` and on) and updates; ``targets`` are the
    ordinals of the updates' and deletes' records. ``due_ns`` None: a closed loop.
    """

    kinds: str
    due_ns: list[int] | None
    first: int
    rows: list[bytes]
    probes: list[Probe]
    targets: list[int]
    deleted: list[int]
    """Those of the targets that are deleted for good."""
    last: bool
    """Whether no other follows before the system is sampled."""

    @property
    def stores(self) -> range:
        """Give the ordinals of the records that are stored for the first time."""
        return range(self.first, self.first + self.kinds.count("s"))

    def texts(self) -> list[str]:
        """Give the texts of the rows, then the queries: what a system may want vectors of."""
        return [_row.decode(row)[1] for row in self.rows] + [probe.query for probe in self.probes]


class Plan:
    """The traffic of one phase: one schedule, on which segment follows segment; the same for the same ``names``.

    Where no record of ``edits`` is live, updates and deletes are left out: the moments when they are due stay empty.
    """

    def __init__(
        self, workload: Workload, traffic: Traffic, edits: Edits, *, clients: int, names: tuple[object, ...]
    ) -> None:
        self._workload = workload
        self._traffic = traffic
        self._edits = edits
        self._clients = clients
        self._names = names
        self._targets = stream("targets", *names)
        self._due = None if traffic.rate is None else due_times(traffic.arrival, traffic.rate, *names)

    def segments(self, batch: Batch) -> Iterator[Segment]:
        """Give the segments that offer a batch, each planned when the one before is over."""
        kinds = operations(self._traffic.mix, batch.first, batch.count, *self._names)
        rows = [bytes(row) for row in _rows.decode(batch.payload)]
        first, size = batch.first, self._most()
        for start in range(0, len(kinds), size):
            planned = kinds[start : start + size]
            fresh = rows[first - batch.first :][: planned.count("s")]
            yield self._segment(planned, first, fresh, last=start + size >= len(kinds))
            first += len(fresh)

    def _segment(self, planned: str, first: int, fresh: Sequence[bytes], *, last: bool) -> Segment:
        targets = self._draw(planned.count("u") + planned.count("d"))
        kept = _kept(planned, len(targets))
        kinds = "".join(compress(planned, kept))
        edited = dict(zip(targets, (kind for kind in kinds if kind in "ud"), strict=True))
        return Segment(
            kinds=kinds,
            due_ns=None if self._due is None else list(compress(islice(self._due, len(planned)), kept)),
            first=first,
            rows=self._rows(kinds, fresh, [ordinal for ordinal, kind in edited.items() if kind == "u"]),
            probes=self._probes(kinds, first),
            targets=targets,
            deleted=[ordinal for ordinal, kind in edited.items() if kind == "d"],
            last=last,
        )

    def _most(self) -> int:
        """Give how many operations a segment has: few, and over within seconds if they are kept up with."""
        rate = self._traffic.rate
        return _MOST_OPERATIONS if rate is None else min(_MOST_OPERATIONS, max(1, round(rate * _MOST_SECONDS)))

    def _draw(self, count: int) -> list[int]:
        """Give as many distinct records to update or delete as there are, all acknowledged before the segment."""
        return self._edits.live.draw(count, self._targets) if count else []

    def _rows(self, kinds: str, fresh: Iterable[bytes], updated: Iterable[int]) -> list[bytes]:
        sources = {"s": iter(fresh), "u": map(self._revised, updated)}
        return [next(sources[kind]) for kind in kinds if kind in "su"]

    def _revised(self, ordinal: int) -> bytes:
        batch, place = divmod(ordinal, self._workload.batch_size)
        record_id, text, importance, metadata = _row.decode(_rows.decode(self._workload.batch(batch).payload)[place])
        revision = self._edits.revised.get(ordinal, 0) + 1
        return msgspec.json.encode((record_id, revise(text, revision), importance, metadata))

    def _probes(self, kinds: str, first: int) -> list[Probe]:
        """Draw a probe for each search that is true of the records stored before it.

        With several clients the last operations before it may be under way still: their records are not asked for.
        """
        under_way = self._clients - 1
        before = list(accumulate((kind == "s" for kind in kinds), initial=first))
        loads = [before[max(0, turn - under_way)] for turn, kind in enumerate(kinds) if kind == "q"]
        drawn = {load: iter(self._drawn(load, count)) for load, count in Counter(loads).items()}
        return [next(drawn[load]) for load in loads]

    def _drawn(self, load: int, count: int) -> list[Probe]:
        probes = self._workload.probes(load, count)
        if not probes:  # nothing is stored yet: what the first record says is asked for, and not to be found
            probes = [Probe(self._workload.text_of(0)[:_QUERY_CHARACTERS])]
        return [probes[number % len(probes)] for number in range(count)]


def _kept(kinds: str, targets: int) -> list[bool]:
    """Tell which operations can be offered: of the updates and deletes, as many as there are records for them."""
    room = iter(range(targets))
    return [kind in "sq" or next(room, None) is not None for kind in kinds]
