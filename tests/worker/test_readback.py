"""Waiting for a record to be readable, on a clock that looks alone move."""

from __future__ import annotations

import pytest

from mempress.worker import readback

MS = 1_000_000


class Clock:
    """A look takes 1 ms, a sleep what it says."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, there_at_ms: float) -> None:
        self.now_ns = 0
        self.there_at_ns = there_at_ms * MS
        self.looks: list[int] = []
        self.beats = 0
        monkeypatch.setattr(readback, "clock_ns", lambda: self.now_ns)
        monkeypatch.setattr(readback, "sleep", self._sleep)

    def _sleep(self, seconds: float) -> None:
        self.now_ns += round(seconds * 1e9)

    def look(self) -> bool:
        self.looks.append(self.now_ns)
        self.now_ns += MS
        return self.looks[-1] >= self.there_at_ns

    def beat(self) -> None:
        self.beats += 1


def test_what_is_there_at_once_takes_one_look(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = Clock(monkeypatch, 0)
    found = readback.wait_until(clock.look, 0, 100 * MS, clock.beat)
    assert found == {"after_ns": MS, "polls": 1, "latency_ns": MS}


@pytest.mark.parametrize("there_at_ms", [3, 40, 90, 500])
def test_the_time_is_too_long_by_a_tenth_and_a_look_at_most(
    monkeypatch: pytest.MonkeyPatch, there_at_ms: float
) -> None:
    clock = Clock(monkeypatch, there_at_ms)
    found = readback.wait_until(clock.look, 0, 1_000 * MS, clock.beat)
    assert there_at_ms * MS <= found["after_ns"] <= (1.1 * there_at_ms + 3) * MS
    assert found["polls"] == clock.beats == len(clock.looks)


def test_what_never_comes_ends_the_wait_in_time_after_a_last_look(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = Clock(monkeypatch, 1e9)
    found = readback.wait_until(clock.look, 0, 100 * MS, clock.beat)
    assert found["after_ns"] is None
    assert 98 * MS <= clock.looks[-1] <= 100 * MS
    assert clock.now_ns <= 102 * MS


def test_however_late_the_first_look_comes_there_is_one(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = Clock(monkeypatch, 0)
    clock.now_ns = 500 * MS
    assert readback.wait_until(clock.look, 0, 100 * MS, clock.beat)["after_ns"] == 501 * MS
