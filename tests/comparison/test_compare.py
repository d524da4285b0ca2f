from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mempress.comparison.apart import Reading, apart
from mempress.comparison.compare import compare
from mempress.comparison.metrics import METRICS
from tests.report.handmade import answers, completed, crashed, hostile, interrupted, latency, saturated, unavailable

if TYPE_CHECKING:
    from mempress.model import ComparisonRow, Summary

sizes = st.floats(0.01, 1e6)


def with_metrics(summary: Summary, **changes: Any) -> Summary:
    return msgspec.structs.replace(summary, metrics=msgspec.structs.replace(summary.metrics, **changes))


def row(key: str, **systems: Summary) -> ComparisonRow:
    return next(row for row in compare(systems).rows if row.key == key)


def findings(*, capacity: int | None = 10_000, **systems: Summary) -> str:
    return "\n".join(compare(systems, capacity_records=capacity).findings)


def test_two_systems_get_the_first_less_the_second_and_their_ratio() -> None:
    found = row("final_query_latency_ms.p50", fast=completed(), slow=saturated())
    assert found.values == {"fast": 1.4, "slow": 180.0}
    assert found.difference == pytest.approx(-178.6)
    assert found.ratio == pytest.approx(1.4 / 180)
    assert (found.unit, found.better) == ("ms", "lower")


def test_what_one_of_two_lacks_has_no_difference_and_nothing_is_divided_by_zero() -> None:
    assert row("saturated_at_records", a=completed(), b=saturated()).difference is None
    errors = row("errors_encountered", a=saturated(), b=completed())
    assert (errors.difference, errors.ratio) == (3, None)


@pytest.mark.parametrize("count", [1, 3])
def test_without_exactly_two_systems_there_is_no_difference(count: int) -> None:
    found = compare({str(number): completed() for number in range(count)})
    assert all(row.difference is None and row.ratio is None for row in found.rows)
    assert [row.key for row in found.rows] == [metric.key for metric in METRICS]


def test_the_statuses_stand_beside_the_figures() -> None:
    assert compare({"a": completed(), "b": crashed()}).status == {"a": "completed", "b": "crashed"}


@pytest.mark.parametrize(
    ("summary", "sentence"),
    [
        (completed(), "x completed: it acknowledged 20,000 of 20,000 records and did not saturate."),
        (saturated(), "x saturated at 7,000 of 20,000 records, confirmed at 9,000: search p95 over 60 ms"),
        (crashed(), "x crashed at 0 records (phase load): the process was ended by SIGSEGV"),
        (interrupted(), "x was interrupted at 4,000 records (phase load): stopped by the user."),
        (unavailable(), "x could not be started: No module named 'missing'."),
    ],
    ids=lambda value: getattr(value, "status", None),
)
def test_each_ending_is_told_with_its_reason(summary: Summary, sentence: str) -> None:
    assert findings(x=summary).startswith(sentence)


@pytest.mark.parametrize("summary", [crashed(), unavailable()])
def test_nothing_is_said_of_what_a_dead_system_holds_answers_or_maintains(summary: Summary) -> None:
    assert len(compare({"x": summary, "y": completed()}).findings) == 1 + len(compare({"y": completed()}).findings)


@pytest.mark.parametrize(
    ("held", "bounded", "capacity", "sentence"),
    [
        (10_000, True, 10_000, "x kept 10,000 of 20,000 records, its capacity."),
        (9_500, True, 10_000, "x kept 9,500 of 20,000 records; its capacity is 10,000."),
        (10_001, True, 10_000, "x kept 10,001 of 20,000 records; its capacity is 10,000, which it exceeds."),
        (20_000, False, 10_000, "x holds all 20,000 records that it acknowledged: it has no capacity setting."),
        (20_000, True, None, "x holds all 20,000 records that it acknowledged."),
        (18_000, False, 10_000, "x holds 18,000 of the 20,000 records that it acknowledged; 2,000 are gone."),
        (20_001, False, None, "x holds 20,001 records, more than the 20,000 that it acknowledged."),
    ],
)
def test_what_is_held_is_told_against_what_was_asked(
    held: int, bounded: bool, capacity: int | None, sentence: str
) -> None:
    summary = with_metrics(completed(), retained_records=held)
    summary = msgspec.structs.replace(summary, capabilities=["bounded"] if bounded else [])
    assert sentence in findings(capacity=capacity, x=summary).splitlines()


