"""The figures of traffic, from segments whose course is known: queues, pauses, maintenance, overload."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec
import numpy as np
import pytest

from mempress.analysis.traffic import figures
from mempress.analysis.traffic.meanwhile import stalls
from mempress.analysis.traffic.operations import read_operations
from mempress.analysis.traffic.sustained import verdict
from mempress.journal import TrafficSegment
from mempress.traffic import Traffic

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mempress.model.traffic import TrafficFigures

MS = 1_000_000
MIX = {"store": 50.0, "search": 50.0}


def served(due_ms: Sequence[float], service_ms: Sequence[float], clients: int = 1) -> list[float]:
    """Give by how much each starts late: in turn, by the client that is free first."""
    free, late = [0.0] * clients, []
    for due, service in zip(due_ms, service_ms, strict=True):
        client = free.index(min(free))
        start = max(due, free[client])
        free[client] = start + service
        late.append(start - due)
    return late


def segments(
    due_ms: Sequence[float], service_ms: Sequence[float], kinds: str = "", size: int = 250, **changes: Any
) -> list[TrafficSegment]:
    """Give the journal of an open loop, cut into segments."""
    kinds = kinds or "sq" * (len(due_ms) // 2)
    late = served(due_ms, service_ms, changes.get("clients", 1))
    found, stored = [], 0
    for start in range(0, len(due_ms), size):
        part = slice(start, start + size)
        due = [round(ms * MS) for ms in due_ms[part]]
        told = {
            "t_ns": start,
            "phase": "load",
            "clients": 1,
            "failed": [],
            "recall": [1.0, None][: kinds[part].count("q")],
            "targets": [],
            "removed": [],
            "began_ns": 0,
            "ended_ns": 0,
            "drain_ns": 0,
            "maintained": None,
            **changes,
        }
        found.append(
            TrafficSegment(
                first=stored,
                kinds=kinds[part],
                gap_ns=[later - earlier for earlier, later in zip([0, *due[:-1]], due, strict=True)],
                wait_ns=[round(ms * MS) for ms in late[part]],
                service_ns=[round(ms * MS) for ms in service_ms[part]],
                **told,
            )
        )
        stored += kinds[part].count("s")
    return found


def judged(found: list[TrafficSegment], rate: float, clients: int = 1) -> TrafficFigures:
    return figures(found, Traffic(mix=MIX, rate=rate, clients=clients), 500, can_delete=True)


def evenly(count: int, rate: float) -> list[float]:
    return [number * 1_000.0 / rate for number in range(count)]


def test_a_pause_is_seen_in_the_response_and_not_in_the_service() -> None:
    """100/s, 2 ms, a pause of 1 s at 5 s: the 99th percentile of 3,000 is 1,002 - 8 * 30 = 762 ms."""
    service = [2.0] * 3_000
    service[500] = 1_002.0
    found = judged(segments(evenly(3_000, 100.0), service), 100.0)
    assert found.sustained is True
    assert found.response_ms is not None
    assert found.response_ms["all"].p99 == pytest.approx(762.0)
    assert found.service_ms["all"].p99 == pytest.approx(2.0)
    assert found.backlog_most is not None
    assert found.backlog_most.operations == 100
    assert found.backlog_most.ms == pytest.approx(992.0)
    assert found.offered_per_second == pytest.approx(100.0)
    assert found.achieved_per_second == pytest.approx(100.0, rel=0.001)


def test_what_was_due_during_a_stall_is_reported_apart_from_the_rest() -> None:
    """The stall begins at 5 s and lasts 1.002 s: 101 operations are due by its end, every other one a search."""
    service = [2.0] * 3_000
    service[500] = 1_002.0
    (found,) = judged(segments(evenly(3_000, 100.0), service), 100.0).meanwhile
    assert (found.what, found.spells) == ("stall", 1)
    assert found.total_s == pytest.approx(1.002)
    assert found.within.n == 50
    assert found.within.p50 == pytest.approx(1_002.0 - 8.0 * 51)
    assert found.otherwise.n == 1_450
    assert found.otherwise.p50 == pytest.approx(2.0)


def test_calls_that_take_long_for_their_kind_are_stalls_and_two_that_overlap_are_one() -> None:
    """Of two clients: 150 ms and 200 ms from 1.00 s and 1.01 s, and a store of 90 ms, which is under 100 ms."""
    service = [2.0] * 400
    service[100], service[101], service[300] = 150.0, 200.0, 90.0
    operations = read_operations(segments(evenly(400, 100.0), service, clients=2), 500)
    assert stalls(operations) == [(1_000 * MS, 1_210 * MS)]


def test_a_slow_system_does_not_stall_all_the_time() -> None:
    operations = read_operations(segments(evenly(400, 1.0), [300.0] * 400), 500)
    assert stalls(operations) == []


def test_searches_during_requested_maintenance_are_those_that_were_due_or_under_way_then() -> None:
    """From 1.001 s to 2.005 s on the schedule: the search due at 1.00 s (2 ms) and those due until 2.00 s."""
    parts = segments(evenly(400, 100.0), [2.0] * 400, kinds="q" * 399 + "s")
    parts[0] = msgspec.structs.replace(parts[0], maintained=(1_001 * MS, 2_005 * MS))
    (found,) = judged(parts, 100.0).meanwhile
    assert (found.what, found.spells) == ("maintenance", 1)
    assert found.longest_s == pytest.approx(1.004)
    assert found.within.n == 101


def test_overload_has_no_response_time_but_a_backlog() -> None:
    """125/s offered to a system that does 100/s: after 4,000 operations, 32 s, it is 8 s behind with 800."""
    found = judged(segments(evenly(4_000, 125.0), [10.0] * 4_000), 125.0)
    assert found.sustained is False
    assert found.response_ms is None
    assert found.searches_from == "service"
    assert found.backlog_end is not None
    assert found.backlog_end.operations == pytest.approx(800, abs=2)
    assert found.backlog_end.ms == pytest.approx(8_000.0, rel=0.01)
    assert found.achieved_per_second == pytest.approx(100.0, rel=0.001)
    assert "1.25 times the time in which it fell due" in found.sustained_words


def test_a_rate_that_growth_outruns_says_where_the_last_one_began_in_time() -> None:
    """Service grows from 0 to 15 ms at 100/s: from 2,000 of 3,000 records on it falls behind."""
    service = [15.0 * number / 6_000 for number in range(6_000)]
    found = judged(segments(evenly(6_000, 100.0), service), 100.0)
    assert found.sustained is False
    words = found.sustained_words
    last = int(words.rpartition(" after ")[2].split()[0].replace(",", ""))
    assert last == pytest.approx(2_000, rel=0.05)
    assert found.rows[0].late_ms == 0.0
    assert found.rows[-1].late_ms is not None
    assert found.rows[-1].late_ms > 1_000.0


def test_a_pause_at_the_very_end_is_a_backlog_and_no_overload() -> None:
    """200 of 4,000 operations, 2 s, wait when the last one falls due; the clients are busy a fifth of the time."""
    service = [2.0] * 4_000
    service[3_790] = 2_100.0
    found = judged(segments(evenly(4_000, 100.0), service), 100.0)
    assert found.sustained is True
    assert found.backlog_end is not None
    assert found.backlog_end.operations > 150


def test_who_is_far_behind_but_catches_up_sustains_the_rate() -> None:
    """A call of 20 s at 50 s of 80, at 90% busy: it is behind until the end, and gains on its backlog all the time."""
    service = [9.0] * 8_000
    service[5_000] = 20_000.0
    found = judged(segments(evenly(8_000, 100.0), service), 100.0)
    assert found.sustained is True
    assert "0.900 times the time in which it fell due: it was on the way to catch up" in found.sustained_words


@pytest.mark.parametrize("clients", [1, 4])
@pytest.mark.parametrize(("busy", "allowed"), [(0.5, {True}), (0.8, {True}), (0.9, {True, None}), (1.3, {False, None})])
def test_random_arrivals_and_calls_are_never_judged_wrong(busy: float, allowed: set[bool | None], clients: int) -> None:
    """20 queues of 4,000 operations, Poisson arrivals and exponential service; at most one is judged otherwise."""
    generator = np.random.default_rng(8)
    verdicts = []
    for _ in range(20):
        due = np.cumsum(generator.exponential(10.0, 4_000)).tolist()
        service = generator.exponential(10.0 * busy * clients, 4_000).tolist()
        found = read_operations(segments(due, service, clients=clients), 500)
        verdicts.append(verdict(found, 100.0).sustained)
    assert sum(told not in allowed for told in verdicts) <= 1
    if busy > 1.0:
        assert verdicts.count(False) >= 18


def test_too_few_operations_tell_nothing() -> None:
    found = judged(segments(evenly(98, 100.0), [2.0] * 98), 100.0)
    assert found.sustained is None
    assert found.response_ms is None


def test_a_closed_loop_has_service_times_and_no_rate_to_sustain() -> None:
    parts = [
        TrafficSegment(
            t_ns=1,
            phase="load",
            clients=1,
            first=0,
            kinds="sq" * 50,
            gap_ns=[0, *[3 * MS] * 99],
            wait_ns=[],
            service_ns=[2 * MS] * 100,
            failed=[1, 3],
            recall=[0.0, 0.0, *[1.0] * 48],
            targets=[],
            removed=[],
            began_ns=0,
            ended_ns=299 * MS,
            drain_ns=0,
            maintained=None,
        )
    ]
    found = figures(parts, Traffic(mix=MIX), 500, can_delete=True)
    assert (found.sustained, found.response_ms, found.backlog_end, found.offered_per_second) == (None, None, None, None)
    assert found.achieved_per_second == pytest.approx(100 / 0.299)
    assert found.service_ms["search"].n == 48
    assert found.failed == {"search": 2}
    assert found.recall == pytest.approx(0.96)


def test_kinds_that_could_not_be_offered_are_named_with_the_reason() -> None:
    asked = Traffic(mix={"store": 50.0, "search": 50.0, "delete": 5.0}, rate=100.0)
    for can_delete, words in ((False, "it declares no delete"), (True, "no record was acknowledged")):
        found = figures(segments(evenly(200, 100.0), [2.0] * 200), asked, 500, can_delete=can_delete)
        assert words in found.left_out["delete"]


def test_what_the_harness_itself_adds_is_the_lateness_of_those_that_found_their_client_idle() -> None:
    parts = segments(evenly(200, 100.0), [2.0] * 200)
    late = [msgspec.structs.replace(part, wait_ns=[7_000] * len(part.kinds)) for part in parts]
    assert judged(late, 100.0).begun_late_us == pytest.approx(7.0)
