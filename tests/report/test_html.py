from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from mempress.report.html import html
from tests.report.build import completed, crashed, hostile, interrupted, result_of, saturated, unavailable
from tests.report.pages import Page

if TYPE_CHECKING:
    from mempress.model import Result

RESULTS = {
    "one": result_of(completed()),
    "two": result_of(completed(), saturated()),
    "five": result_of(completed(), saturated(), crashed(), unavailable(), interrupted("half")),
    "hostile": result_of(hostile(), completed()),
}


@pytest.mark.parametrize("result", RESULTS.values(), ids=RESULTS)
def test_a_page_is_well_formed_and_loads_and_runs_nothing(result: Result) -> None:
    text = html(result)
    page = Page(text)
    assert not {"script", "iframe", "object", "img", "link", "base", "form"} & set(page.tags)
    for _, name, value in page.attributes:
        assert not name.startswith("on")
        if name in {"href", "src", "action", "style"}:
            assert value.startswith("#section-")
    assert "http" not in text
    assert "url(" not in text
    assert "@import" not in text


def test_a_page_has_three_diagrams_for_each_system_that_was_sampled() -> None:
    page = Page(html(RESULTS["five"]))
    diagrams = [value for tag, name, value in page.attributes if (tag, name) == ("svg", "aria-label")]
    assert len(diagrams) == 3 * 3
    assert any("Search (ms) against records: p50" in words for words in diagrams)


def test_every_maintenance_event_is_a_line_in_each_diagram_and_says_its_load() -> None:
    text = html(RESULTS["one"])
    assert text.count("<title>maintenance at 5,000 records</title>") == 3
    assert text.count('class="event"') == 3 * len(completed().maintenance_events)


def test_hostile_texts_reach_the_page_as_text_cut_and_without_control_characters() -> None:
    text = html(RESULTS["hostile"])
    assert "<script" not in text
    assert "&lt;script&gt;" in text
    assert not any(mark in text for mark in ("\x1b", "\u202e", "\u2066"))
    assert "A" * 1_001 not in text
    assert len(text) < 400_000


def test_every_section_can_be_reached_from_the_top() -> None:
    page = Page(html(RESULTS["two"]))
    targets = {value for _, name, value in page.attributes if name == "id"}
    links = {value.removeprefix("#") for _, name, value in page.attributes if name == "href"}
    assert links == targets