def test_an_estimate_of_what_is_held_is_called_one() -> None:
    summary = msgspec.structs.replace(completed(), retained_by="estimate from 300 sampled ids")
    assert "x kept about 10,000 of 20,000 records" in findings(x=summary)


def test_final_figures_at_unlike_loads_are_not_compared_but_those_at_the_highest_common_load_are() -> None:
    text = findings(a=completed(), b=saturated())
    assert "a was last measured at 20,000 records and b at 9,000" in text
    assert "At 9,000 records the median search takes 1.12 ms in a and 180 ms in b" in text
    assert "b takes 160 times as long." in text
    assert "At 20,000 records" not in text


def test_recall_at_a_common_load_is_told_apart_only_by_enough_probes() -> None:
    def told(recall: float, n: int) -> str:
        other = saturated()
        rows = [msgspec.structs.replace(row, recall=recall, recall_n=n) for row in other.samples]
        return findings(a=completed(), b=msgspec.structs.replace(other, samples=rows))

    assert "At 9,000 records recall is 0.500 in a and 0.020 in b (n=50 and 50): a answers more." in told(0.02, 50)
    assert "(n=50 and 50): no difference beyond noise." in told(0.45, 50)
    assert "recall is" not in told(0.02, 29)


def test_the_loser_is_named_whichever_comes_first() -> None:
    assert "a takes 160 times as long." in findings(a=saturated(), b=completed())


def test_equal_systems_have_no_winner() -> None:
    text = findings(a=completed(), b=completed())
    assert text.count("no difference beyond noise") == 4
    assert "no difference that counts" in text
    assert not any(word in text for word in ("as long", "as much", "as many as", "answers more", "better health"))


def test_a_median_of_few_values_decides_nothing() -> None:
    slow = with_metrics(completed(), final_query_latency_ms=latency(100.0, 19))
    assert "(n=1,000 and 19): too few values to tell them apart." in findings(a=completed(), b=slow)


def test_a_busy_machine_needs_a_wider_gap_and_is_named() -> None:
    slower = with_metrics(completed(), final_query_latency_ms=latency(3.5, 1_000))
    assert "b takes 2.50 times as long" in findings(a=completed(), b=slower)
    busy = msgspec.structs.replace(slower, noise={"steal_share": 0.2, "stall_share": None, "load_1m_max": 9.0})
    text = findings(a=completed(), b=busy)
    assert "3.50 ms in b (n=1,000 and 1,000): no difference beyond noise." in text
    assert "b ran on a machine busy with other things" in text


def test_one_run_each_needs_a_wider_gap_than_several() -> None:
    slower = with_metrics(completed(), final_query_latency_ms=latency(2.4, 1_000))
    assert "2.40 ms in b (n=1,000 and 1,000): no difference beyond noise." in findings(a=completed(), b=slower)


def test_two_runs_each_whose_ranges_overlap_have_no_winner() -> None:
    assert "b takes 2.10 times as long." in medians_told(several(0.9, 1.0), several(2.0, 2.1))
    assert "no difference beyond noise." in medians_told(several(0.9, 2.05), several(2.0, 2.1))


def several(*p50s: float) -> list[Summary]:
    return [with_metrics(completed(), final_query_latency_ms=latency(value, 1_000)) for value in p50s]


def medians_told(first: list[Summary], second: list[Summary]) -> str:
    systems = {"a": first[1], "b": second[1]}
    return next(text for text in compare(systems, repeats={"a": first, "b": second}).findings if "median" in text)


