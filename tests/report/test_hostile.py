"""Whatever a system calls itself, raises or prints: no report is broken by it, and none obeys it."""

from __future__ import annotations

import html.parser
import re
import unicodedata
from pathlib import Path

import msgspec
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mempress.model import ErrorEntry, Summary
from mempress.report.index import Entry, index_html
from mempress.report.markdown import markdown
from mempress.report.terminal import WIDTH, terminal, terminal_run
from mempress.report.versus import versus_html, versus_markdown
from mempress.versus import judge
from tests.report.handmade import completed, crashed, result_of, saturated
from tests.versus.build import run, side, system

_NASTY = (
    "<script>alert(1)</script>",
    "</td></table><img src=x onerror=alert(1)>",
    "\x1b[2J\x1b]0;title\x07",
    "\u202egnp.exe\u2066",
    "[a](javascript:alert(1))",
    "![x](https://example.com/x.png)",
    "| a | b |",
    "`` ` ```",
    '=HYPERLINK("http://example.com")',
    "{{ 7 * 7 }}{% raw %}",
    "\n# heading\n- list\n",
    "A" * 10_000,
    "\u0000\ud800",
    "[bold red]x[/]",
)
HOSTILE = st.lists(st.sampled_from(_NASTY) | st.text(max_size=12), min_size=1, max_size=4).map("".join)
QUICK = settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
_INVISIBLE = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
_ALLOWED = frozenset({"script", "style"})


class Tags(html.parser.HTMLParser):
    """What a browser would make of a page: its elements, their attributes, and where they are not closed."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.seen: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append((tag, dict(attrs)))


def hurt(text: str) -> Summary:
    """Give a run in which every text of the system is this one."""
    errors = [ErrorEntry(phase=text, records=1, kind=text, operation=text, message=text, count=1)]
    return msgspec.structs.replace(
        crashed(text), version=text, reason=text, facts=[text], capabilities=[text], errors=errors, output_tail=text
    )


def harmless(text: str, most: int = 200_000) -> None:
    assert not {unicodedata.category(letter) for letter in text if letter != "\n"} & _INVISIBLE
    assert len(text) < most


@QUICK
@given(HOSTILE)
def test_a_terminal_shows_it_as_text_within_its_width(text: str) -> None:
    result = result_of(hurt(text), completed())
    for told in (terminal(result), *(terminal_run(summary) for summary in result.systems.values())):
        harmless(told)
        assert max(map(len, told.splitlines())) <= WIDTH


@QUICK
@given(HOSTILE)
def test_markdown_shows_it_as_text_and_no_table_breaks(text: str) -> None:
    told = markdown(result_of(hurt(text), completed()))
    harmless(told)
    outside = re.sub(r"(?ms)^(`{3,})text\n.*?^\1$", "", told)
    for line in outside.splitlines():
        assert not re.search(r"(?<!\\)(?:\\\\)*<", line), line[:200]
        assert not re.search(r"(?<!\\)\]\((?!\w[\w.-]*\.png\))", line), line[:200]
    for block in outside.split("\n\n"):
        rows = [line for line in block.splitlines() if line.startswith("|")]
        assert len({len(re.findall(r"(?<!\\)\|", row)) for row in rows}) <= 1, block[:300]


@QUICK
@given(HOSTILE, HOSTILE)
def test_a_comparison_shows_it_as_text(text: str, path: str) -> None:
    versus = judge(
        side(path, {text: system(run(), version=text), "only" + text: system(run())}),
        side("other", {text: system(run(disk_mb=99.0), version=path)}),
    )
    harmless(versus_markdown(versus))
    page = versus_html(versus)
    harmless(page)
    only_ours(page, scripts=0)


@QUICK
@given(HOSTILE)
def test_an_index_shows_it_as_text_and_links_to_nothing_but_files(text: str) -> None:
    place = text.encode("utf-8", "ignore").decode()
    result = result_of(hurt(text), saturated(text))
    entries = [Entry(text, f"/results/{number}/{place}", text, result) for number in range(2)]
    page = index_html(entries, Path("/results"), [text[:0]])
    harmless(page)
    tags = only_ours(page, scripts=1)
    links = [attributes["href"] for tag, attributes in tags if tag == "a"]
    assert links
    assert all(re.fullmatch(r"\./[\w./%~-]+", link or "") for link in links)


def only_ours(page: str, *, scripts: int) -> list[tuple[str, dict[str, str | None]]]:
    """Hold that a page has no element, attribute or script beyond those of its template."""
    tags = Tags(page).seen
    assert sum(tag == "script" for tag, _ in tags) == scripts
    assert not {tag for tag, _ in tags} & {"img", "iframe", "object", "link", "form", "input", "base"}
    assert not [name for _, attributes in tags for name in attributes if name.startswith("on") or name == "src"]
    return tags
