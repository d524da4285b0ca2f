"""The live view: what it says of each run, at every width; and a real run on a real terminal."""

from __future__ import annotations

import io
import os
import pty
import re
import select
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from mempress.cli.live import LiveView, sparkline
from mempress.cli.progress import Progress, watch
from mempress.cli.watching import seconds_left
from mempress.runner.benchmark import RunNotice
from tests.samples_kit import memory, sample, timed

if TYPE_CHECKING:
    from pathlib import Path

ESCAPE = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def shown(view: LiveView, width: int) -> str:
    console = Console(file=io.StringIO(), width=width, color_system=None, highlight=False, emoji=False, markup=False)
    with console.capture() as captured:
        console.print(view.view())
    return captured.get()


def view_at(width: int) -> tuple[LiveView, Clock]:
    clock = Clock()
    return LiveView(Console(file=io.StringIO(), width=width), clock=clock), clock


def test_it_shows_phase_rate_memory_latency_health_its_course_and_the_time_left() -> None:
    view, clock = view_at(120)
    view.run_began(RunNotice("neuroca-1", 4_000))
    for at, ms in enumerate((1.0, 2.0, 4.0), start=1):
        clock.now = float(at)
        taken = sample(records=500 * at, offered=500 * at, memory=memory(40.0), searches=tuple(timed(ms)))
        view.sampled(taken, 0.875)
    line = shown(view, 120).splitlines()[1]
    assert re.split(r"\s{2,}", line.strip()) == [
        *("neuroca-1", "load", "1,500/4,000", "500", "40.0 MiB", "4.00 ms", "0.875"),
        *(sparkline([1.0, 2.0, 4.0], view._blocks), "5 s"),
    ]
    view.run_ended("killed_at_limit")
    clock.now = 60.0
    ended = shown(view, 120).splitlines()[1]
    assert "killed at limit" in ended
    assert ended.rstrip().endswith("took 3 s")


@pytest.mark.parametrize("width", [40, 60, 80, 100, 200])
def test_it_never_grows_wider_or_longer_than_the_terminal(width: int) -> None:
    view, _ = view_at(width)
    view.preparing("resolving\x1b[2J\u202e" + "x" * 500)
    for number in range(40):
        view.run_began(RunNotice("n" * 80 + str(number), 10**9))
        view.sampled(sample(records=10**9, offered=10**8, searches=tuple(timed(1e7))), None)
        view.run_ended("completed")
    lines = shown(view, width).splitlines()
    assert max(map(len, lines)) <= width
    assert len(lines) <= 15
    assert all(letter.isprintable() for line in lines for letter in line)


@given(st.lists(st.floats(0, 1e9), max_size=40))
def test_a_course_has_a_letter_for_each_value_the_highest_where_it_is(values: list[float]) -> None:
    found = sparkline(values, "0123")
    assert len(found) == len(values)
    if len(set(values)) > 1:
        assert found[values.index(max(values))] == "3"
        assert found[values.index(min(values))] == "0"


def test_the_time_left_is_known_in_a_load_and_in_a_soak_alone() -> None:
    notice, soak = RunNotice("a", 1_000), RunNotice("a", 1_000, soak_seconds=60.0)
    assert seconds_left(notice, None, 5.0) is None
    assert seconds_left(notice, sample(offered=250), 5.0) == pytest.approx(15.0)
    assert seconds_left(notice, sample(offered=1_000), 5.0) is None
    assert seconds_left(notice, sample(offered=250, phase="recovery"), 5.0) is None
    assert seconds_left(soak, sample(mark="soak"), 20.0) == pytest.approx(40.0)
    assert seconds_left(soak, sample(mark="fill"), 20.0) is None


def test_where_nothing_can_be_drawn_there_are_lines(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert isinstance(watch(), Progress)
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True, raising=False)
    monkeypatch.setenv("TERM", "dumb")
    with watch() as listener:
        listener.run_began(RunNotice("one", 10))
        listener.sampled(sample(offered=5, memory=memory(40.0)), 0.5)
        listener.sampled(sample(offered=6), 0.5)
        listener.run_ended("completed")
    said = capsys.readouterr().err.splitlines()
    assert len(said) == 3
    assert said[1].startswith("one: load, 5/10 records")
    assert said[1].count("40.0 MiB, health 0.500") == 1
    assert "\x1b" not in "".join(said)


def test_on_a_terminal_a_real_run_is_drawn_and_its_table_goes_to_standard_output(tmp_path: Path) -> None:
    """Standard error is a pty, standard output a pipe: the one is drawn on, the other stays as it is without."""
    ours, theirs = pty.openpty()
    words = ("run", "null", "--max-records", "300", "--batch-size", "100", "--out", str(tmp_path / "out"))
    environment = os.environ | {"TERM": "xterm-256color", "COLUMNS": "110", "LINES": "30"}
    command = [sys.executable, "-m", "mempress", *words]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=theirs, env=environment) as process:
        os.close(theirs)
        drawn = read_all(ours)
        printed = process.stdout.read().decode() if process.stdout is not None else ""
    os.close(ours)
    assert process.returncode == 0, drawn
    text = ESCAPE.sub("", drawn)
    assert "\x1b[?25h" in drawn.rpartition("\x1b[?25l")[2], "the cursor is shown again"
    last = [line for line in text.replace("\r", "\n").splitlines() if line.startswith("null")][-1]
    assert re.match(r"null +completed +300/300 .* took ", last)
    assert "\x1b" not in printed
    assert "Search, p95 (ms)" in printed
    assert max(map(len, printed.splitlines())) <= 100


def read_all(descriptor: int) -> str:
    """Read what is written to a pty until its other end is closed."""
    parts = []
    while select.select([descriptor], [], [], 100.0)[0]:
        try:
            part = os.read(descriptor, 65_536)
        except OSError:  # the other end is closed
            break
        if not part:
            break
        parts.append(part)
    return b"".join(parts).decode()
