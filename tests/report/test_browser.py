"""The page as a browser shows it, opened from disk with the network off."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped] # it has no types

from mempress.format import measure
from mempress.report.html import html
from tests.report.browser import chromium, opened
from tests.report.handmade import completed, crashed, hostile, interrupted, result_of, saturated, unavailable

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Browser, Page


RESULTS = {
    "one": result_of(completed()),
    "two": result_of(completed(), saturated()),
    "four": result_of(completed(), saturated(), completed("a-third"), saturated("a-fourth")),
    "died": result_of(completed(), saturated(), crashed(), unavailable(), interrupted("half")),
    "hostile": result_of(hostile(), completed()),
}
WIDTHS = (1440, 768, 390)
pytestmark = pytest.mark.long

OPEN_ALL = "document.querySelectorAll('details').forEach((one) => { one.open = true; })"
OVERLAPS = """() => {
  const found = [];
  const inside = (box) => box.left >= -1 && box.right <= document.documentElement.clientWidth + 1;
  for (const chart of document.querySelectorAll('.chart')) {
    const texts = [...chart.querySelectorAll('.canvas text')].filter((text) => text.checkVisibility());
    const boxes = texts.map((text) => [text.textContent, text.getBoundingClientRect()]);
    boxes.forEach(([text, box], at) => {
      if (!inside(box)) found.push(`${text} leaves the page`);
      for (const [other, its] of boxes.slice(at + 1)) {
        const wide = Math.min(box.right, its.right) - Math.max(box.left, its.left);
        const high = Math.min(box.bottom, its.bottom) - Math.max(box.top, its.top);
        if (wide > 0 && high > 2) found.push(`${text} over ${other} in ${chart.textContent.trim().slice(0, 30)}`);
      }
    });
  }
  for (const element of document.querySelectorAll('h1, h2, h3, p, li, summary, .value, .who, label, figcaption')) {
    if (element.closest('.scroll, .bar, [hidden], .unseen')) continue;
    if (element.checkVisibility() && element.scrollWidth > element.clientWidth + 1 && element.clientWidth > 0)
      found.push(`cut: ${element.textContent.trim().slice(0, 60)}`);
  }
  return found;
}"""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    yield from chromium()


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The page of each result, on disk."""
    directory = tmp_path_factory.mktemp("pages")
    found = {name: directory / f"{name}.html" for name in RESULTS}
    for name, path in found.items():
        path.write_text(html(RESULTS[name]), "utf-8")
    return found


def column(page: Page, at: int) -> list[str]:
    return [cell.strip() for cell in page.locator(f"table.sortable tbody tr > :nth-child({at})").all_inner_texts()]


@pytest.mark.parametrize("name", RESULTS)
def test_a_page_opens_silently_and_nothing_is_cut_or_covered(
    browser: Browser, pages: dict[str, Path], name: str
) -> None:
    with opened(browser, pages[name]) as seen:
        seen.page.evaluate(OPEN_ALL)
        for width in WIDTHS:
            seen.page.set_viewport_size({"width": width, "height": 900})
            assert seen.page.evaluate("document.documentElement.scrollWidth") <= width
            assert (width, seen.page.evaluate(OVERLAPS)) == (width, [])
        assert (seen.said, seen.asked) == ([], [])


@pytest.mark.parametrize(("name", "scheme"), [("died", "light"), ("two", "dark"), ("hostile", "light")])
def test_an_audit_of_accessibility_finds_nothing_serious(
    browser: Browser, pages: dict[str, Path], name: str, scheme: str
) -> None:
    with opened(browser, pages[name], color_scheme=scheme) as seen:
        seen.page.evaluate(OPEN_ALL)
        # The curves themselves are hidden from readers of screens; an audit of their thousand parts takes minutes.
        found = Axe().run(seen.page, context={"exclude": [".canvas"]}).response["violations"]
        grave = [item for item in found if item["impact"] in {"serious", "critical"}]
        assert [(item["id"], item["nodes"][0]["html"][:200]) for item in grave] == []


def test_a_column_sorts_by_pointer_and_by_key_and_what_is_unknown_stays_last(
    browser: Browser, pages: dict[str, Path]
) -> None:
    with opened(browser, pages["died"]) as seen:
        head = seen.page.locator("table.sortable thead th", has_text="Memory")
        head.locator("button").click()
        assert head.get_attribute("aria-sort") == "ascending"
        assert column(seen.page, 8) == ["58.2", "67.0", "n/a", "n/a", "n/a"]
        assert column(seen.page, 1)[:2] == ["neuroca", "agno"]
        head.locator("button").press("Enter")
        assert head.get_attribute("aria-sort") == "descending"
        assert column(seen.page, 8) == ["67.0", "58.2", "n/a", "n/a", "n/a"]


@pytest.mark.parametrize(("scheme", "other"), [("light", "dark"), ("dark", "light")])
def test_the_theme_is_the_readers_own_and_can_be_switched_and_is_remembered(
    browser: Browser, pages: dict[str, Path], scheme: str, other: str
) -> None:
    def ground(page: Page) -> int:
        colour = page.evaluate("getComputedStyle(document.body).backgroundColor")
        return sum(map(int, re.findall(r"\d+", colour)[:3]))

    with opened(browser, pages["two"], color_scheme=scheme) as seen:
        before = ground(seen.page)
        assert (before > 384) == (scheme == "light")
        seen.page.locator(f"label[for=theme-{other}]").click()
        assert (ground(seen.page) > 384) == (other == "light")
        seen.page.reload()
        assert seen.page.locator(f"#theme-{other}").is_checked()
        assert (ground(seen.page) > 384) == (other == "light")
        assert seen.said == []


