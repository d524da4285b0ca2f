"""What is concluded from the audits around a fault, on journals made by hand."""

from __future__ import annotations

from array import array
from typing import TYPE_CHECKING, Any

from hypothesis import given
from hypothesis import strategies as st

from mempress import journal
from mempress.analysis.faults import faults
from mempress.analysis.trail import read_trail
from mempress.config import RunConfig
from mempress.journal import (
    Audited,
    Ended,
    FaultBegan,
    FaultEnded,
    Reopened,
    Struck,
)
from mempress.runner.faults.audit import compact
from mempress.runner.retention import bitmap
from tests.samples_kit import opened, sampled, stored

if TYPE_CHECKING:
    from mempress.journal import Event
    from mempress.model import FaultOutcome

PERSISTENT = ("count", "get", "persistence")


def audited(found: list[bool], **changes: Any) -> Audited:
    sound: dict[str, Any] = {
        "t_ns": 110,
        "fault": 0,
        "moment": "after",
        "subject": "acknowledged",
        "method": "get",
        "population": len(found),
        "asked": [[0, len(found)]],
        "found": bitmap(found),
        "changed": bitmap([False] * len(found)),
    }
    return Audited(**(sound | changes))


def outcome(
    *audits: Event, capabilities: tuple[str, ...] = PERSISTENT, before: tuple[Event, ...] = (), **changes: Any
) -> FaultOutcome:
    """Give what is concluded of a kill in a store call of 100 records, 1,000 of which were acknowledged before."""
    sound: dict[str, Any] = {
        "struck": Struck(1_000, 100, False, 5, 10, 1),
        "reopened": Reopened(2_000_000_000, 1_000_000_000, None),
    }
    events = [
        opened(*capabilities),
        stored(0, [0.5] * 1_000),
        *before,
        FaultBegan(t_ns=100, fault=0, name="kill", phase="load", records=1_000, offered=1_000, mechanism="m", terms={}),
        *audits,
        FaultEnded(t_ns=120, fault=0, phase="load", records=1_000, counted={}, **(sound | changes)),
    ]
    config = RunConfig(faults=("kill@load:0.5",), capacity_records=1_000)
    (found,) = faults(read_trail(events, config), config)
    return found


def test_what_is_gone_is_lost_where_nothing_explains_it() -> None:
    found = outcome(audited([True] * 990 + [False] * 10))
    assert (found.audited, found.found, found.lost, found.evicted) == (1_000, 990, 10, 0)
    assert found.verdict == "lost 10 of 1,000 acknowledged records; open again after 2 s"


def test_what_the_capacity_forces_out_for_the_call_under_way_is_no_loss() -> None:
    """1,000 held at a capacity of 1,000, 100 more on their way: up to 100 may have made room."""
    bounded = (*PERSISTENT, "bounded")
    found = outcome(audited([False] * 100 + [True] * 900), capabilities=bounded)
    assert (found.lost, found.evicted) == (0, 100)
    assert "lost nothing of 1,000" in found.verdict
    found = outcome(audited([False] * 103 + [True] * 897), capabilities=bounded)
    assert (found.lost, found.evicted) == (3, 100)


def test_below_its_capacity_a_bounded_system_may_lose_nothing() -> None:
    found = outcome(audited([False] + [True] * 799), capabilities=(*PERSISTENT, "bounded"))
    assert (found.lost, found.evicted) == (1, 0)


def test_a_kill_takes_the_testimony_so_as_many_may_be_gone_as_ever_went_at_once() -> None:
    """Between two samples before the fault 250 records went: that is how this system evicts."""
    before = (sampled(1_000, held=1_000, t_ns=10), sampled(1_100, held=850, t_ns=20))
    gone = audited([False] * 250 + [True] * 600)
    assert outcome(gone, capabilities=(*PERSISTENT, "bounded"), before=before).lost == 0
    assert outcome(gone, capabilities=PERSISTENT, before=before).lost == 250


def test_what_it_testifies_to_during_the_fault_is_no_loss() -> None:
    said = journal.Testified(t_ns=105, phase="load", records=1_000, events=[{"kind": "decay", "removed": 7}])
    found = outcome(said, audited([False] * 10 + [True] * 990), capabilities=(*PERSISTENT, "events"))
    assert (found.lost, found.evicted) == (3, 7)


def test_a_sample_gives_its_share_with_an_interval() -> None:
    found = outcome(audited([False] * 10 + [True] * 190, method="search", population=1_000))
    assert (found.audited, found.lost) == (200, 10)
    assert found.lost_share is not None
    assert found.lost_share.share == 0.05
    assert 0.02 < found.lost_share.low < 0.05 < found.lost_share.high < 0.1
    assert "of a sample of 200 of 1,000 acknowledged records (5.0%, 95% interval" in found.verdict


def test_a_system_that_did_not_open_again_is_said_so() -> None:
    found = outcome(reopened=Reopened(3, 2, "OSError: locked"))
    assert (found.reopened, found.lost) == (False, None)
    assert found.verdict == "it did not open again: OSError: locked"


def test_a_run_that_ended_in_the_fault_knows_nothing_of_it() -> None:
    config = RunConfig(faults=("kill@load:0.5",))
    began = FaultBegan(t_ns=9, fault=0, name="kill", phase="load", records=1, offered=1, mechanism="m", terms={})
    ended = Ended(t_ns=10, status="timed_out", reason="no answer within 1 s", phase="load", records=1)
    (found,) = faults(read_trail([opened(*PERSISTENT), began, ended], config), config)
    assert found.lost is None
    assert found.verdict == "unknown: the run ended while it lasted (no answer within 1 s)"


def test_a_fault_whose_place_was_never_reached_is_not_made_and_says_where_the_load_ended() -> None:
    config = RunConfig(faults=("restart@load:0.9", "restart@post_recovery:0"))
    first, second = faults(read_trail([opened(*PERSISTENT), stored(0, [0.5] * 250)], config), config)
    assert (first.made, second.made) == (False, False)
    assert first.verdict == "not made: the load ended at 250 records offered, before its place"
    assert second.verdict == "not made: the run had no phase post_recovery"


@given(st.sets(st.integers(0, 3_000)))
def test_as_many_are_counted_as_were_asked_about_however_they_are_written_down(ordinals: set[int]) -> None:
    chosen = array("q", sorted(ordinals))
    found = outcome(audited([True] * len(chosen), asked=compact(chosen)))
    assert found.audited == found.found == len(chosen)
