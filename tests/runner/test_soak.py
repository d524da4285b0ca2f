"""Short soaks of systems whose truth is known: what is stored, deleted, held and found is what the summary says."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec
import pytest

from mempress.analysis import analyse, summarise
from mempress.journal import Soaked, read_journal
from mempress.model import Summary
from mempress.runfiles import RunFiles, read_head
from mempress.runner.stretch import MOST_STRETCHES
from mempress.soaking import SoakTerms

if TYPE_CHECKING:
    from pathlib import Path

    from mempress.model import Soak
    from tests.conftest import Bench

LIVE = 300
CONTROLS = "mempress.testing.controls"
SOAKING = "mempress.testing.soaking"
FAULTY = "mempress.testing.faulty"


def soaked(bench: Bench, system: str, seconds: float = 1.0, **settings: Any) -> tuple[Summary, Soak]:
    terms = {name: settings.pop(name) for name in ("hold", "order", "pause_seconds") if name in settings}
    soak = SoakTerms(duration_seconds=seconds, live_records=LIVE, **terms)
    capacity = LIVE if soak.hold in {"auto", "capacity"} else None
    small = {"max_records": 1_000, "batch_size": 50, "queries": 5, "capacity_records": capacity}
    (summary,) = bench(system, soak=soak, **small | settings)
    assert summary.soak is not None
    return summary, summary.soak


def lines(tmp_path: Path) -> list[Soaked]:
    (journal,) = (tmp_path / "out" / "runs").glob("*/events.jsonl")
    return [event for event in read_journal(journal) if isinstance(event, Soaked)]


@pytest.mark.parametrize("order", ["oldest", "random"])
def test_a_system_with_delete_holds_as_many_records_all_the_time_and_each_is_there_at_the_end(
    bench: Bench, tmp_path: Path, order: str
) -> None:
    """More than one cycle of the pool of 700 records passes."""
    summary, soak = soaked(bench, f"{CONTROLS}:PlainList", seconds=3.0, order=order, max_records=700)
    assert (summary.status, soak.hold, soak.order) == ("completed", "delete", order)
    stretches = [line for line in lines(tmp_path) if line.mark == "soak"]
    assert all(line.held == line.live == LIVE for line in stretches)
    assert stretches[-1].records > 700
    assert summary.metrics.max_records == stretches[-1].records == soak.deleted + LIVE
    assert summary.metrics.retained_records == soak.found == soak.live == LIVE
    assert (soak.missing, soak.ghosts, soak.altered, soak.came_back) == (0, 0, 0, 0)
    assert summary.metrics.errors_encountered == 0
    assert summary.metrics.recall_at_k is not None
    assert summary.metrics.recall_at_k > 0.5
    assert soak.searches == sum(line.searches.n for line in lines(tmp_path))
    assert summary.samples[-1].health is not None
    assert summary.samples[-1].components["reconciliation"] == 1.0


def test_a_bounded_system_is_offered_records_for_ever_and_keeps_its_capacity(bench: Bench) -> None:
    summary, soak = soaked(bench, f"{SOAKING}:Bounded")
    assert (soak.hold, soak.deleted, soak.found) == ("capacity", 0, None)
    assert summary.metrics.retained_records == LIVE
    assert summary.metrics.max_records > 2 * LIVE
    assert summary.samples[-1].components["reconciliation"] == 1.0


def test_a_system_that_can_only_grow_is_filled_and_then_searched(bench: Bench, tmp_path: Path) -> None:
    summary, soak = soaked(bench, "mempress.testing.scripted:Scripted")
    assert soak.hold == "search"
    assert any("grows: no delete, no capacity" in fact for fact in summary.facts)
    assert summary.metrics.max_records == summary.metrics.retained_records == LIVE
    stretches = [line for line in lines(tmp_path) if line.mark == "soak"]
    assert sum(line.searches.n for line in stretches) > 0
    assert sum(line.stores.n for line in stretches) == 0
    assert sum(line.judged for line in stretches) > 0


def test_a_way_to_hold_that_the_system_lacks_is_said(bench: Bench) -> None:
    summary, soak = soaked(bench, "mempress.testing.scripted:Scripted", hold="delete")
    assert soak.hold == "search"
    assert any("lacks what --hold delete needs" in fact for fact in summary.facts)


def test_deletes_can_be_asked_of_a_bounded_system_too(bench: Bench) -> None:
    summary, soak = soaked(bench, "neuroca", hold="delete", seconds=2.0)
    assert soak.hold == "delete"
    assert (summary.metrics.retained_records, soak.missing, soak.came_back) == (LIVE, 0, 0)


def test_records_that_were_lost_are_missed_by_deletes_and_at_the_end(bench: Bench) -> None:
    """It keeps nine of ten: one in ten deletes finds nothing, and a tenth of the live ones is not there."""
    _, soak = soaked(bench, f"{FAULTY}:LosesRecords", seconds=2.0)
    assert soak.missing == pytest.approx(soak.deleted / 10, rel=0.05)
    assert soak.found == pytest.approx(0.9 * LIVE, abs=2)


UNDEAD = """
from mempress.testing.controls import PlainList


