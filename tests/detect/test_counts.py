from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mempress.detect import TracePoint, statistical
from mempress.detect.series import REMOVED

BATCHES = [1000 * (batch + 1) for batch in range(20)]


def held(counts: list[int]) -> list[int]:
    points = [TracePoint(stored, retained=count) for stored, count in zip(BATCHES, counts, strict=False)]
    events = statistical(points)
    assert all(event.reasons == (REMOVED,) for event in events)
    return [event.index for event in events]


def sampled(shares: list[float], asked: int, seed: int) -> list[int]:
    stream = np.random.default_rng(seed)
    gone = [int(stream.binomial(asked, share)) for share in shares]
    points = [TracePoint(stored, sampled_gone=(one, asked)) for stored, one in zip(BATCHES, gone, strict=True)]
    return [event.index for event in statistical(points)]


@given(st.integers(1, 10))
def test_a_system_that_drops_every_nth_record_shows_nothing(nth: int) -> None:
    assert held([stored - stored // nth for stored in BATCHES]) == []


@given(st.integers(0, 1000))
def test_a_system_that_drops_a_tenth_at_random_shows_nothing(seed: int) -> None:
    stream = np.random.default_rng(seed)
    assert held(np.cumsum(1000 - stream.binomial(1000, 0.1, size=20)).tolist()) == []


@given(st.integers(1500, 19_500))
def test_a_capacity_shows_one_event_where_eviction_begins(capacity: int) -> None:
    first_over = next(at for at, stored in enumerate(BATCHES) if stored > capacity)
    events = held([min(stored, capacity) for stored in BATCHES])
    assert len(events) <= 1
    assert all(abs(event - first_over) <= 1 for event in events)
    if BATCHES[first_over] - capacity > 0.03 * capacity:
        assert events == [first_over]


@given(st.integers(1, 19), st.floats(0.1, 0.9), st.sampled_from([0.0, 0.1]))
def test_one_eviction_shows_one_event_there_and_nowhere_else(at: int, share: float, loss: float) -> None:
    """At any sample, the last included, in a lossy system or not."""
    counts = [int((1.0 - loss) * stored) for stored in BATCHES]
    removed = int(share * counts[at])
    assert held([count - removed * (index >= at) for index, count in enumerate(counts)]) == [at]


def test_a_system_at_capacity_that_evicts_half_shows_the_onset_and_the_eviction_alone() -> None:
    counts = [min(stored, 8000) if stored < 14_000 else min(stored - 10_000, 8000) for stored in BATCHES]
    assert held(counts) == [8, 13]


def test_each_fall_to_a_low_water_mark_is_an_event() -> None:
    counts, now = [], 0
    for _ in BATCHES:
        now = 3000 if now + 1000 > 6000 else now + 1000
        counts.append(now)
    assert held(counts) == [6, 10, 14, 18]


def test_a_removal_without_a_store_between_is_found() -> None:
    points = [TracePoint(stored, retained=count) for stored, count in [(1000, 1000), (2000, 2000), (2000, 1500)]]
    assert [event.index for event in statistical(points)] == [2]


@given(st.integers(0, 200))
def test_a_count_that_jitters_shows_nothing(seed: int) -> None:
    noise = np.random.default_rng(seed).standard_normal(20) * 30.0
    assert held([int(stored + one) for stored, one in zip(BATCHES, noise, strict=True)]) == []


@pytest.mark.parametrize(("share", "asked"), [(0.9, 30), (0.9, 100), (0.5, 60), (0.5, 200)])
def test_without_a_count_an_eviction_is_found_from_sampled_ids_alone(share: float, asked: int) -> None:
    shares = [0.0 if stored < 8000 else share * 8000 / stored for stored in BATCHES]
    assert sum(sampled(shares, asked, seed) == [7] for seed in range(40)) >= 38


@pytest.mark.parametrize(
    "shares",
    [[0.0] * 20, [0.1] * 20, [max(0.0, 1.0 - 8000 / stored) for stored in BATCHES]],
    ids=["none", "lossy", "capacity"],
)
def test_a_steady_share_of_sampled_ids_gone_or_a_capacity_shows_nothing(shares: list[float]) -> None:
    assert sum(bool(sampled(shares, 100, seed)) for seed in range(100)) <= 2


def test_a_random_eviction_of_90_percent_that_gives_no_memory_back_is_found_by_the_count() -> None:
    counts = [stored if stored < 12_000 else stored - 10_800 for stored in BATCHES]
    memory = [20e6 + 500.0 * min(stored, 12_000) for stored in BATCHES]
    points = [TracePoint(*sample) for sample in zip(BATCHES, memory, strict=True)]
    with_count = [
        TracePoint(point.records, point.memory_bytes, retained=count)
        for point, count in zip(points, counts, strict=True)
    ]
    assert statistical(points) == []
    assert [(event.index, event.reasons) for event in statistical(with_count)] == [(11, (REMOVED,))]
