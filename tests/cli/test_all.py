"""``mempress run --all --table``: every system that ships in one comparison, whatever becomes of each."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from mempress.cli.run import with_all
from mempress.systems.registry import shipped_systems
from tests.cli.conftest import SOUND

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.conftest import Mempress


def test_all_are_those_of_the_registry_but_its_controls_beside_those_named() -> None:
    everything = with_all((SOUND, "neuroca"))
    assert set(everything) == set(shipped_systems()) - {"null"} | {SOUND}
    assert len(set(everything)) == len(everything)
    assert len(everything) >= 15
    assert len({project.package for name, (project, _) in shipped_systems().items() if name in everything}) >= 9


def test_a_table_is_written_by_a_run_and_by_a_later_report(mempress: Mempress, tmp_path: Path) -> None:
    small = ("--max-records", "400", "--batch-size", "200", "--queries", "5", "--out", "out")
    done = mempress("run", SOUND, *small, "--time-limit", "0.000001", "--table", "pages/table.md")
    assert done.returncode == 0, "a system that is out of time lives"
    text = (tmp_path / "pages" / "table.md").read_text("utf-8")
    assert "| scripted | n/a | out of time | 200 |" in text
    assert "table.md" in done.stderr
    assert mempress("report", "out", "--table", "again.md").returncode == 0
    assert (tmp_path / "again.md").read_text("utf-8") == text


@pytest.mark.long
@pytest.mark.timeout(600)
def test_without_a_network_every_system_has_its_row_and_says_why_it_could_not_start(
    mempress: Mempress, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No environment can be built: what needs none runs all the same."""
    (tmp_path / "index").mkdir()
    for name, value in {"UV_FIND_LINKS": "index", "UV_CACHE_DIR": "uv", "MEMPRESS_CACHE": "cache"}.items():
        monkeypatch.setenv(name, str(tmp_path / value))
    monkeypatch.setenv("UV_OFFLINE", "1")
    small = ("--max-records", "200", "--batch-size", "100", "--queries", "5", "--out", "out")
    done = mempress("run", "--all", *small, "--table", "table.md")
    assert done.returncode == 3
    systems = json.loads((tmp_path / "out" / "results.json").read_text("utf-8"))["systems"]
    assert set(systems) == set(with_all(()))
    assert {name for name, row in systems.items() if row["status"] == "completed"} == {"neuroca", "plain-list"}
    text = (tmp_path / "table.md").read_text("utf-8")
    for name, row in systems.items():
        assert f"| {name} | " in text
        if row["status"] != "completed":
            assert row["status"] == "unavailable"
            assert any(why in row["reason"] for why in ("requirements", "network", "is not installed here"))
