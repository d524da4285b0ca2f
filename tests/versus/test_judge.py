"""Which differences are named, in which direction, and which are not believed."""

from __future__ import annotations

from dataclasses import replace

import msgspec
import pytest

from mempress.comparison.metrics import METRICS
from mempress.config import RunConfig
from mempress.errors import UsageError
from mempress.model import Latency
from mempress.versus import Side, judge
from tests.report.handmade import WORKLOAD, latency
from tests.versus.build import HARNESS, MACHINE, conditions, row, run, side, system


def pair(base: list[float], other: list[float], key: str) -> tuple[Side, Side]:
    """Give two sides whose runs have these figures for a metric."""
    first, second = (system(*(run(**{key: value}) for value in values)) for values in (base, other))
    return side("one", {"neuroca": first}), side("two", {"neuroca": second})


@pytest.mark.parametrize(
    ("key", "standing"),
    [("memory_per_record_bytes", "worse"), ("recall_at_k", "better"), ("reported_health", "different")],
)
def test_a_rise_is_judged_in_the_metrics_own_direction(key: str, standing: str) -> None:
    versus = judge(*pair([0.50, 0.51, 0.50], [0.70, 0.71, 0.70], key))
    found = row(versus, key)
    assert found.standing == standing
    assert found.difference == pytest.approx(0.2, abs=0.001)
    assert found.low is not None
    assert 0.0 < found.low < 0.2
    assert (found.base_runs, found.other_runs) == (3, 3)


def test_latencies_are_judged_by_their_own_values_where_all_runs_have_them() -> None:
    base, other = (side(str(p50), {"neuroca": system(*[run(p50=p50)] * 3)}) for p50 in (1.0, 1.3))
    found = row(judge(base, other), "final_query_latency_ms.p50")
    assert found.standing == "worse"
    assert found.ratio == pytest.approx(1.3)
    assert found.base == pytest.approx(1.0, rel=0.01)


def test_a_run_in_which_a_metric_was_not_measured_is_left_out_and_counted() -> None:
    unmeasured = Latency(mean=None, p50=None, p95=None, p99=None, max=None, n=0)
    base = side("one", {"neuroca": system(run(), run(), run(final_query_latency_ms=unmeasured))})
    found = row(judge(base, base), "final_query_latency_ms.p95")
    assert (found.base_runs, found.standing) == (2, "no difference")
    none = side("two", {"neuroca": system(run(final_query_latency_ms=unmeasured))})
    found = row(judge(base, none), "final_query_latency_ms.p95")
    assert (found.other, found.difference, found.standing) == (None, None, "unknown")


@pytest.mark.parametrize(
    ("shared_mb", "standing"), [((3.0, 1.5), "no difference"), ((3.0, 3.0), "worse"), ((None, None), "unknown")]
)
def test_memory_that_only_changed_hands_between_processes_is_no_difference(
    shared_mb: tuple[float | None, float | None], standing: str
) -> None:
    """PSS rose by 1.5 MiB: either other processes let go of shared files, or the system grew, or nobody knows."""
    sides = [
        side(str(at), {"neuroca": system(*(run(final_memory_mb=pss + 0.01 * n, shared_mb=shared) for n in range(3)))})
        for at, (pss, shared) in enumerate(zip((14.5, 16.0), shared_mb, strict=True))
    ]
    assert row(judge(*sides), "final_memory_mb").standing == standing


def test_every_metric_of_the_contract_has_its_row_in_order() -> None:
    versus = judge(*pair([1.0], [1.0], "disk_mb"))
    assert [row.key for row in versus.systems[0].rows] == [metric.key for metric in METRICS]


def test_conditions_that_differ_are_named() -> None:
    other_machine = conditions(
        environment=MACHINE | {"cpu": "Other CPU"},
        workload=msgspec.structs.replace(WORKLOAD, sha256="aa" * 32),
        config=RunConfig(batch_size=500, repeats=7),
        harness=msgspec.structs.replace(HARNESS, search_p50_ns=150),
    )
    systems = {"neuroca": system(run())}
    versus = judge(side("one", systems), side("two", systems, other_machine))
    assert versus.cautions == [
        "The machines or versions differ, so times are not comparable: cpu Some CPU against Other CPU.",
        "The workloads differ: facts of 20,000 records (5f5f5f5f5f5f) against facts of 20,000 records (aaaaaaaaaaaa).",
        "The settings differ: batch_size 1000 against 500.",
        "The null system's search took 100 ns against 150 ns: the machine was not in the same state, so differences of "
        "times up to that ratio may be its own.",
    ]


