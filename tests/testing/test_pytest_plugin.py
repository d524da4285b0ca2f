"""The suite as a third party uses it: a class in a test file, run by pytest in a process of its own."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from mempress.testing.conformance import all_checks
from mempress.testing.pytest_plugin import ConformanceSuite

if TYPE_CHECKING:
    from pathlib import Path


def run_suite(directory: Path, target: str, *arguments: str) -> str:
    """Give what pytest prints of a test file that has the one class."""
    (directory / "test_memory.py").write_text(
        "from mempress.testing.pytest_plugin import ConformanceSuite\n\n\n"
        "class TestMemory(ConformanceSuite):\n"
        f"    target = {target!r}\n"
    )
    command = [sys.executable, "-m", "pytest", "-q", "-rpsf", "-p", "no:cacheprovider", *arguments, str(directory)]
    ran = subprocess.run(command, capture_output=True, text=True, check=False, cwd=directory)
    return ran.stdout


def test_each_check_is_an_item_of_the_class_and_of_nothing_else(tmp_path: Path) -> None:
    """The imported base gives no items, and no check can vanish."""
    collected = run_suite(tmp_path, "null", "--collect-only").splitlines()
    items = [line for line in collected if "::" in line]
    assert items == [f"test_memory.py::TestMemory::test_conformance[{check.name}]" for check in all_checks()]


def test_items_pass_are_skipped_and_fail_with_the_reason_and_no_traceback(tmp_path: Path) -> None:
    """A plain list that leaves a process behind: one check passes, one does not apply, one fails."""
    chosen = "opens_and_closes or health_is_a_share or close_leaves_no_process"
    printed = run_suite(tmp_path, "mempress.testing.faulty:ForksChildren", "-k", chosen)
    assert "PASSED test_memory.py::TestMemory::test_conformance[opens_and_closes]" in printed
    assert "it does not declare 'health'" in printed
    assert "After close() no process that it started is alive: 1 left alive 2 s after close()" in printed
    assert "1 failed, 1 passed, 1 skipped" in printed
    assert "Traceback" not in printed


def test_a_suite_without_a_target_says_what_to_write() -> None:
    with pytest.raises(TypeError, match=r"write target = 'package\.module:Class'"):
        type("TestNothing", (ConformanceSuite,), {})


def test_the_base_itself_is_not_collected() -> None:
    """Imported into a test file, it must not run without a target."""
    assert not ConformanceSuite.__test__
    assert type("TestSomething", (ConformanceSuite,), {"target": "null"}).__test__  # type: ignore[attr-defined]
