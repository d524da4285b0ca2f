"""A segment of traffic on a clock that the test moves: what is due when, what waits, and what is charged to nobody."""

from __future__ import annotations

import threading
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import pytest

from mempress.systems.protocol import Hit, Record
from mempress.worker import traffic
from mempress.worker.traffic import Offerer

if TYPE_CHECKING:
    from collections.abc import Sequence

MS = 1_000_000
TICK_NS = 1_000


class Clock:
    """Moves by a microsecond each time it is read, and by as much as it is told to."""

    def __init__(self) -> None:
        self.now = 10**12

    def read(self) -> int:
        self.now += TICK_NS
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += round(seconds * 1e9)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    moved = Clock()
    monkeypatch.setattr(traffic, "clock_ns", moved.read)
    monkeypatch.setattr(traffic, "sleep", moved.sleep)
    return moved


class System:
    """Each call takes as long as the next of ``costs_ms``; the last of them for ever."""

    def __init__(self, clock: Clock, *costs_ms: float) -> None:
        self._clock = clock
        self._costs = list(costs_ms)
        self.calls: list[tuple[str, Any]] = []

    def _work(self, name: str, operand: Any) -> None:
        self.calls.append((name, operand))
        self._clock.sleep((self._costs.pop(0) if len(self._costs) > 1 else self._costs[0]) / 1e3)

    def store(self, records: Sequence[Record]) -> None:
        self._work("store", [(record.id, record.text) for record in records])
        if records[0].id == "refused":
            raise ValueError("no room")

    def search(self, query: str, *, limit: int) -> Sequence[Hit]:
        self._work("search", query)
        return [Hit("a long text", "r1"), Hit("without an id")] * limit

    def delete(self, ids: Sequence[str]) -> int:
        self._work("delete", list(ids))
        return len(ids)

    def perform_maintenance(self, *, emergency: bool) -> dict[str, int]:
        self._work("maintain", emergency)
        return {"removed": 3}


def records(*ids: str) -> list[Record]:
    return [Record(name, f"text of {name}") for name in ids]


def command(kinds: str, due_ms: Sequence[float] | None = None, **changes: Any) -> dict[str, Any]:
    due = None if due_ms is None else [round(ms * MS) for ms in due_ms]
    sound = {"now_ns": 0, "queries": [], "ids": [], "limit": 5, "clients": 1, "maintain": None, "last": True}
    return {"kinds": kinds, "due_ns": due, **sound, **changes}


def offer(system: System, told: dict[str, Any], *ids: str) -> dict[str, Any]:
    return Offerer(system, lambda: None).offer(told, records(*ids))


def ms(values: Sequence[int]) -> list[float]:
    return [round(value / MS, 1) for value in values]


def test_operations_start_when_they_are_due_and_those_that_are_overdue_at_once(clock: Clock) -> None:
    """The second call takes 25 ms: the two that fall due meanwhile start late, one after the other; the last not."""
    system = System(clock, 2, 25, 2)
    reply = offer(system, command("ssqss", [0, 10, 20, 30, 60], queries=["who?"]), "a", "b", "c", "d")
    assert ms(reply["started_ns"]) == [0, 10, 35, 37, 60]
    assert ms(reply["service_ns"]) == [2, 25, 2, 2, 2]
    assert ms([reply["ended_ns"]]) == [62]
    assert [name for name, _ in system.calls] == ["store", "store", "search", "store", "store"]


def test_a_closed_loop_starts_the_next_when_the_last_has_returned(clock: Clock) -> None:
    reply = offer(System(clock, 2, 25, 2), command("sss"), "a", "b", "c")
    assert ms(reply["started_ns"]) == [0, 2, 27]


def test_the_schedule_stands_still_between_segments_and_a_backlog_stays(clock: Clock) -> None:
    """A minute of the harness's own lies between: the second segment begins as late as the first one ended."""
    offerer = Offerer(System(clock, 25, 2), lambda: None)
    first = offerer.offer(command("ss", [0, 10]), records("a", "b"))
    assert ms(first["started_ns"]) == [0, 25]
    clock.sleep(60.0)
    second = offerer.offer(command("ss", [20, 40], now_ns=first["ended_ns"]), records("c", "d"))
    assert ms(second["started_ns"]) == [27, 40]