def test_another_embedder_or_another_version_of_it_is_named() -> None:
    systems = {"neuroca": system(run())}
    told = {"mechanisms": {"embedder": "hashed words, 384 dimensions"}}
    hashed, unknown = conditions(environment=MACHINE | told), conditions()
    (caution,) = judge(side("one", systems, hashed), side("two", systems, unknown)).cautions
    assert caution == (
        "The embedders differ, so answers and times are not comparable: hashed words, 384 dimensions against unknown."
    )
    assert judge(side("one", systems, hashed), side("two", systems, hashed)).cautions == []


def test_runs_of_two_machines_in_one_directory_are_called_a_mixture() -> None:
    systems = {"neuroca": system(run())}
    mixed = side("one", systems, conditions(), conditions(environment=MACHINE | {"cores": 2}))
    (caution,) = judge(mixed, side("two", systems)).cautions
    assert caution.startswith("BASE is a mixture of runs. ")
    assert "cores 8 against 2" in caution


def test_what_changed_besides_the_figures_stands_in_the_notes() -> None:
    crashed = system(
        run(max_records=5_000), run(max_records=20_000), statuses=["crashed", "completed"], version="2", noisy=1
    )
    versus = judge(side("one", {"a": system(run(), run())}), side("two", {"a": crashed, "b": crashed}))
    assert versus.only_other == ["b"]
    assert versus.systems[0].notes == [
        "Its version changed: 0.1.0 against 2.",
        "Its runs ended differently: completed 2 against crashed 1, completed 1.",
        "Final figures are those at 20,000 records against 12,500: not the same load.",
        "Runs that shared the machine with other work: 0 of 2 in BASE, 1 of 2 in OTHER.",
    ]


def test_one_system_in_each_is_compared_whatever_its_name() -> None:
    versus = judge(side("one", {"agno": system(run())}), side("two", {"neuroca": system(run())}))
    assert (versus.systems[0].name, versus.systems[0].other_name) == ("agno", "neuroca")


def test_results_without_a_common_system_are_refused_with_what_they_have() -> None:
    base = side("one", {"a": system(run()), "b": system(run())})
    with pytest.raises(UsageError, match="BASE has a, b; OTHER has c"):
        judge(base, side("two", {"c": system(run())}))


def test_latency_of_a_result_without_journals_is_judged_by_each_runs_figure() -> None:
    base, other = (
        side(str(p50), {"neuroca": system(*(run(final_query_latency_ms=latency(p50 + n / 100)) for n in range(3)))})
        for p50 in (1.0, 2.0)
    )
    assert row(judge(base, other), "final_query_latency_ms.p95").standing == "worse"


def test_packages_that_changed_beside_a_system_are_named_and_the_system_itself_is_not() -> None:
    """Six packages changed: four are named, in order; its own change is told as its version's."""
    before = {"agno": "2.3.26", "rich": "15.0.0", "same": "1"} | {f"p{number}": "1" for number in range(5)}
    after = {"agno": "3.1.10", "same": "1"} | {f"p{number}": "2" for number in range(5)}
    base, other = (replace(system(run(), version=packages["agno"]), packages=packages) for packages in (before, after))
    (told,) = judge(side("one", {"agno": base}), side("two", {"agno": other})).systems
    named = "; ".join(f"p{number} 1 against 2" for number in range(4))
    assert f"What is installed beside it changed: {named}; and 2 more." in told.notes
    assert not [note for note in told.notes if "agno 2.3.26" in note]


@pytest.mark.parametrize("packages", [None, {"agno": "1"}])
def test_packages_that_are_not_known_or_are_the_same_are_passed_over(packages: dict[str, str] | None) -> None:
    base, other = replace(system(run()), packages=packages), replace(system(run()), packages={"agno": "1"})
    (told,) = judge(side("one", {"agno": base}), side("two", {"agno": other})).systems
    assert not [note for note in told.notes if "installed" in note]
