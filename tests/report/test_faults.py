"""Faults stand in every report with the same figures, and a loss among the findings."""

from __future__ import annotations

import msgspec

from mempress.report.content import repeat_command
from mempress.report.html import html
from mempress.report.markdown import markdown
from mempress.report.terminal import terminal, terminal_run
from tests.report.handmade import broken, completed, latency, result_of
from tests.report.pages import Page

RESULT = result_of(broken(), faults=("kill@load:0.5", "disk-full@post_recovery:0"))
ROW = ["kill@load:0.5", "10,000", "9,900", "9,893", "7", "0", "1", "0 of 100", "250 of 1,000", "0.512"]
MISSED = ["disk-full@post_recovery:0", *["n/a"] * 9]


def test_the_page_and_the_markdown_have_a_row_for_each_fault() -> None:
    assert ROW in Page(html(RESULT)).rows
    assert MISSED in Page(html(RESULT)).rows
    lines = [[cell.strip() for cell in line.strip("|").split("|")] for line in markdown(RESULT).splitlines()]
    assert [cell.replace("@", "\\@") for cell in ROW] in lines


def test_the_verdict_and_how_it_came_about_stand_beside_the_table_and_in_a_run_of_its_own() -> None:
    told = "SIGKILL to every process of the worker's tree, 12.3 of the usual 45.6 ms into a store call"
    for text in (markdown(RESULT), terminal_run(broken())):
        words = " ".join(text.split())
        assert told in words
        assert "lost 7 of 9,900 acknowledged records" in words
        assert "not made: the run had no phase post_recovery" in words


def test_a_loss_is_a_finding() -> None:
    assert "neuroca, fault kill at 10,000 records: lost 7 of 9,900 acknowledged records" in " ".join(
        terminal(RESULT).split()
    )


def test_a_loss_in_any_of_several_runs_is_a_finding() -> None:
    """The run that stands for the system is the slowest of two, and lost nothing."""
    lucky = msgspec.structs.replace(broken().faults[0], lost=0)
    slow = msgspec.structs.replace(broken().metrics, final_query_latency_ms=latency(9.0, 1_000))
    other = msgspec.structs.replace(broken(), repeat=1, metrics=slow, faults=[lucky])
    result = result_of(broken(), other)
    assert result.systems["neuroca"].faults[0].lost == 0
    assert "neuroca, fault kill in each of its 2 runs: records lost 7, 0." in result.comparison.findings


def test_without_faults_nothing_is_said_of_them() -> None:
    sound = result_of(completed())
    for text in (markdown(sound), html(sound), terminal(sound)):
        assert "fault" not in text.lower().replace("default", "")


def test_the_command_to_repeat_it_has_the_faults() -> None:
    assert "--fault kill@load:0.5 --fault disk-full@post_recovery:0" in repeat_command(RESULT.config)
