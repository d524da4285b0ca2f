"""The page as text: what stands in it, what it may do, and that its figures are those of every other format."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from typing import TYPE_CHECKING

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mempress.format import measure
from mempress.report.content import comparison_table
from mempress.report.hover import embedded
from mempress.report.html import html
from mempress.report.system import events_table, metrics_table
from tests.report.handmade import (
    completed,
    crashed,
    event,
    hostile,
    interrupted,
    result_of,
    sample,
    saturated,
    unavailable,
)
from tests.report.pages import Page

if TYPE_CHECKING:
    from typing import Any

    from mempress.model import Result

RESULTS = {
    "one": result_of(completed()),
    "two": result_of(completed(), saturated()),
    "five": result_of(completed(), saturated(), crashed(), unavailable(), interrupted("half")),
    "hostile": result_of(hostile(), completed()),
}
LIMIT_BYTES = 1_500_000


def hover_data(text: str) -> dict[str, Any]:
    found = re.search(r'<script type="application/json" id="hover-data">(.*?)</script>', text, re.DOTALL)
    assert found is not None
    return json.loads(found.group(1))  # type: ignore[no-any-return] # it is an object


@pytest.mark.parametrize("result", RESULTS.values(), ids=RESULTS)
def test_a_page_is_well_formed_and_loads_nothing(result: Result) -> None:
    text = html(result)
    page = Page(text)
    assert not {"iframe", "object", "img", "link", "base", "form"} & set(page.tags)
    for _, name, value in page.attributes:
        assert not name.startswith("on")
        assert name not in {"src", "action", "style"}
        if name == "href":
            assert value.startswith("#")
    assert "url(#hatch)" in text
    assert text.count("url(") == 1
    assert "@import" not in text


@pytest.mark.parametrize("result", RESULTS.values(), ids=RESULTS)
def test_the_policy_of_a_page_allows_its_own_style_and_script_by_their_hashes_and_nothing_else(result: Result) -> None:
    text = html(result)
    policy = next(value for _, name, value in Page(text).attributes if name == "content" and "default-src" in value)
    assert policy.startswith("default-src 'none';")
    for kind, pattern in (("style", r"<style>(.*?)</style>"), ("script", r"<script>(.*?)</script>")):
        (inside,) = re.findall(pattern, text, re.DOTALL)
        digest = base64.b64encode(hashlib.sha256(inside.encode()).digest()).decode()
        assert f"{kind}-src 'sha256-{digest}'" in policy
    assert "unsafe" not in policy


def test_the_comparison_on_the_page_is_that_of_every_other_format() -> None:
    for name in ("two", "five"):
        table = comparison_table(RESULTS[name].comparison)
        rows = [[cell.strip() for cell in row] for row in Page(html(RESULTS[name])).rows]
        assert list(table.columns) in rows
        for label, *cells in table.rows:
            assert any(row[0].startswith(label) and row[1:] == cells for row in rows), label


def test_a_system_s_own_tables_are_those_of_every_other_format() -> None:
    rows = Page(html(RESULTS["two"])).rows
    for summary in RESULTS["two"].systems.values():
        for table in (metrics_table(summary), events_table(summary.maintenance_events)):
            assert [list(row) for row in table.rows if list(row) not in rows] == []


def test_what_a_diagram_reads_out_is_what_was_sampled() -> None:
    data = hover_data(html(RESULTS["two"]))
    for at, summary in enumerate(RESULTS["two"].systems.values()):
        texts = data["charts"]["memory"][at]["texts"]
        assert texts == [measure(row.memory_mb, "MiB") for row in summary.samples]
        held = data["charts"]["held"][at]["texts"]
        assert held[-1] == f"{summary.samples[-1].held:,} records (of {summary.samples[-1].records:,} stored)"
        assert len(data["systems"][at]["told"]) == len(summary.maintenance_events)


def test_every_maintenance_event_is_drawn_in_each_diagram_and_explained() -> None:
    text = html(RESULTS["one"])
    paths = re.findall(r'class="events c0 s0 x-records" d="([^"]*)"', text)
    assert {path.count("M") for path in paths} == {11}  # of eleven events, each at a load of its own
    assert "maintenance, requested: records removed; held 10,900 to 10,000" in text


def test_a_sample_without_a_value_leaves_a_gap() -> None:
    rows = [sample(load, None if load == 3_000 else 1.0 + load / 9_000) for load in range(1_000, 6_001, 1_000)]
    text = html(result_of(msgspec.structs.replace(completed(), samples=rows)))
    figure = text[text.index('data-chart="p50"') :]
    (layer, *_) = re.findall(r'<g class="x-records y-lin">((?:<polyline[^>]*>)+)</g>', figure)
    assert [points.count(",") for points in re.findall(r'points="([^"]*)"', layer)] == [2, 3]


def test_hostile_texts_reach_the_page_as_text_cut_and_without_control_characters() -> None:
    text = html(RESULTS["hostile"])
    assert text.count("<script") == 2
    assert "&lt;script&gt;" in text
    assert not any(mark in text for mark in ("\x1b", "\u202e", "\u2066"))
    assert "A" * 1_001 not in text
    assert len(text) < 600_000
    assert hover_data(text)["systems"][0]["name"].startswith("</td><script>alert(1)</script>")


@given(st.recursive(st.text(), lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=8))
def test_data_in_a_page_reads_back_the_same_and_cannot_end_its_script(value: Any) -> None:
    text = embedded(value)
    assert json.loads(text) == value
    assert not set(text) & set("<>&\u2028\u2029")


def test_every_section_can_be_reached_from_the_top() -> None:
    page = Page(html(RESULTS["two"]))
    targets = {value for _, name, value in page.attributes if name == "id"}
    links = {value.removeprefix("#") for tag, name, value in page.attributes if (tag, name) == ("a", "href")}
    assert links <= targets
    assert {"verdict", "compare", "curves", "answers", "growth", "recovery", "systems", "run"} <= links


def test_a_page_of_four_long_runs_stays_within_its_size() -> None:
    """Ten million operations: 10,000 batches of 1,000 records in each system, with maintenance in each batch."""
    loads = range(1_000, 10_000_001, 1_000)
    rows = [sample(load, 1.0 + load % 7_000 / 1_000) for load in loads]
    events = [event(load) for load in loads]
    long = msgspec.structs.replace(completed(), samples=rows, maintenance_events=events)
    text = html(result_of(*(msgspec.structs.replace(long, name=f"s{at}", system=f"s{at}") for at in range(4))))
    assert len(text.encode()) < LIMIT_BYTES
    assert text.count("<use ") + text.count("<polyline ") + text.count("<tr>") < 20_000
