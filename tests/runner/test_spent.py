"""Where the time of a run goes: what the system takes is the system's, the rest the harness's."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from mempress.runner.spent import Spent

if TYPE_CHECKING:
    from tests.conftest import Bench


@pytest.mark.parametrize(
    ("reply", "elapsed_ns", "system_ns", "waiting_ns"),
    [
        ({"latency_ns": 70, "value": 1}, 100, 70, 0),
        ({"latency_ns": [10, 20, 30]}, 100, 60, 0),
        ({"import_ns": 50, "init_ns": 20}, 100, 70, 0),
        ({"error": "refused"}, 100, 0, 0),
        ({"service_ns": [10, 20]}, 100, 30, 70),
        ({"service_ns": [80, 90]}, 100, 100, 0),
        ({"latency_ns": 1_000}, 100, 100, 0),
    ],
)
def test_a_reply_tells_how_long_the_system_was_at_work(
    reply: dict[str, Any], elapsed_ns: int, system_ns: int, waiting_ns: int
) -> None:
    """Calls of several clients beside each other take no longer than the command; a schedule's gaps are its own."""
    spent = Spent()
    spent.note(reply, elapsed_ns)
    assert (spent.system_ns, spent.waiting_ns) == (system_ns, waiting_ns)


def test_a_command_that_lost_the_worker_was_the_system_s() -> None:
    spent = Spent()
    spent.note({"latency_ns": 5}, 9)
    spent.lost(100)
    assert spent.system_ns == 105


def test_every_search_of_a_run_is_in_the_system_s_time_and_the_rest_is_not(bench: Bench) -> None:
    """75 searches of 4 ms at least (four samples of 10, the final 20, 15 by their own texts)."""
    (summary,) = bench(
        "mempress.testing.scripted:Scripted",
        options={"scripted": {"search_ns": 4_000_000}},
        retrieved_ids=15,
    )
    assert summary.time is not None
    assert 75 * 0.004 <= summary.time.system_s < summary.time.whole_s
    assert summary.time.waiting_s == 0.0
    assert summary.time.whole_s == summary.duration_s


def test_a_system_that_dies_was_at_work_when_it_did(bench: Bench) -> None:
    (summary,) = bench("mempress.testing.faulty:HangsInStore", timeout_seconds=2.0)
    assert summary.status == "timed_out"
    assert summary.time is not None
    assert summary.time.system_s >= 2.0