class Undead(PlainList):
    name = "undead"
    capabilities = frozenset({"get", "delete", "flush", "persistence"})
    count = None

    def delete(self, ids):
        return len(ids)
"""


def test_what_was_deleted_and_is_still_found_is_counted(bench: Bench, tmp_path: Path) -> None:
    (tmp_path / "undead.py").write_text(UNDEAD)
    _, soak = soaked(bench, f"{tmp_path}/undead.py:Undead")
    assert soak.ghosts > 0
    assert soak.came_back == min(1_000, soak.deleted)
    assert soak.found == LIVE


def test_a_system_that_refuses_ends_the_soak_as_saturated(bench: Bench) -> None:
    summary, soak = soaked(bench, f"{FAULTY}:RefusesAfter", seconds=60.0)
    assert summary.status == "saturated"
    assert "store raised 3 times in a row" in summary.reason
    assert summary.metrics.errors_encountered == 3
    assert soak.verdict == "unknown"


def test_a_system_that_dies_leaves_what_was_measured(bench: Bench) -> None:
    summary, _ = soaked(bench, f"{FAULTY}:DiesInStore", seconds=60.0)
    assert summary.status == "crashed"
    assert summary.metrics.max_records == 450
    assert len(summary.samples) >= 1


CHATTY = """
from mempress.testing.soaking import Bounded


class Chatty(Bounded):
    name = "chatty"
    asked = 0

    def search(self, query, *, limit):
        self.asked += 1
        raise ValueError(f"no answer to search {self.asked}")
"""


def test_errors_are_counted_by_message_not_written_one_by_one(bench: Bench, tmp_path: Path) -> None:
    """Every search raises, each with a text of its own."""
    (tmp_path / "chatty.py").write_text(CHATTY)
    summary, soak = soaked(bench, f"{tmp_path}/chatty.py:Chatty", seconds=2.0)
    assert soak.searches >= 20
    assert summary.metrics.errors_encountered == soak.searches
    assert len(summary.errors) <= 9 * len(lines(tmp_path))


def test_a_pause_is_kept_between_batches(bench: Bench, tmp_path: Path) -> None:
    summary, _ = soaked(bench, f"{SOAKING}:Bounded", seconds=1.0, pause_seconds=0.25)
    batches = sum(line.stores.n for line in lines(tmp_path) if line.mark == "soak")
    assert batches <= 5
    assert summary.time is not None
    assert 0.25 * batches <= summary.time.waiting_s <= summary.time.whole_s


def test_the_journal_holds_stretches_not_operations(bench: Bench, tmp_path: Path) -> None:
    """Many operations in each of a few stretches of some kilobytes: the bound does not depend on the duration."""
    _, soak = soaked(bench, f"{SOAKING}:Sink", seconds=2.0)
    found = lines(tmp_path)
    assert soak.stored + soak.deleted + soak.searches > 50 * len(found)
    assert len(found) <= 12 <= MOST_STRETCHES
    (journal,) = (tmp_path / "out" / "runs").glob("*/events.jsonl")
    assert journal.stat().st_size < 6_000 * (len(found) + 5)


def test_a_soak_whose_journal_breaks_off_anywhere_is_judged_up_to_there_to_the_same_bytes(
    bench: Bench, tmp_path: Path
) -> None:
    summary, _ = soaked(bench, f"{CONTROLS}:PlainList", seconds=2.0)
    (directory,) = (tmp_path / "out" / "runs").iterdir()
    head, events = read_head(directory), list(read_journal(RunFiles(directory).journal))
    assert msgspec.json.encode(analyse(directory)) == msgspec.json.encode(summary)
    for length in range(len(events)):
        cut = summarise(head, events[:length])
        told = [event.records for event in events[:length] if isinstance(event, Soaked)]
        assert (cut.status, cut.metrics.max_records) == ("interrupted", told[-1] if told else 0)
        assert f"after {cut.metrics.max_records} acknowledged records" in cut.reason
        assert msgspec.json.decode(msgspec.json.encode(cut), type=Summary) == cut
