"""Who is best, and where that is marked: at one load, beyond the margin and the noise, or not at all."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from mempress.model import Latency, Summary
from mempress.report.overview import all_metrics, overview
from mempress.report.ranking import rankings
from mempress.report.verdict import verdict
from tests.report.handmade import completed, crashed, interrupted, result_of, saturated, unavailable

if TYPE_CHECKING:
    from mempress.comparison.places import Ranking

P50 = "final_query_latency_ms.p50"


def searching(name: str, p50: float, *, spread: float = 1.1, n: int = 1_000) -> Summary:
    """A completed run whose final searches took that long; ``spread`` is its p95 over its median."""
    found = Latency(mean=p50, p50=p50, p95=p50 * spread, p99=None, max=p50 * 3, n=n)
    base = completed(name)
    return msgspec.structs.replace(base, metrics=msgspec.structs.replace(base.metrics, final_query_latency_ms=found))


def storing(name: str, *rates: float) -> Summary:
    """A completed run whose batches were stored at these rates in turn."""
    base = completed(name)
    rows = [msgspec.structs.replace(row, store_rate=rates[at % len(rates)]) for at, row in enumerate(base.samples)]
    return msgspec.structs.replace(base, samples=rows)


def ranked(*summaries: Summary, key: str = P50) -> Ranking:
    found = rankings(result_of(*summaries))
    assert found is not None
    return next(figure for figure in found.figures if figure.key == key)


def marks(ranking: Ranking) -> dict[str, str]:
    return {mark.key: mark.best for mark in ranking.marks}


def test_a_difference_within_the_noise_of_single_runs_marks_nobody() -> None:
    ranking = ranked(searching("a", 1.0), searching("b", 1.9))
    assert marks(ranking) == {"a": "", "b": ""}
    assert not ranking.told
    assert ranking.sentence == "No difference beyond noise in median search: a 1.00 ms and b 1.90 ms."


def test_a_real_difference_marks_the_best_and_says_by_how_much() -> None:
    ranking = ranked(searching("slow", 9.0), searching("quick", 1.5))
    assert [mark.key for mark in ranking.marks] == ["quick", "slow"]
    assert marks(ranking) == {"quick": "best", "slow": ""}
    assert ranking.sentence == (
        "The median search is fastest in quick: 1.50 ms against 9.00 ms in slow, 6.00 times as long."
    )


def test_those_not_told_apart_from_the_best_are_among_the_best() -> None:
    ranking = ranked(searching("a", 1.0), searching("b", 1.5), searching("c", 9.0))
    assert marks(ranking) == {"a": "among the best", "b": "among the best", "c": ""}
    assert ranking.sentence == (
        "The median search is fastest in a (1.00 ms) and, not told apart from it, b (1.50 ms); slowest in c "
        "(9.00 ms, 9.00 times as long)."
    )


def test_nobody_behind_one_that_is_told_apart_bears_a_mark_however_noisy_it_is() -> None:
    noisy = searching("noisy", 10.0, spread=12.0, n=50)
    ranking = ranked(searching("best", 1.0), searching("steady", 9.0), noisy)
    assert marks(ranking) == {"best": "best", "steady": "", "noisy": ""}


def test_a_store_rate_is_told_apart_in_a_ranking_where_it_is_in_a_pair() -> None:
    """The quick one's batches scatter: the error of their median, larger than that of a mean, hides the difference."""
    result = result_of(storing("steady", 1_000.0, 1_000.0), storing("quick", 662.0, 3_538.0))
    assert any("store rate is" in text and "no difference beyond noise" in text for text in result.comparison.findings)
    found = rankings(result)
    assert found is not None
    assert not next(figure for figure in found.figures if figure.label == "Store rate").told


def test_systems_that_ended_at_unlike_loads_are_ranked_where_all_were_measured_and_no_final_figure_is_marked() -> None:
    result = result_of(completed(), saturated())
    found = rankings(result)
    assert found is not None
    assert (found.records, found.final) == (9_000, False)
    ranking = next(figure for figure in found.figures if figure.key == P50)
    rows = {
        name: {row.records: row for row in of.samples if row.mark == "batch"} for name, of in result.systems.items()
    }
    assert {mark.key: mark.value for mark in ranking.marks} == {
        name: of[9_000].latency_ms.p50 for name, of in rows.items()
    }
    shown = overview(result, found)
    assert not any(cell.best for row in shown.rows for cell in row.cells)
    assert "neuroca at 20,000 and agno at 9,000 records" in shown.note
    assert not any(cell.best for row in all_metrics(result, found).rows for cell in row.cells)


def test_the_best_is_marked_in_the_tables_where_all_ended_at_one_load() -> None:
    result = result_of(searching("quick", 1.0), searching("slow", 9.0))
    found = rankings(result)
    shown = overview(result, found)
    at = [label for label, _ in shown.columns].index("Search p50")
    assert [row.cells[at].best for row in shown.rows] == ["best", ""]
    row = next(row for row in all_metrics(result, found).rows if row.label == "Search, p50 (ms)")
    assert [cell.best for cell in row.cells] == ["best", "", "", ""]
    memory = next(row for row in all_metrics(result, found).rows if row.label == "Memory at the end (MiB)")
    assert not any(cell.best for cell in memory.cells)


def test_one_system_or_unlike_workloads_are_not_ranked() -> None:
    other = msgspec.structs.replace(
        completed("b"), workload=msgspec.structs.replace(completed().workload, sha256="0" * 64)
    )
    assert rankings(result_of(completed())) is None
    assert rankings(result_of(completed("a"), other)) is None
    assert rankings(result_of(completed(), crashed())) is None


def test_too_few_values_are_not_ranked() -> None:
    found = rankings(result_of(searching("a", 1.0, n=19), searching("b", 9.0)))
    assert found is not None
    assert P50 not in {figure.key for figure in found.figures}


def test_the_headline_says_what_became_of_each_system() -> None:
    result = result_of(completed(), saturated(), crashed(), unavailable(), interrupted("half"))
    told = verdict(result, rankings(result))
    assert told.headline == (
        "neuroca took all 20,000 records without saturating; agno saturated at 7,000 and came back in part; brittle "
        "crashed at 0; missing could not be started; half was interrupted at 4,000."
    )
    assert any("they are compared at" in doubt for doubt in told.doubts)


def test_the_headline_of_many_that_did_well_is_short() -> None:
    three = result_of(completed("a"), completed("b"), completed("c"))
    assert verdict(three, None).headline == "All 3 systems took all 20,000 records without saturating."
    two = result_of(completed("a"), completed("b"), saturated("c"))
    assert verdict(two, None).headline.startswith(
        "Both a and b took all 20,000 records without saturating; c saturated"
    )


def test_points_come_from_what_is_told_apart_alone() -> None:
    result = result_of(searching("quick", 1.0), searching("slow", 9.0))
    told = verdict(result, rankings(result))
    assert told.points[0].startswith("The median search is fastest in quick: 1.00 ms against 9.00 ms in slow")
    assert told.points[-1] == "No difference beyond noise in store rate, memory, disk, recall and health."
