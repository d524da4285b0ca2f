from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
import pytest

from mempress.comparison.result import build_result, median_run
from mempress.errors import JournalError
from tests.report.handmade import completed, crashed, head, latency, result_of

if TYPE_CHECKING:
    from mempress.model import Summary


def run(p50: float | None, held: int | None = 100, repeat: int = 0, **changes: object) -> Summary:
    base = completed()
    speed = base.metrics.final_query_latency_ms if p50 is None else latency(p50)
    if p50 is None:
        speed = msgspec.structs.replace(speed, p50=None)
    metrics = msgspec.structs.replace(base.metrics, final_query_latency_ms=speed, retained_records=held)
    return msgspec.structs.replace(base, metrics=metrics, repeat=repeat, **changes)


def test_the_run_in_the_middle_stands_for_its_system_and_all_runs_are_kept_in_order() -> None:
    runs = [run(3.0, repeat=2), run(1.0, repeat=0), run(2.0, repeat=1)]
    result = result_of(*runs)
    assert result.systems["neuroca"].metrics.final_query_latency_ms.p50 == 2.0
    assert [metrics.final_query_latency_ms.p50 for metrics in result.repeats["neuroca"]] == [1.0, 2.0, 3.0]


def test_equal_latencies_are_ranked_by_what_was_held() -> None:
    assert median_run([run(1.0, 30), run(1.0, 10), run(1.0, 20)]).metrics.retained_records == 20


@pytest.mark.parametrize(
    ("latencies", "chosen"), [([1.0, 2.0], 2.0), ([1.0, None], None), ([1.0, 2.0, None], 2.0), ([None], None)]
)
def test_of_two_runs_the_slower_stands_and_an_unmeasured_one_is_the_slowest(
    latencies: list[float | None], chosen: float | None
) -> None:
    assert median_run([run(value) for value in latencies]).metrics.final_query_latency_ms.p50 == chosen


def test_two_systems_that_bear_one_name_stay_two() -> None:
    first, second = completed("memory"), msgspec.structs.replace(completed("memory"), system="other.py:Memory")
    result = result_of(first, second)
    assert list(result.systems) == ["memory", "memory-2"]
    assert result.systems["memory-2"].name == "memory-2"
    assert result.systems["memory-2"].system == "other.py:Memory"
    assert result.comparison.systems == ["memory", "memory-2"]


def test_runs_of_one_system_are_together_though_one_never_opened_and_bears_its_label() -> None:
    opened = msgspec.structs.replace(completed("Fancy"), system="x.py:Fancy")
    refused = msgspec.structs.replace(crashed("x.py-Fancy"), system="x.py:Fancy", status="unavailable", repeat=1)
    result = result_of(refused, opened)
    assert list(result.repeats) == ["Fancy"]
    assert len(result.repeats["Fancy"]) == 2
    assert "The 2 runs of Fancy ended differently: completed 1, unavailable 1." in result.comparison.findings


def test_a_result_holds_the_settings_and_the_machine_of_its_runs() -> None:
    summary = completed()
    result = build_result([(head(summary, seed=7), summary)])
    assert result.config.seed == 7
    assert result.environment["cores"] == 2
    assert result.workload.sha256 == summary.workload.sha256


def test_a_summary_stands_in_the_result_as_it_is() -> None:
    assert result_of(completed()).systems["neuroca"] == completed()


def test_no_run_is_an_error_that_says_what_to_do() -> None:
    with pytest.raises(JournalError, match="run a benchmark first"):
        build_result([])
