"""The page over many results: each is there with its own figures, and its trends are those of like runs alone."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import msgspec
import pytest

from mempress.cli.index import write_index
from mempress.errors import UsageError
from mempress.report.index import index_html, read_results
from mempress.report.trends import trend_of
from mempress.report.write import write_texts
from tests.report.handmade import UNMEASURED, completed, latency, result_of, saturated

if TYPE_CHECKING:
    from pathlib import Path

    from mempress.model import Summary


def measured(p50: float | None, version: str = "0.1.0") -> Summary:
    run = completed()
    found = UNMEASURED if p50 is None else latency(p50, 1_000)
    metrics = msgspec.structs.replace(run.metrics, final_query_latency_ms=found)
    return msgspec.structs.replace(run, metrics=metrics, version=version)


def write_four(directory: Path) -> None:
    for number, p50 in enumerate((1.0, 2.0, None, 3.0)):
        write_texts(result_of(measured(p50, f"0.{number}"), saturated()), directory / f"run {number}")
    write_texts(result_of(measured(9.0), batch_size=500), directory / "deep" / "other")


def test_every_result_has_a_row_for_each_system_with_the_figures_of_its_report(tmp_path: Path) -> None:
    write_four(tmp_path)
    entries, skipped = read_results(tmp_path)
    page = index_html(entries, tmp_path)
    rows = re.findall(r"<tr>(.*?)</tr>", page, re.DOTALL)[1:]
    assert (len(entries), skipped, len(rows)) == (5, [], 9)
    first = re.findall(r">([^<>\n]+)<", next(row for row in rows if "run 0" in row and "neuroca" in row))
    assert first[:3] == ["run 0", "n/a", "neuroca"]
    assert {"20,000", "10,000", "58.2", "1.00", "1.30", "1.60", "5,123", "0.620", "0.950"} <= set(first)
    assert "insufficient (n=50)" in page
    links = re.findall(r'href="([^"]+)"', page)
    assert "./run%200/memory_pressure_report.html" in links
    assert "./deep/other/memory_pressure_report.html" in links


def test_a_trend_is_over_results_that_were_asked_for_the_same_and_breaks_where_nothing_was_measured(
    tmp_path: Path,
) -> None:
    write_four(tmp_path)
    page = index_html(read_results(tmp_path)[0], tmp_path)
    section = page[page.index("<h2>neuroca</h2>") :]
    figure = section[section.index("<h4>Search, p50 (ms)</h4>") : section.index("</figure>")]
    assert "4 results, the oldest first" in section
    assert figure.count("<circle") == 3
    assert figure.count("<polyline") == 2
    assert "first 1.00 ms, last 3.00 ms; from 1.00 ms to 3.00 ms" in figure
    assert "9.00 ms" not in section


def test_the_highest_value_is_drawn_highest_and_one_that_never_was_measured_not_at_all() -> None:
    trend = trend_of("a", [1.0, 3.0, 2.0], ["x", "y", "z"], str)
    assert trend is not None
    assert min(trend.dots, key=lambda dot: dot.y).words == "y"
    assert [dot.x for dot in trend.dots] == sorted(dot.x for dot in trend.dots)
    assert trend_of("a", [None, None], ["x", "y"], str) is None


def test_what_cannot_be_read_is_named_and_the_rest_is_shown(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_texts(result_of(completed()), tmp_path / "good")
    (tmp_path / "bad").mkdir()
    (tmp_path / "bad" / "results.json").write_text('{"schema": 1}')
    write_index(tmp_path)
    assert "Left out: bad: " in capsys.readouterr().err
    page = (tmp_path / "index.html").read_text("utf-8")
    assert "bad: " in page
    assert "./good/memory_pressure_report.html" in page


def test_where_there_is_no_result_it_says_what_to_give(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"no results\.json"):
        write_index(tmp_path)
    assert not list(tmp_path.iterdir())
