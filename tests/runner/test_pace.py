"""However long a soak goes on, it has a bounded number of stretches."""

from __future__ import annotations

import pytest

from mempress.runner.stretch import MOST_STRETCHES, Pace

SECOND = 1_000_000_000
DAY = 86_400 * SECOND


def stretches(duration_ns: int, fill_ns: int, step_ns: int, cost_ns: int) -> tuple[int, int]:
    """Fill and soak by a manual clock, a step at a time; gives how many stretches each had."""
    now, counts = 5 * SECOND, [0, 0]
    pace = Pace(duration_ns, now)
    for part, length in enumerate((fill_ns, duration_ns)):
        end = now + length
        while now < end:
            now += step_ns
            if pace.is_due(now):
                counts[part] += 1
                now += cost_ns
                pace.ended(now, cost_ns, filling=part == 0)
    return counts[0], counts[1]


@pytest.mark.parametrize(
    ("duration_ns", "fill_ns", "step_ns"),
    [
        (30 * SECOND, SECOND, 1_000_000),
        (600 * SECOND, 3 * SECOND, 5_000_000),
        (DAY // 3, DAY // 24, 100_000_000),
        (7 * DAY, 3 * DAY, SECOND),
        (366 * DAY, 30 * DAY, 60 * SECOND),
    ],
)
def test_a_soak_has_up_to_a_thousand_stretches_and_its_fill_some_hundred(
    duration_ns: int, fill_ns: int, step_ns: int
) -> None:
    filling, soaking = stretches(duration_ns, fill_ns, step_ns, 2_000_000)
    assert soaking <= 1_000
    assert filling + soaking + 2 <= MOST_STRETCHES
    assert soaking >= min(900, duration_ns // (SECOND // 4) * 0.9)


def test_a_stretch_that_is_dear_to_end_comes_less_often() -> None:
    """A sample of a large process costs tenths of a second: no more than a tenth of the time goes into them."""
    _, soaking = stretches(60 * SECOND, SECOND, 1_000_000, SECOND // 2)
    assert soaking * SECOND // 2 <= 60 * SECOND / 10
