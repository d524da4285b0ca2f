"""The report as Markdown and in a terminal."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import msgspec
import pytest

from mempress.report.content import comparison_table, repeat_command
from mempress.report.html import html
from mempress.report.markdown import escape, markdown
from mempress.report.terminal import WIDTH, terminal, terminal_run
from tests.report.handmade import completed, crashed, hostile, interrupted, result_of, saturated, unavailable
from tests.report.pages import Page

if TYPE_CHECKING:
    from collections.abc import Callable

    from mempress.model import Summary

TWO = result_of(completed(), saturated())
FIVE = result_of(completed(), saturated(), crashed(), unavailable(), interrupted("half"))
HOSTILE = result_of(hostile(), completed())


def test_the_markdown_of_two_systems_is_as_agreed(same_as_golden: Callable[[str, str], None]) -> None:
    same_as_golden("two.md", markdown(TWO))


def test_the_markdown_of_five_systems_of_which_two_died_is_as_agreed(
    same_as_golden: Callable[[str, str], None],
) -> None:
    same_as_golden("five.md", markdown(FIVE))


def test_the_terminal_text_of_two_systems_is_as_agreed(same_as_golden: Callable[[str, str], None]) -> None:
    same_as_golden("two.txt", terminal(TWO))


@pytest.mark.parametrize("summary", [saturated(), crashed()], ids=["saturated", "crashed"])
def test_the_terminal_text_of_one_run_is_as_agreed(
    summary: Summary, same_as_golden: Callable[[str, str], None]
) -> None:
    same_as_golden(f"{summary.status}.txt", terminal_run(summary))


def test_all_formats_show_the_same_comparison() -> None:
    table = comparison_table(TWO.comparison)
    agreed = [list(table.columns), *(list(row) for row in table.rows)]
    rows = [[cell.strip() for cell in row] for row in Page(html(TWO)).rows]
    first = rows.index(agreed[0])
    told = rows[first : first + len(agreed)]
    assert [row[1:] for row in told] == [row[1:] for row in agreed]
    assert all(row[0].startswith(label) for row, (label, *_) in zip(told, agreed, strict=True))
    lines = markdown(TWO).split("## Side by side")[1].splitlines()
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines if line.startswith("|")]
    assert [row for row in cells if row[0] != "---"][: len(agreed)] == agreed
    shown = [re.split(r"\s{2,}", line.strip()) for line in terminal(TWO).splitlines()[: len(agreed) + 1]]
    assert [shown[0], *shown[2:]] == [[cell for cell in row if cell] for row in agreed]


def test_a_percentile_of_too_few_values_says_how_few_and_what_was_not_measured_is_no_figure() -> None:
    text = markdown(FIVE)
    row = next(line for line in text.splitlines() if line.startswith("| Search, p99 (ms)"))
    assert row == "| Search, p99 (ms) | 2.24 | insufficient (n=50) | n/a | n/a | n/a |"
    row = next(line for line in text.splitlines() if line.startswith("| Health |"))
    assert row == "| Health | 0.950 | 0.250 | n/a | n/a | n/a |"


def test_no_cell_of_a_hostile_system_breaks_its_table() -> None:
    for line in markdown(HOSTILE).splitlines():
        if line.startswith("| ") and "`" not in line[:2]:
            bars = len(re.findall(r"(?<!\\)\|", line))
            assert bars in {3, 4, 5, 6, 7, 9, 11}, line[:200]
    tables = re.split(r"\n\n", markdown(HOSTILE))
    for table in tables:
        rows = [line for line in table.splitlines() if line.startswith("|")]
        assert len({len(re.findall(r"(?<!\\)\|", row)) for row in rows}) <= 1


@pytest.mark.parametrize("text", [markdown(HOSTILE), terminal(HOSTILE), terminal_run(hostile())])
def test_a_hostile_text_neither_controls_a_terminal_nor_floods_it(text: str) -> None:
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2066-\u2069]", text)
    assert len(text) < 100_000
    assert "A" * 1_001 not in text


def test_hostile_markup_is_inert_in_markdown() -> None:
    text = re.sub(r"(?ms)^(`{3,})text\n.*?^\1$", "", markdown(HOSTILE))
    assert not re.search(r"(?<!\\)<", text)
    assert not re.search(r"(?<!\\)\]\(javascript", text)
    assert "\n# head" not in text


@pytest.mark.parametrize(
    ("text", "escaped"),
    [
        ("a|b", "a\\|b"),
        ("snake_case", "snake_case"),
        ("_emphasis_", "\\_emphasis\\_"),
        ("<b>", "\\<b\\>"),
        ("@team #12", "\\@team \\#12"),
        ("https://x", "https\\://x"),
        ("20,000 records.", "20,000 records."),
    ],
)
def test_markdown_escapes_what_is_markup_and_leaves_what_is_not(text: str, escaped: str) -> None:
    assert escape(text) == escaped


def test_a_printed_fence_does_not_end_the_block_that_shows_it() -> None:
    text = markdown(result_of(crashed()))
    assert "````text\nSegmentation fault\n```\n````\n" in text


@pytest.mark.parametrize(
    "text", [terminal(TWO), terminal(HOSTILE), *(terminal_run(run) for run in FIVE.systems.values())]
)
def test_a_terminal_text_fits_its_width(text: str) -> None:
    assert max(map(len, text.splitlines())) <= WIDTH


def test_the_command_to_repeat_a_run_is_quoted_for_a_shell() -> None:
    config = result_of(completed(), options={"agno": {"retrieval": "a b; rm -rf ."}}, objective_ms=50.0).config
    command = repeat_command(config)
    assert command == (
        "mempress run neuroca agno --max-records 20000 --batch-size 1000 --capacity-records 10000 --workload facts "
        "--seed 42 --objective-ms 50 --option 'agno.retrieval=a b; rm -rf .'"
    )


def test_of_many_events_the_first_and_the_last_are_shown_and_the_rest_counted() -> None:
    run = completed()
    many = msgspec.structs.replace(run, maintenance_events=run.maintenance_events * 9)
    text = terminal_run(many)
    assert text.count("records removed") == 12
    assert "87 in the middle are left out; results.json has all 99." in text
