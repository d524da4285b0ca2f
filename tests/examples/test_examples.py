"""The examples do what their pages say: one file is run by its path, one package is found by its entry point."""

from __future__ import annotations

import json
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest
from uv import find_uv_bin

EXAMPLES = Path(__file__).parents[2] / "examples"
ONE_FILE = EXAMPLES / "one_file.py"
PACKAGE = EXAMPLES / "mempress-fts5"
SMALL = ("--max-records", "500", "--batch-size", "250", "--json")


def run(*command: str | Path, cwd: Path) -> str:
    done = subprocess.run([*map(str, command)], cwd=cwd, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_an_adapter_of_fifteen_lines_runs_by_its_path(tmp_path: Path) -> None:
    assert len([line for line in ONE_FILE.read_text("utf-8").splitlines() if line]) <= 15
    (system,) = json.loads(
        run(sys.executable, "-m", "mempress", "run", f"{ONE_FILE}:SharedWords", *SMALL, cwd=tmp_path)
    )["systems"].values()
    assert (system["status"], system["metrics"]["max_records"]) == ("completed", 500)
    assert system["metrics"]["recall_at_k"] > 0.3, "words that are shared do find answers"


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a Python in which the package is installed, beside the mempress of these tests and what that needs."""
    directory = tmp_path_factory.mktemp("environment")
    run(find_uv_bin(), "venv", "--quiet", "--no-project", "--python", sys.executable, "e", cwd=directory)
    python = directory / "e" / "bin" / "python"
    run(find_uv_bin(), "pip", "install", "--quiet", "--no-deps", "--python", python, PACKAGE, cwd=directory)
    (site,) = (directory / "e").glob("lib/python*/site-packages")
    (site / "beside.pth").write_text(f"import site; site.addsitedir({sysconfig.get_path('purelib')!r})\n")
    return python


@pytest.mark.long
@pytest.mark.timeout(300)
class TestPackage:
    def test_it_is_listed_by_its_entry_point(self, installed: Path, tmp_path: Path) -> None:
        rows = {
            row["name"]: row for row in json.loads(run(installed, "-m", "mempress", "systems", "--json", cwd=tmp_path))
        }
        assert rows["fts5"]["ready"]
        assert rows["fts5"]["version"] == "0.1.0"
        assert "bounded" in rows["fts5"]["capabilities"]

    def test_it_keeps_the_protocol_as_its_own_tests_say(self, installed: Path, tmp_path: Path) -> None:
        own = PACKAGE / "tests"
        printed = run(installed, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-n", "2", own, cwd=tmp_path)
        assert " passed" in printed.splitlines()[-1]

    def test_it_runs_by_its_name_and_keeps_within_its_capacity(self, installed: Path, tmp_path: Path) -> None:
        results = json.loads(run(installed, "-m", "mempress", "run", "fts5", *SMALL, cwd=tmp_path))
        system = results["systems"]["fts5"]
        assert (system["status"], system["version"]) == ("completed", "0.1.0")
        assert system["metrics"]["retained_records"] == 250
        head = json.loads((tmp_path / "benchmark_results" / "runs" / "fts5" / "run.json").read_text())
        assert head["packages"]["mempress-fts5"] == "0.1.0"
