from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mempress.detect import LoadPoint, objective_ms, reference_p95_ms, saturation

points_of_load = st.lists(
    st.builds(
        LoadPoint,
        records=st.integers(0, 10_000),
        p95_ms=st.none() | st.floats(0, 100),
        health=st.none() | st.floats(0, 1),
        new_errors=st.sampled_from([0, 0, 0, 1]),
        memory_bytes=st.none() | st.floats(0, 200),
    ),
    max_size=15,
)


def test_the_reference_is_the_median_of_the_first_three_known_values() -> None:
    assert reference_p95_ms([None, 5.0, 9.0, None, 6.0, 100.0]) == 6.0


def test_there_is_no_reference_before_three_values_are_known() -> None:
    assert reference_p95_ms([5.0, None, 6.0]) is None
    assert objective_ms(None) is None


@pytest.mark.parametrize(("reference", "given", "objective"), [(5.0, None, 20.0), (10.0, None, 30.0), (10.0, 7.0, 7.0)])
def test_the_objective_is_three_references_at_least_20_ms_unless_given(
    reference: float, given: float | None, objective: float
) -> None:
    assert objective_ms(reference, given) == objective


def test_a_row_is_reported_at_its_first_sample() -> None:
    p95s = [5, 25, 25, 5, 25, 26, 27, 28]
    found = saturation([LoadPoint(i * 100, float(p)) for i, p in enumerate(p95s)], objective_ms=20.0)
    assert found is not None
    assert (found.index, found.records, found.confirmed_index) == (4, 400, 6)
    assert found.reasons == ("search p95 up to 27 ms, over the objective of 20 ms, in 3 of 3 samples",)


def test_different_ways_make_one_row() -> None:
    points = [
        LoadPoint(1, p95_ms=30.0),
        LoadPoint(2, new_errors=2),
        LoadPoint(3, health=0.4, memory_bytes=3 * 1024 * 1024),
    ]
    found = saturation(points, objective_ms=20.0, memory_limit_bytes=2 * 1024 * 1024)
    assert found is not None
    assert found.reasons == (
        "search p95 up to 30 ms, over the objective of 20 ms, in 1 of 3 samples",
        "health down to 0.40, under 0.5, in 1 of 3 samples",
        "2 errors of operations, in 1 of 3 samples",
        "memory up to 3.0 MiB, over the limit of 2.0 MiB, in 1 of 3 samples",
    )


@pytest.mark.parametrize(
    "point", [LoadPoint(1, p95_ms=20.0), LoadPoint(1, health=0.5), LoadPoint(1, memory_bytes=100.0), LoadPoint(1)]
)
def test_at_the_objective_or_unmeasured_is_not_broken(point: LoadPoint) -> None:
    assert saturation([point] * 10, objective_ms=20.0, memory_limit_bytes=100.0) is None


def test_latency_is_not_judged_without_an_objective() -> None:
    assert saturation([LoadPoint(1, p95_ms=1e9)] * 5, objective_ms=None) is None


@given(points_of_load, st.integers(1, 4))
def test_judging_after_each_sample_agrees_with_judging_at_the_end(points: list[LoadPoint], k: int) -> None:
    def judge(prefix: int) -> object:
        return saturation(points[:prefix], objective_ms=50.0, memory_limit_bytes=150.0, k=k)

    final = saturation(points, objective_ms=50.0, memory_limit_bytes=150.0, k=k)
    confirmed = len(points) if final is None else final.confirmed_index
    assert all(judge(n) == (final if n > confirmed else None) for n in range(len(points) + 1))
