"""Systems in environments of their own, as a user meets them: listed, prepared, run, and told where that fails."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tests.cli.conftest import SOUND

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.conftest import Mempress


@pytest.fixture
def nothing_to_fetch(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty cache, and an index without a package: as on a machine without a network."""
    (tmp_path / "index").mkdir()
    monkeypatch.setenv("UV_FIND_LINKS", str(tmp_path / "index"))
    monkeypatch.setenv("UV_OFFLINE", "1")
    monkeypatch.setenv("UV_CACHE_DIR", str(tmp_path / "uv"))
    monkeypatch.setenv("MEMPRESS_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


@pytest.mark.usefixtures("nothing_to_fetch")
def test_a_system_whose_environment_fails_says_why_in_its_row_and_the_rest_runs(
    mempress: Mempress, tmp_path: Path
) -> None:
    done = mempress("run", "sqlite-vec@0.0.0", SOUND, "--max-records", "500", "--batch-size", "250", "--json")
    systems = json.loads(done.stdout)["systems"]
    failed, sound = systems["sqlite-vec@0.0.0"], systems["scripted"]
    assert (failed["status"], sound["status"]) == ("unavailable", "completed")
    assert "sqlite-vec==0.0.0" in failed["reason"]
    assert failed["reason"].isprintable()
    assert done.returncode == 3
    out = tmp_path / "benchmark_results"
    assert (out / "sqlite-vec-0.0.0_pressure_metrics.png").is_file()
    assert json.loads((out / "runs" / "sqlite-vec-0.0.0" / "run.json").read_text())["packages"] == {}
    assert "sqlite-vec@0.0.0: resolving what it requires" in done.stderr


@pytest.mark.usefixtures("nothing_to_fetch")
def test_what_cannot_be_prepared_is_told_and_the_rest_is_prepared(mempress: Mempress) -> None:
    done = mempress("env", "prepare", "sqlite-vec", "neuroca")
    failed, ready = done.stdout.splitlines()
    assert failed.startswith("sqlite-vec: ")
    assert "your requirements are unsatisfiable" in failed
    assert ready.startswith("neuroca: ready, ")
    assert done.returncode == 3


def test_prepare_asks_for_a_name(mempress: Mempress) -> None:
    done = mempress("env", "prepare")
    assert (done.returncode, done.stdout) == (2, "")
    assert "give --all" in done.stderr


def test_env_alone_still_shows_the_machine(mempress: Mempress) -> None:
    assert "cores" in json.loads(mempress("env", "--json").stdout)


def test_systems_are_listed_without_a_build_a_network_or_an_import(mempress: Mempress, nothing_to_fetch: Path) -> None:
    rows = {row["name"]: row for row in json.loads(mempress("systems", "--json").stdout)}
    assert {"neuroca", "agno", "null", "sqlite-vec"} <= set(rows)
    assert rows["neuroca"]["ready"]
    agno = rows["agno"]
    assert (agno["version"], agno["capabilities"]) == ("3.1.10", ["count", "delete", "get", "persistence"])
    assert not agno["ready"]
    assert "mempress env prepare agno" in agno["missing"]
    assert not nothing_to_fetch.exists() or not list(nothing_to_fetch.iterdir())
    lines = mempress("systems").stdout.splitlines()
    assert [line.split()[0] for line in lines if not line.startswith(" ")] == list(rows)


def test_what_runs_is_journaled_with_all_that_is_installed_beside_it(mempress: Mempress, tmp_path: Path) -> None:
    """In the interpreter of mempress itself there is no lock, but there are packages all the same."""
    done = mempress("run", SOUND, "--max-records", "500", "--batch-size", "250")
    assert done.returncode == 0
    run = tmp_path / "benchmark_results" / "runs" / "scripted"
    head = json.loads((run / "run.json").read_text())
    assert {"numpy", "msgspec"} <= set(head["packages"])
    assert head["python"]
    assert not (run / "requirements.lock").exists()


@pytest.mark.long
@pytest.mark.timeout(300)
def test_two_versions_are_two_columns_with_options_of_their_own(mempress: Mempress, tmp_path: Path) -> None:
    """An option for the name goes to both, one for a version to that alone."""
    options = ("--option", "agno.write=bulk", "--option", "agno@2.3.26.retrieval=first_n")
    done = mempress(
        "run", "agno@2.3.26", "agno@3.1.10", "--max-records", "500", "--batch-size", "250", *options, "--json"
    )
    systems = json.loads(done.stdout)["systems"]
    assert {name: (row["status"], row["version"]) for name, row in systems.items()} == {
        "agno@2.3.26": ("completed", "2.3.26"),
        "agno@3.1.10": ("completed", "3.1.10"),
    }
    for version in ("2.3.26", "3.1.10"):
        run = tmp_path / "benchmark_results" / "runs" / f"agno-{version}"
        assert json.loads((run / "run.json").read_text())["packages"]["agno"] == version
        assert f"agno=={version}" in (run / "requirements.lock").read_text()
    recall = {name: row["answers"]["by_age_records"] for name, row in systems.items()}
    assert recall["agno@2.3.26"] != recall["agno@3.1.10"], "the one gives the oldest, the other the newest"
