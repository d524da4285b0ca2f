"""docs/write-an-adapter.md keeps its word: its files are written as they stand there, and its commands run."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from mempress.systems.protocol import METHOD_OF_CAPABILITY
from mempress.testing.conformance import NotApplicable, all_checks, run_conformance

PAGE = (Path(__file__).parents[2] / "docs" / "write-an-adapter.md").read_text("utf-8")
BLOCKS: list[tuple[str, str]] = re.findall(r"^```(\w+)\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
COMMANDS = [line[2:] for kind, text in BLOCKS if kind == "console" for line in text.splitlines()]
MEMPRESS = "import sys; from mempress.cli import main; sys.exit(main())"


@pytest.fixture
def workplace(tmp_path: Path) -> Path:
    """A directory with every file of the page; each Python block names its file in its first line."""
    for kind, text in BLOCKS:
        if kind == "python":
            name = re.match(r"# (\w+\.py)\n", text)
            assert name, f"a block without a file name: {text[:60]}"
            (tmp_path / name[1]).write_text(text)
    return tmp_path


def run(workplace: Path, *command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, cwd=workplace, capture_output=True, text=True, check=False)


def mempress(workplace: Path, command: str) -> subprocess.CompletedProcess[str]:
    words = shlex.split(command)
    assert words[0] == "mempress"
    return run(workplace, sys.executable, "-c", MEMPRESS, *words[1:])


def test_the_smallest_adapter_ends_its_check_as_the_page_says(workplace: Path) -> None:
    """The counts on the page are those of today's suite."""
    checked = mempress(workplace, COMMANDS[0])
    said = next(text for kind, text in BLOCKS if kind == "text")
    assert checked.returncode == 0, checked.stdout
    assert checked.stdout.splitlines()[-1] == said.strip()


@pytest.mark.long
def test_the_run_of_the_page_ends_well(workplace: Path) -> None:
    """The smallest adapter beside Neuroca: exit status 0 and results on disk."""
    ran = mempress(workplace, COMMANDS[1])
    assert ran.returncode == 0, ran.stderr
    assert (workplace / "benchmark_results" / "results.json").is_file()


def test_the_larger_adapter_passes_every_check_of_what_it_declares(workplace: Path) -> None:
    """It declares seven capabilities; only the checks that need another do not apply."""
    declared = {"count", "get", "delete", "maintenance", "importance", "persistence", "bounded"}
    report = run_conformance(f"{workplace}/sqlite_memory.py:SqliteMemory")
    assert report.failed == ()
    passed_over = {result.name for result in report.results if isinstance(result.outcome, NotApplicable)}
    assert passed_over == {check.name for check in all_checks() if check.needs - declared}


def test_the_suite_of_the_page_runs_under_pytest(workplace: Path) -> None:
    """One check, collected from the page's own class."""
    chosen = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-k", "opens_and_closes"]
    ran = run(workplace, *chosen, "test_sqlite_memory.py")
    assert "1 passed" in ran.stdout


def test_the_script_of_the_page_exits_by_the_report(workplace: Path) -> None:
    """Exit status 1 and the reason where the adapter is broken, here by a database that is never opened."""
    adapter = workplace / "sqlite_memory.py"
    adapter.write_text(adapter.read_text().replace("sqlite3.connect(", "sqlite3.connected("))
    ran = run(workplace, sys.executable, "check_it.py")
    assert ran.returncode == 1
    assert "__init__() raised AttributeError" in ran.stdout


def test_the_entry_point_of_the_page_names_its_class() -> None:
    [project] = [tomllib.loads(text) for kind, text in BLOCKS if kind == "toml"]
    assert project["project"]["entry-points"]["mempress.systems"] == {"sqlite-memory": "sqlite_memory:SqliteMemory"}


def test_the_table_names_every_capability() -> None:
    assert re.findall(r"^\| `(\w+)` \|", PAGE, re.MULTILINE) == list(METHOD_OF_CAPABILITY)
