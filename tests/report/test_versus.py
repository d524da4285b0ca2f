"""A comparison as Markdown and page: the golden form, and the same figures in text, Markdown and page."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import msgspec
import pytest

from mempress.model import StoreRate
from mempress.report.markdown import escape
from mempress.report.versus import STANDINGS, in_short, versus_html, versus_markdown, write_comparison
from mempress.versus import judge
from mempress.versus.model import Outcome
from mempress.versus.text import figures_of, render
from tests.report.handmade import latency
from tests.versus.build import MACHINE, conditions, run, side, system

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from mempress.versus.model import Versus


@pytest.fixture(scope="module")
def versus() -> Versus:
    rate = StoreRate(mean=6_000.0, first_batch=None, last_batch=5_000.0)
    base = system(*(run(p50=1.0, disk_mb=10.0 + n / 10, store_records_per_second=rate) for n in range(3)))
    other = system(
        *(
            run(p50=1.3, disk_mb=4.0 + n, final_query_latency_ms=latency(1.3), errors_encountered=2, recall_at_k=0.7)
            for n in range(3)
        )
    )
    return judge(
        side("results/base", {"neuroca": base, "agno": system(run())}),
        side(
            "results/other",
            {"neuroca": other, "agno": system(run(recall_at_k=0.5))},
            conditions(environment=MACHINE | {"cores": 4}),
        ),
    )


def test_the_markdown_is_as_agreed(versus: Versus, same_as_golden: Callable[[str, str], None]) -> None:
    same_as_golden("comparison.md", versus_markdown(versus))


def test_text_markdown_and_page_have_the_same_figures(versus: Versus) -> None:
    text, told, page = render(versus), versus_markdown(versus), versus_html(versus)
    for compared in versus.systems:
        for row in compared.rows:
            if row.base is None and row.other is None:
                continue
            cells = [cell for cell in figures_of(row) if cell]
            lines = [re.split(r"\s{2,}", line) for line in text.splitlines() if line.startswith(f"{row.key} ")]
            assert cells in [line[1 : 1 + len(cells)] for line in lines]
            shown = [escape(cell) for cell in (cells if row.standing != "unknown" else cells[:2])]
            rows = [line.strip("| ").split(" | ") for line in told.splitlines()]
            assert shown in [line[1 : 1 + len(shown)] for line in rows]
            assert all(f">{cell}<" in page for cell in cells)


def test_each_metric_stands_under_its_standing_and_nowhere_else(versus: Versus) -> None:
    page = versus_html(versus)
    groups = re.findall(r'<tbody class="group">(.*?)</tbody>', page, re.DOTALL)
    rows = [len(re.findall(r'<th scope="row">', group)) for group in groups]
    measured = [
        [row for row in compared.rows if row.standing == standing and (row.base, row.other) != (None, None)]
        for compared in versus.systems
        for standing in STANDINGS
    ]
    assert rows == [len(found) for found in measured if found]
    first = in_short(versus)[0]
    assert first.startswith("neuroca: worse in Errors (+2), ")
    assert "better in Disk (-50.5%), Recall (+12.9%)" in first


def test_all_its_files_are_written(versus: Versus, tmp_path: Path) -> None:
    outcome = Outcome(comparison=versus, rulings=[])
    written = write_comparison(outcome, tmp_path / "out")
    assert {path.name for path in written} == {"comparison.md", "comparison.html", "comparison.json"}
    assert msgspec.json.decode((tmp_path / "out" / "comparison.json").read_bytes(), type=Outcome) == outcome