def test_of_three_runs_each_the_interval_between_them_decides_and_is_told() -> None:
    text = medians_told(several(0.9, 1.0, 1.1), several(1.9, 2.0, 2.1))
    assert "b takes 2.00 times as long (of 3 and 3 runs the means are 0." in text
    assert "apart at 95%; Cliff's delta -1.00)." in text
    assert "no difference beyond noise (of 3 and 3 runs the means are up to" in medians_told(
        several(0.9, 1.0, 2.5), several(1.9, 2.0, 2.1)
    )


def test_values_that_scatter_widely_hide_no_difference_that_all_runs_show() -> None:
    """Searches of one system are of two kinds, so that its p95 is twelve times its median; the other is 60 times
    faster in every run."""
    first = [with_metrics(run, final_query_latency_ms=two_kinds(run)) for run in several(1.2, 1.3, 1.4)]
    second = several(0.02, 0.021, 0.02)
    assert "a takes 61.9 times as long" in medians_told(first, second)
    alone = msgspec.structs.replace(first[1], final_query_latency_intervals_ms={"p50": (1.2, 1.4)})
    assert "a takes 61.9 times as long" in medians_told([alone] * 2, [second[1]] * 2)
    assert "a takes 61.9 times as long" in findings(a=alone, b=second[1])


def two_kinds(run: Summary) -> Any:
    found = run.metrics.final_query_latency_ms
    return msgspec.structs.replace(found, p95=12.0 * (found.p50 or 0.0), n=400)


def test_a_row_has_the_difference_between_the_runs_of_two_systems() -> None:
    repeats = {"a": several(0.9, 1.0, 1.1), "b": several(1.9, 2.0, 2.1)}
    rows = compare({"a": repeats["a"][1], "b": repeats["b"][1]}, repeats=repeats).rows
    found = next(row for row in rows if row.key == "final_query_latency_ms.p50").between_runs
    assert found is not None
    assert (found.runs, found.verdict, found.effect_size) == ((3, 3), "different", -1.0)
    assert found.means == pytest.approx((1.0, 2.0))
    assert found.low is not None
    assert found.high is not None
    assert found.low < found.difference < found.high < 0.0
    few = {key: runs[:2] for key, runs in repeats.items()}
    rows = compare({key: runs[1] for key, runs in few.items()}, repeats=few).rows
    assert all(row.between_runs is None for row in rows)


def test_systems_given_different_workloads_are_not_compared() -> None:
    other = msgspec.structs.replace(
        saturated(), workload=msgspec.structs.replace(saturated().workload, sha256="00" * 32)
    )
    text = findings(a=completed(), b=other)
    assert "a and b were given different workloads" in text
    assert " in a and " not in text


def test_a_choice_no_better_than_chance_is_called_so() -> None:
    def of(held: float) -> str:
        return findings(x=msgspec.structs.replace(completed(), answers=with_held(held)))

    assert "0.520 of the answers, no more or fewer, beyond noise, than as many chosen at random: 0.500" in of(0.52)
    assert "0.800 of the answers, more than as many chosen at random: 0.500" in of(0.8)
    assert "0.200 of the answers, fewer than as many chosen at random: 0.500" in of(0.2)


def with_held(held: float) -> Any:
    return msgspec.structs.replace(answers(), held_share=held)


def test_findings_bear_hostile_texts_as_one_short_line_each() -> None:
    for text in compare({hostile().name: hostile(), "x": completed()}).findings:
        assert text.isprintable()
        assert len(text) < 1_000


@given(sizes, sizes, st.floats(0, 1e3), st.floats(0, 1e3))
def test_being_apart_does_not_depend_on_the_order(one: float, other: float, first: float, second: float) -> None:
    a, b = Reading(one, first), Reading(other, second)
    assert apart(a, b) == apart(b, a)


@given(sizes, st.floats(0, 1e3))
def test_nothing_is_apart_from_itself_nor_within_the_margin(value: float, error: float) -> None:
    assert not apart(Reading(value, error), Reading(value, error))
    assert not apart(Reading(value), Reading(value * 1.24))
