"""The traffic of a load in every report: what was asked, what it took, and that overload has no response time."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from mempress.model.traffic import Backlog, Meanwhile, Quantiles, TrafficFigures, TrafficRow
from mempress.report.html import html
from mempress.report.markdown import markdown
from mempress.report.terminal import WIDTH, terminal, terminal_run
from mempress.traffic import Traffic
from tests.report import handmade


def times(p50: float, n: int = 3_000) -> Quantiles:
    return Quantiles(
        n=n,
        mean=p50,
        p50=p50,
        p95=p50 * 10,
        p99=p50 * 100 if n >= 1_000 else None,
        p999=None,
        max=p50 * 200,
        intervals={"p50": (p50 * 0.75, p50 * 1.5), "p95": (p50 * 8, p50 * 12), "p99": None, "p999": None},
    )


def figures(**changes: Any) -> TrafficFigures:
    sound = TrafficFigures(
        asked=Traffic(mix={"store": 50.0, "search": 50.0, "delete": 5.0}, rate=100.0, arrival="constant", clients=4),
        clients=1,
        operations={"store": 3_000, "search": 3_000},
        failed={"search": 7},
        left_out={"delete": "it declares no delete"},
        schedule_s=60.125,
        offered_per_second=99.5,
        achieved_per_second=98.75,
        sustained=True,
        sustained_words="the load was kept up with until its end",
        backlog_end=Backlog(operations=0, ms=0.0),
        backlog_most=Backlog(operations=117, ms=1_013.0),
        response_ms={"all": times(2.125, 6_000), "search": times(2.25), "store": times(1.75, 900)},
        service_ms={"all": times(1.0625, 6_000), "search": times(1.125), "store": times(0.875, 900)},
        searches_from="response",
        meanwhile=[
            Meanwhile(
                what="stall", spells=2, total_s=2.5, longest_s=1.125, within=times(613.0, 50), otherwise=times(2.0)
            )
        ],
        rows=[TrafficRow(records=1_000, operations=2_000, late_ms=0.125, search_p50_ms=2.5, search_p95_ms=None)],
        recall=0.8125,
        recall_n=2_871,
        deleted=0,
        updated=0,
        begun_late_us=4.5,
        drained_s=0.0,
    )
    return msgspec.structs.replace(sound, **changes)


OVERLOAD = {
    "sustained": False,
    "sustained_words": "800 of 4,000 operations waited at the end",
    "response_ms": None,
    "searches_from": "service",
}


def shown(**changes: Any) -> dict[str, str]:
    """Give every report of one system with this traffic."""
    summary = msgspec.structs.replace(handmade.completed(), traffic=figures(**changes))
    result = handmade.result_of(summary)
    return {
        "markdown": markdown(result),
        "html": html(result),
        "terminal": terminal(result),
        "run": terminal_run(summary),
    }


@pytest.mark.parametrize("report", ["markdown", "html", "terminal", "run"])
def test_response_stands_beside_service_in_every_report(report: str) -> None:
    text = shown()[report]
    for figure in ("2.25", "1.12", "225", "112"):
        assert figure in text, figure


@pytest.mark.parametrize("report", ["markdown", "html", "run"])
def test_each_percentile_has_its_interval_and_too_few_values_are_said_to_be(report: str) -> None:
    text = shown()[report]
    assert "1.69 to 3.38" in text
    assert "18.0 to 27.0" in text
    assert "insufficient" in text
    assert "117 operations" in text
    assert "during a stall (2 in 2.50 s, longest 1.12 s)" in " ".join(text.split()) or report == "run"


@pytest.mark.parametrize("report", ["markdown", "html", "terminal", "run"])
def test_overload_shows_no_response_time(report: str) -> None:
    text = " ".join(shown(**OVERLOAD)[report].split())
    assert "2.25" not in text
    assert "800 of 4,000" in text


def test_a_finding_says_whether_the_rate_was_sustained() -> None:
    findings = handmade.result_of(msgspec.structs.replace(handmade.completed(), traffic=figures())).comparison.findings
    asked = "100 operations/s, evenly spaced, of store 50, search 50, delete 5"
    assert any(f"neuroca sustained {asked}; a search took 2.25 ms at the median" in text for text in findings)
    overload = msgspec.structs.replace(handmade.completed(), traffic=figures(**OVERLOAD))
    assert any(
        text.startswith(f"neuroca did not sustain {asked}: 800 of")
        for text in handmade.result_of(overload).comparison.findings
    )


def test_no_line_of_a_terminal_is_wider_than_it() -> None:
    for report in ("terminal", "run"):
        assert max(map(len, shown()[report].splitlines())) <= WIDTH


def test_the_command_that_repeats_a_run_asks_for_the_same_traffic() -> None:
    asked = Traffic(mix={"store": 1.0, "search": 2.5}, rate=12.5, arrival="constant", clients=3)
    summary = msgspec.structs.replace(handmade.completed(), traffic=figures())
    text = markdown(handmade.result_of(summary, traffic=asked))
    assert "--mix store=1,search=2.5 --rate 12.5 --arrival constant --clients 3" in text


def test_without_traffic_no_report_speaks_of_it() -> None:
    result = handmade.result_of(handmade.completed())
    assert "Traffic" not in markdown(result) + html(result) + terminal(result)