def test_a_segment_that_ended_early_is_followed_by_one_that_waits(clock: Clock) -> None:
    offerer = Offerer(System(clock, 2), lambda: None)
    first = offerer.offer(command("s", [0]), records("a"))
    clock.sleep(60.0)
    second = offerer.offer(command("s", [10], now_ns=first["ended_ns"]), records("b"))
    assert ms(second["started_ns"]) == [10]


def test_maintenance_ahead_of_the_only_client_lets_operations_fall_due(clock: Clock) -> None:
    system = System(clock, 30, 2)
    reply = offer(system, command("ss", [10, 50], maintain="before"), "a", "b")
    assert ms(reply["started_ns"]) == [30, 50]
    told = reply["maintained"]
    assert (told["value"], told["error"], ms([told["from_ns"], told["to_ns"]])) == ({"removed": 3}, None, [0, 30])
    assert system.calls[0] == ("maintain", False)


def test_maintenance_beside_the_clients_is_told_with_the_segment_in_which_it_ends() -> None:
    """It goes on while the first segment is offered, and is waited for by the one that is the last."""
    going_on, may_end = threading.Event(), threading.Event()

    class Slow:
        def store(self, _: Sequence[Record]) -> None:
            assert going_on.wait(10)

        def perform_maintenance(self, *, emergency: bool) -> None:
            going_on.set()
            assert may_end.wait(10)

    offerer = Offerer(Slow(), lambda: None)
    first = offerer.offer(command("s", maintain="beside", last=False), records("a"))
    assert first["maintained"] is None
    may_end.set()
    last = offerer.offer(command("s", now_ns=first["ended_ns"]), records("b"))
    assert last["maintained"]["error"] is None
    assert last["maintained"]["to_ns"] >= first["ended_ns"] > last["maintained"]["from_ns"]


def test_an_update_deletes_and_stores_the_record_and_a_delete_says_what_it_removed(clock: Clock) -> None:
    system = System(clock, 1)
    reply = offer(system, command("ud", ids=["gone"]), "again")
    assert system.calls == [
        ("delete", ["again"]),
        ("store", [("again", "text of again")]),
        ("delete", ["gone"]),
    ]
    assert reply["values"] == [1, 1]
    assert ms(reply["service_ns"]) == [2, 1]


def test_hits_travel_by_id_with_a_text_only_where_there_is_none(clock: Clock) -> None:
    (answer,) = offer(System(clock, 1), command("q", queries=["who?"], limit=3))["values"]
    assert answer["hits"] == [["r1", ""], [None, "without an id"], ["r1", ""]]
    assert answer["returned"] == 6


def test_what_is_raised_is_told_once_with_the_turns_that_raised_it(clock: Clock) -> None:
    reply = offer(System(clock, 4, 1), command("sss"), "refused", "a", "refused")
    ((message, turns),) = reply["errors"].items()
    assert message.startswith("ValueError: no room (test_traffic.py:")
    assert turns == [0, 2]
    assert ms(reply["service_ns"]) == [4, 1, 1]


def test_the_heartbeat_moves_with_each_call_and_while_nothing_is_due(clock: Clock) -> None:
    beats: list[int] = []
    Offerer(System(clock, 1), lambda: beats.append(clock.now)).offer(command("ss", [0, 10_000]), records("a", "b"))
    assert max(later - earlier for earlier, later in pairwise(beats)) <= 252 * MS


@pytest.mark.parametrize("clients", [2, 8])
def test_several_clients_take_each_operation_once(clients: int) -> None:
    """In real time, on threads: each waits within its search until all clients are within one."""
    together = threading.Barrier(clients, timeout=10)
    seen: list[str] = []

    class Threaded:
        def search(self, query: str, *, limit: int) -> Sequence[Hit]:
            together.wait()
            seen.append(query)
            return ()

    queries = [str(number) for number in range(4 * clients)]
    reply = Offerer(Threaded(), lambda: None).offer(command("q" * len(queries), queries=queries, clients=clients), [])
    assert sorted(seen) == sorted(queries)
    assert reply["errors"] == {}
    assert 0 <= reply["drain_ns"] <= reply["ended_ns"]


def test_a_client_that_exits_takes_the_worker_with_it() -> None:
    class Exits:
        def search(self, query: str, *, limit: int) -> Sequence[Hit]:
            raise SystemExit(7)

    with pytest.raises(SystemExit):
        Offerer(Exits(), lambda: None).offer(command("qq", queries=["a", "b"], clients=2), [])
