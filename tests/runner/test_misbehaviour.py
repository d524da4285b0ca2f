"""A system that dies, hangs, refuses or lies ends with its verdict, and a second system of the run is unharmed."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from mempress.model import Summary
    from tests.conftest import Bench

FAULTY = "mempress.testing.faulty"
SOUND = "mempress.testing.scripted:Scripted"


def worker_processes() -> list[int]:
    """Give the workers that still live as children of this process."""
    children = Path(f"/proc/self/task/{os.getpid()}/children").read_text("ascii").split()
    return [int(pid) for pid in children]


def run_beside_a_sound_one(bench: Bench, name: str, **settings: object) -> Summary:
    faulty, sound = bench(f"{FAULTY}:{name}", SOUND, **settings)
    assert sound.status == "completed"
    assert sound.metrics.max_records == 1_000
    assert sound.metrics.errors_encountered == 0
    assert worker_processes() == []
    return faulty


@pytest.mark.parametrize(
    ("name", "status", "words"),
    [
        ("DiesInStore", "crashed", "exited with status 3"),
        ("SegfaultsInSearch", "crashed", "SIGSEGV"),
        ("RefusesAfter", "saturated", "store raised 3 times in a row"),
        ("RaisesAlways", "saturated", "store raised 3 times in a row"),
        ("RaisesInInit", "unavailable", "cannot be opened"),
        ("DeclaresWhatItLacks", "unavailable", "add the method or remove 'health'"),
        ("HasWhatItDoesNotDeclare", "unavailable", "add 'health' to capabilities"),
        ("ClosesDescriptors", "crashed", "the process"),
        ("SpoofsProtocol", "completed", ""),
        ("ForgesReplies", "crashed", "carried something else"),
        ("PrintsMegabyte", "completed", ""),
        ("ReturnsGarbage", "completed", ""),
    ],
)
def test_each_fault_has_its_status_and_message(bench: Bench, name: str, status: str, words: str) -> None:
    summary = run_beside_a_sound_one(bench, name)
    assert summary.status == status, summary.reason
    assert words in summary.reason + " ".join(error.message for error in summary.errors)


@pytest.mark.parametrize("name", ["HangsInStore", "HangsInSearch", "HangsOnClose", "HangsInInit"])
def test_a_hang_is_a_time_out_and_the_worker_is_killed(bench: Bench, name: str) -> None:
    summary = run_beside_a_sound_one(bench, name, timeout_seconds=1.0)
    assert summary.status == "timed_out"
    assert "no answer within 1 s" in summary.reason
    assert summary.errors[-1].kind == "fatal"


def test_a_refusal_keeps_what_was_acknowledged_before(bench: Bench) -> None:
    summary = run_beside_a_sound_one(bench, "RefusesAfter")
    assert summary.metrics.max_records == summary.metrics.retained_records == summary.metrics.saturated_at_records
    assert 0 < summary.metrics.max_records <= 500
    assert summary.metrics.errors_encountered >= 3


def test_memory_over_its_limit_is_killed_and_said(bench: Bench) -> None:
    summary = run_beside_a_sound_one(bench, "EatsMemory", memory_limit_bytes=200 << 20)
    assert summary.status == "killed_at_limit"
    assert "over the limit of 200 MiB" in summary.reason


def test_thirty_hits_for_ten_are_cut_and_reported(bench: Bench) -> None:
    summary = run_beside_a_sound_one(bench, "IgnoresLimit")
    assert summary.status == "completed"
    violations = [error for error in summary.errors if error.kind == "violation"]
    assert "more than limit=10 hits" in violations[0].message
    assert summary.metrics.saturated_at_records is None


def test_a_flood_of_output_is_counted_and_its_end_kept(bench: Bench) -> None:
    summary = run_beside_a_sound_one(bench, "PrintsMegabyte")
    assert summary.output_bytes > 2_000_000
    assert 0 < len(summary.output_tail) <= 16_384


def test_hostile_texts_travel_as_data(bench: Bench) -> None:
    summary = run_beside_a_sound_one(bench, "RaisesHostileText")
    assert any("<script" in error.message for error in summary.errors)
    assert all(len(error.message) < 3_000 for error in summary.errors)


def test_hostile_testimony_travels_as_data_and_its_name_is_no_path(bench: Bench, tmp_path: Path) -> None:
    summary = run_beside_a_sound_one(bench, "TestifiesHostileText", maintenance_interval=500)
    assert summary.status == "completed", summary.reason
    assert "\\ud800" in summary.name
    assert summary.metrics.reported_health == 1.0
    assert any(event.origin == "requested" for event in summary.maintenance_events)
    assert {path.name for path in (tmp_path / "out" / "runs").iterdir()} == {"testifieshostiletext", "scripted"}


def test_children_that_outlive_a_system_are_reported_and_killed(bench: Bench) -> None:
    summary = run_beside_a_sound_one(bench, "ForksChildren")
    assert any("outlived close()" in error.message for error in summary.errors)
