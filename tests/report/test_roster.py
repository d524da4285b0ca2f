"""Many systems in few tables: each has its row and its verdict, and what is missing has its reason."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from mempress.report.absent import absences
from mempress.report.blocks import Points, Table
from mempress.report.markdown import markdown_document
from mempress.report.roster import roster, verdicts
from tests.report.handmade import completed, crashed, hostile, interrupted, latency, result_of, saturated, unavailable

if TYPE_CHECKING:
    from collections.abc import Callable

    from mempress.model import Result, Summary

OUT_OF_TIME = msgspec.structs.replace(
    completed("slow"),
    status="timed_out",
    out_of_time=True,
    reason="its time of 45 s was up after 20000 of 20000 records",
)
MANY = result_of(completed(), saturated(), crashed(), unavailable(), interrupted("half"), OUT_OF_TIME)


def section(result: Result, title: str) -> tuple[str, ...]:
    (found,) = [section for section in roster(result).sections if section.title.startswith(title)]
    (block,) = found.blocks
    assert isinstance(block, Points)
    return block.texts


def run_of(p50: float, repeat: int, name: str = "neuroca") -> Summary:
    found = completed(name)
    metrics = msgspec.structs.replace(found.metrics, final_query_latency_ms=latency(p50, 1_000))
    return msgspec.structs.replace(found, metrics=metrics, repeat=repeat)


def test_the_overview_is_as_agreed(same_as_golden: Callable[[str, str], None]) -> None:
    same_as_golden("overview.md", markdown_document(roster(MANY)))


def test_every_system_has_a_row_with_a_verdict() -> None:
    table = verdicts(MANY)
    assert {row[0]: row[2] for row in table.rows} == {
        "neuroca": "took all",
        "agno": "saturated",
        "brittle": "crashed",
        "missing": "unavailable",
        "half": "interrupted",
        "slow": "out of time",
    }
    assert all(len(row) == len(table.columns) for row in table.rows)


def test_a_system_that_refused_a_batch_and_went_on_did_not_take_all() -> None:
    """It came to the end of the load alive, with less than was offered."""
    whole = completed("whole")
    less = msgspec.structs.replace(whole.metrics, max_records=whole.workload.records - 1_000)
    refused = msgspec.structs.replace(completed("refused"), metrics=less)
    table = verdicts(result_of(whole, refused))
    assert [row[2] for row in table.rows] == ["took all", "took not all"]


def test_of_several_runs_the_middle_one_stands_between_the_lowest_and_the_highest() -> None:
    table = verdicts(result_of(run_of(3.0, 0), run_of(1.0, 1), run_of(2.0, 2)))
    assert [row[table.columns.index("Search p50 (ms)")] for row in table.rows] == ["2.00 [1.00, 3.00]"]


def test_systems_stand_as_they_were_named_whichever_began_first() -> None:
    first, second = (
        msgspec.structs.replace(run_of(p50, 0, name), system=name) for p50, name in ((1.0, "a"), (2.0, "b"))
    )
    result = result_of(first, second)
    result = msgspec.structs.replace(result, config=msgspec.structs.replace(result.config, systems=("b", "a")))
    (table,) = roster(result).sections[0].blocks
    assert isinstance(table, Table)
    assert [row[0] for row in table.rows] == ["b", "a"]


def test_runs_that_did_not_all_end_alike_are_counted() -> None:
    died = msgspec.structs.replace(run_of(9.0, 2), status="crashed", reason="the process exited with status 1")
    (row,) = verdicts(result_of(run_of(1.0, 0), run_of(2.0, 1), died)).rows
    assert row[2] == "took all (2 of 3 runs)"


def test_what_differs_stands_in_places_and_what_does_not_shares_one() -> None:
    systems = [run_of(p50, 0, name) for name, p50 in (("a", 1.0), ("b", 1.1), ("c", 40.0), ("d", 10.0))]
    texts = section(result_of(*systems), "Places")
    assert texts[0] == (
        "Median search, at 20,000 records: 1. a (1.00 ms), b (1.10 ms); 2. d (10.0 ms); 3. c (40.0 ms)."
    )


def test_each_reason_for_n_a_is_told_once_with_all_that_it_holds_for() -> None:
    found = list(absences({"x": unavailable("x"), "y": unavailable("y"), "neuroca": completed()}))
    assert found == ["Nothing was measured, for it never started: x and y."]


def test_a_row_with_n_a_has_its_reason() -> None:
    told = " ".join(absences(MANY.systems))
    for row in verdicts(MANY).rows:
        if "n/a" in row:
            assert row[0] in told


def test_what_failed_says_why_in_its_own_words() -> None:
    assert any("No module named 'missing'" in text for text in section(MANY, "How each ended"))
    fatal = [text for text in section(MANY, "What went wrong") if text.startswith("missing")]
    assert fatal


def test_no_text_of_a_system_becomes_markup() -> None:
    text = markdown_document(roster(result_of(hostile(), completed(), OUT_OF_TIME)))
    assert "<script>" not in text.replace("\\<script", "")
    assert "\x1b" not in text
    for block in (block for part in roster(MANY).sections for block in part.blocks):
        if isinstance(block, Table):
            assert all(len(row) == len(block.columns) for row in block.rows)


def test_runs_that_are_missing_are_not_counted() -> None:
    """Three were asked for, and the benchmark was broken off after two of one system and one of another."""
    result = result_of(run_of(1.0, 0), run_of(2.0, 1), run_of(1.0, 0, "other"))
    result = msgspec.structs.replace(result, config=msgspec.structs.replace(result.config, repeats=3))
    assert "1 to 2 of 3 runs of each." in markdown_document(roster(result))
