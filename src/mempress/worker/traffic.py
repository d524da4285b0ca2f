"""Offers a segment of single operations on a schedule, by one client or several, and notes when each began and ended.

The schedule stands still between two segments: it goes on from ``now_ns``, where the segment before ended, so that time
which the harness needs for itself is charged to nobody, and operations that are overdue then stay so.
"""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from time import sleep
from typing import TYPE_CHECKING, Any

from mempress.clock import clock_ns
from mempress.worker.plain import describe, plain, plain_hits

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from mempress.systems.protocol import Record

_EARLY_NS = 200_000
"""A sleep ends so long before the moment: it is up to 0.13 ms late, and the rest is spun away."""
_NAP_NS = 250_000_000
"""The longest sleep without a heartbeat."""
_NS_PER_SECOND = 1_000_000_000


class Offerer:
    """Offers segment after segment to one system; a maintenance that was requested may go on across several."""

    def __init__(self, system: Any, beat: Callable[[], None]) -> None:
        self._system = system
        self._beat = beat
        self._upkeep: _Upkeep | None = None

    def offer(self, command: Mapping[str, Any], records: Sequence[Record]) -> dict[str, Any]:
        """Offer a segment (see ``_Segment``); gives the reply's header.

        ``maintain`` (null, before or beside) requests maintenance as it begins: ahead of the only client's operations,
        or in a thread beside the clients. It is told with the segment in which it ends; a ``last`` one waits for it.
        """
        segment = _Segment(self._system, command, records, self._beat)
        segment.begin()
        if command["maintain"] is not None:
            self._beat()
            self._upkeep = _Upkeep(self._system, segment.origin, beside=command["maintain"] == "beside")
        reply = segment.run()
        return reply | {"maintained": self._maintained(segment, last=command["last"])}

    def _maintained(self, segment: _Segment, *, last: bool) -> dict[str, Any] | None:
        upkeep = self._upkeep
        if upkeep is None or not (last or upkeep.is_over()):
            return None
        self._upkeep = None
        return upkeep.told(segment)


class _Upkeep:
    """A requested maintenance, in a thread of its own where ``beside``, else over before this constructor returns."""

    def __init__(self, system: Any, origin: int, *, beside: bool) -> None:
        self._system = system
        self._value: Any = None
        self._error: str | None = None
        self._began = self._ended = clock_ns()
        self._from_ns = self._began - origin
        self._thread = threading.Thread(target=self._perform, daemon=True) if beside else None
        if self._thread is None:
            self._perform()
        else:
            self._thread.start()

    def _perform(self) -> None:
        try:
            self._value = plain(self._system.perform_maintenance(emergency=False))
        except Exception as error:  # noqa: BLE001 - the worker's boundary: an adapter's exception becomes data
            self._error = describe(error)
        self._ended = clock_ns()

    def is_over(self) -> bool:
        """Whether it has returned."""
        return self._thread is None or not self._thread.is_alive()

    def told(self, segment: _Segment) -> dict[str, Any]:
        """Wait for its end; gives what came of it, and from when to when on the schedule it went on."""
        if self._thread is not None:
            self._thread.join()
        return {
            "latency_ns": self._ended - self._began,
            "value": self._value,
            "error": self._error,
            "from_ns": self._from_ns,
            "to_ns": max(segment.now_ns, self._ended - segment.origin),
        }


class _Segment:
    """Operations in the order of their turn, and what came of each.

    ``command`` has ``kinds``, a letter for each (s, q, u, d); ``due_ns``, when each is due on the schedule, or null for
    a closed loop; ``now_ns``; ``queries`` and ``ids`` (to delete), each taken in turn; ``limit``; ``clients``.
    ``records`` are those that stores and updates take in turn.
    """

    def __init__(
        self, system: Any, command: Mapping[str, Any], records: Sequence[Record], beat: Callable[[], None]
    ) -> None:
        self._system = system
        self._beat = beat
        self._kinds: str = command["kinds"]
        self._due: Sequence[int] | None = command["due_ns"]
        self._limit: int = command["limit"]
        self._clients: int = command["clients"]
        self._operands = _operands(self._kinds, records, command)
        self._calls: Mapping[str, Callable[[Any], Any]] = {
            "s": self._store,
            "q": self._search,
            "u": self._update,
            "d": self._delete,
        }
        self._turns = count()
        size = len(self._kinds)
        self._started, self._service = [0] * size, [0] * size
        self._values: list[Any] = [None] * size
        self._errors: dict[str, list[int]] = {}
        self.now_ns: int = command["now_ns"]
        self.origin = 0

    def begin(self) -> None:
        """Let the schedule go on from now."""
        self.origin = clock_ns() - self.now_ns

    def run(self) -> dict[str, Any]:
        """Offer all operations; gives the reply's header."""
        if self._clients == 1:
            idle = [self._client()]
        else:
            with ThreadPoolExecutor(self._clients) as pool:
                idle = list(pool.map(lambda _: self._client(), range(self._clients)))
        ended = max(map(int.__add__, self._started, self._service), default=self.now_ns)
        return {
            "started_ns": self._started,
            "service_ns": self._service,
            "values": self._values,
            "errors": self._errors,
            "ended_ns": ended,
            "drain_ns": max(0, ended - min(idle)),
        }

    def _client(self) -> int:
        """Take operations in turn until there is none left; gives when that was, on the schedule."""
        kinds, operands, due, calls = self._kinds, self._operands, self._due, self._calls
        while (turn := next(self._turns)) < len(kinds):
            if due is not None:
                self._wait_until(due[turn] + self.origin)
            self._beat()
            operand, call = operands[turn], calls[kinds[turn]]
            started = clock_ns()
            try:
                value = call(operand)
                stopped = clock_ns()
                self._note(turn, value)
            except Exception as error:  # noqa: BLE001 - as in _Upkeep; hits may raise when they are read, too
                stopped = clock_ns()
                self._errors.setdefault(describe(error), []).append(turn)
            self._started[turn], self._service[turn] = started - self.origin, stopped - started
        return clock_ns() - self.origin

    def _wait_until(self, moment: int) -> None:
        """Sleep, then spin; several clients yield to each other meanwhile, since they share one interpreter."""
        while (left := moment - clock_ns()) > 0:
            if left > _EARLY_NS:
                sleep(min(left - _EARLY_NS, _NAP_NS) / _NS_PER_SECOND)
                self._beat()
            elif self._clients > 1:
                sleep(0)

    def _note(self, turn: int, value: Any) -> None:
        """Keep what an operation gave: ids of hits, a text only where a hit bears no id; what delete said."""
        if self._kinds[turn] == "q":
            answer = plain_hits(value, self._limit)
            answer["hits"] = [[name, "" if name is not None else text] for name, text in answer["hits"]]
            self._values[turn] = answer
        elif self._kinds[turn] != "s":
            self._values[turn] = plain(value)

    def _store(self, record: Record) -> None:
        self._system.store([record])

    def _search(self, query: str) -> Any:
        return self._system.search(query, limit=self._limit)

    def _update(self, record: Record) -> Any:
        removed = self._system.delete([record.id])
        self._system.store([record])
        return removed

    def _delete(self, record_id: str) -> Any:
        return self._system.delete([record_id])


def _operands(kinds: str, records: Sequence[Record], command: Mapping[str, Any]) -> list[Any]:
    """Give each operation what it takes: a record, a query or an id."""
    stored = iter(records)
    sources: Mapping[str, Iterator[Any]] = {
        "s": stored,
        "u": stored,
        "q": iter(command["queries"]),
        "d": iter(command["ids"]),
    }
    return [next(sources[kind]) for kind in kinds]
