"""The examples in the engine's documentation run."""

from __future__ import annotations

import doctest
from pathlib import Path

import mempress.neuroca

PAGE = Path(__file__).parents[2] / "docs" / "engine.md"


def test_the_example_of_the_page_runs() -> None:
    examples = PAGE.read_text(encoding="utf-8").split("```python")[1:]
    assert examples
    for example in examples:
        exec(compile(example.split("```")[0], str(PAGE), "exec"), {})  # noqa: S102 - our own page


def test_the_example_of_the_package_runs() -> None:
    found = doctest.testmod(mempress.neuroca)
    assert (found.failed, found.attempted > 0) == (0, True)


def test_every_setting_of_the_page_exists() -> None:
    page = PAGE.read_text(encoding="utf-8")
    named = {name for name in mempress.neuroca.Settings.known() if f"`{name}" in page}
    assert {"capacity_records", "capacity_bytes", "memory_bytes", "soft_ratio", "overflow", "durability"} <= named