def test_a_pointer_over_a_curve_reads_all_systems_there(browser: Browser, pages: dict[str, Path]) -> None:
    with opened(browser, pages["two"]) as seen:
        plot = seen.page.locator('.plot[data-chart="memory"]')
        plot.scroll_into_view_if_needed()
        canvas = plot.locator(".canvas")
        box = canvas.bounding_box()
        assert box is not None
        canvas.hover(position={"x": box["width"] * 5_000 / 20_200, "y": 60}, force=True)
        readout = plot.locator(".readout").inner_text()
        row = next(row for row in completed().samples if row.records == 5_000)
        assert "5,000 records" in readout
        assert f"neuroca: {measure(row.memory_mb, 'MiB')}" in readout
        assert f"agno: {measure(row.memory_mb, 'MiB')}" in readout
        assert "maintenance, requested: records removed; held 10,900 to 10,000; memory 51.2 to n/a MiB" in readout


def test_a_curve_is_read_from_the_keyboard(browser: Browser, pages: dict[str, Path]) -> None:
    with opened(browser, pages["two"]) as seen:
        page, plot = seen.page, seen.page.locator('.plot[data-chart="p95"]')
        page.locator("#scale-fit").focus()
        for _ in range(12):  # the tables and details between the switch and the diagram
            page.keyboard.press("Tab")
            if plot.evaluate("plot => plot === document.activeElement"):
                break
        assert plot.get_attribute("role") == "slider"
        page.keyboard.press("Home")
        assert (plot.get_attribute("aria-valuetext") or "").startswith("1,000 records, 1.00 s; neuroca: 1.20 ms (n=50)")
        page.keyboard.press("ArrowRight")
        assert (plot.get_attribute("aria-valuetext") or "").startswith("2,000 records")
        page.keyboard.press("End")
        told = plot.get_attribute("aria-valuetext") or ""
        assert "neuroca: 1.82 ms (n=1,000)" in told
        assert "maintenance, reported: records removed" in told
        page.keyboard.press("Escape")
        assert plot.locator(".readout").is_hidden()


@pytest.mark.parametrize("scripts", [True, False], ids=["with script", "without"])
def test_axis_scale_and_systems_are_switched_even_without_a_script(
    browser: Browser, pages: dict[str, Path], scripts: bool
) -> None:
    with opened(browser, pages["two"], java_script_enabled=scripts) as seen:
        chart = seen.page.locator('.chart:has(.plot[data-chart="p50"])')

        def shown(selector: str) -> bool:
            return chart.locator(selector).first.is_visible()

        assert (shown("g.x-records text"), shown("g.x-time text")) == (True, False)
        seen.page.locator("label[for=along-time]").click()
        assert (shown("g.x-records text"), shown("g.x-time text")) == (False, True)
        seen.page.locator("label[for=scale-lin]").click()
        assert (shown("g.y-lin text"), shown("g.y-log text")) == (True, False)
        seen.page.locator("label[for=scale-log]").click()
        assert (shown("g.y-lin text"), shown("g.y-log text")) == (False, True)
        assert shown(".marks.s1 .x-time.y-log use")
        seen.page.locator("label[for=show-1]").click()
        assert not shown(".marks.s1 .x-time.y-log use")
        assert shown(".marks.s0 .x-time.y-log use")


def test_hostile_texts_run_nothing_and_add_nothing_to_the_page(browser: Browser, pages: dict[str, Path]) -> None:
    with opened(browser, pages["hostile"]) as seen:
        assert seen.page.evaluate("document.scripts.length") == 2
        assert seen.page.locator("script[src], img, iframe, object, embed, form, a[href^=javascript]").count() == 0
        body = seen.page.locator("body").inner_text()
        assert "<script>alert(1)</script>" in body
        assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2066-\u2069]", body)
        assert (seen.said, seen.asked) == ([], [])


def test_a_link_to_a_system_opens_its_part_and_paper_has_all_parts(browser: Browser, pages: dict[str, Path]) -> None:
    with opened(browser, pages["two"]) as seen:
        seen.page.locator(".badges a", has_text="agno").click()
        assert seen.page.locator("#system-1").get_attribute("open") is not None
        seen.page.emulate_media(media="print")
        assert seen.page.locator(".bar").is_hidden()
        seen.page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
        assert seen.page.locator("details:not([open])").count() == 0
        seen.page.evaluate("window.dispatchEvent(new Event('afterprint'))")
        assert seen.page.locator("#system-1").get_attribute("open") is not None
        assert seen.page.locator("#system-0").get_attribute("open") is None


def test_how_a_metric_was_measured_is_one_press_away(browser: Browser, pages: dict[str, Path]) -> None:
    with opened(browser, pages["two"]) as seen:
        metric = seen.page.locator(".metric", has_text="Search, p99")
        assert metric.locator("p").first.is_hidden()
        metric.locator("summary").press("Enter")
        told = metric.inner_text()
        assert "from 1,000 values on; n=1,000" in told
        assert "Insufficient: fewer than 1,000 searches were timed." in told
