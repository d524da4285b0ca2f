from __future__ import annotations

import pytest

from mempress.detect import TracePoint, threshold


def judged(before: TracePoint, after: TracePoint) -> dict[str, float]:
    found = threshold([before, after])
    return {reason: event.evidence[reason]["effect"] for event in found for reason in event.reasons}


@pytest.mark.parametrize(("memory", "found"), [(90.0, False), (89.9, True), (100.0, False), (None, False)])
def test_memory_counts_below_nine_tenths_of_its_former_value(memory: float | None, found: bool) -> None:
    assert ("memory_reduction" in judged(TracePoint(1, 100.0), TracePoint(2, memory))) is found


@pytest.mark.parametrize(
    ("before", "after", "found"),
    [(1.0, 0.8, False), (1.0, 0.79, True), (0.1, 0.01, False), (0.11, 0.01, True)],
)
def test_mean_latency_counts_below_four_fifths_where_it_was_over_a_tenth_of_a_millisecond(
    before: float, after: float, found: bool
) -> None:
    points = TracePoint(1, latencies_ms=(before,)), TracePoint(2, latencies_ms=(after,))
    assert ("speed_improvement" in judged(*points)) is found


def test_latency_is_judged_by_its_mean() -> None:
    """A single 50 ms hiccup in one sample sets the classic rule off at the next: it is kept as it is known."""
    hiccup = TracePoint(1, latencies_ms=(1.0,) * 49 + (50.0,))
    assert "speed_improvement" in judged(hiccup, TracePoint(2, latencies_ms=(1.0,) * 50))


@pytest.mark.parametrize(("rise", "found"), [(0.1, False), (0.11, True), (-0.5, False)])
def test_health_counts_when_up_by_more_than_a_tenth(rise: float, found: bool) -> None:
    assert ("health_improvement" in judged(TracePoint(1, health=0.5), TracePoint(2, health=0.5 + rise))) is found


def test_an_event_stands_at_the_sample_where_it_is_first_seen_with_all_its_reasons() -> None:
    points = [
        TracePoint(1000, 10.0, (1.0,), 0.5),
        TracePoint(2000, 11.0, (1.0,), 0.5),
        TracePoint(3000, 5.0, (0.1,), 0.9),
    ]
    (event,) = threshold(points)
    assert (event.index, event.records) == (2, 3000)
    assert event.reasons == ("memory_reduction", "speed_improvement", "health_improvement")
    assert event.evidence["memory_reduction"]["before"] == 11.0


def test_a_missing_value_is_never_compared_across_the_gap() -> None:
    assert threshold([TracePoint(1, 100.0), TracePoint(2), TracePoint(3, 10.0)]) == []


def test_nothing_and_one_sample_give_nothing() -> None:
    assert threshold([]) == []
    assert threshold([TracePoint(1, 1.0)]) == []
