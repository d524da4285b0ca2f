"""What ``mempress init`` lays down runs as it stands, and a file of settings is refused with its line."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

from mempress.cli.init import ADAPTER, SETTINGS, command, settings_text
from mempress.cli.run import command as run_command
from mempress.cli.settings_file import settings_of

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def started(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    done = CliRunner().invoke(command, [str(tmp_path / "mine")], standalone_mode=False)
    assert done.exception is None
    monkeypatch.chdir(tmp_path / "mine")
    return tmp_path / "mine"


def test_its_files_run_as_they_stand(started: Path) -> None:
    small = ["--max-records", "60", "--batch-size", "20", "--json"]
    done = CliRunner(catch_exceptions=False).invoke(run_command, ["--config", SETTINGS, *small], standalone_mode=False)
    found = json.loads(done.stdout)
    assert found["config"]["max_records"] == 60, "the command line goes before the file"
    assert {name: system["metrics"]["retained_records"] for name, system in found["systems"].items()} == {
        "neuroca": 30,
        "my-memory": 60,
    }


def test_no_file_that_exists_is_touched(started: Path) -> None:
    (started / ADAPTER).write_text("mine", "utf-8")
    (started / SETTINGS).unlink()
    done = CliRunner().invoke(command, [], standalone_mode=False)
    assert f"{ADAPTER} is there already" in str(done.exception)
    assert (started / ADAPTER).read_text("utf-8") == "mine"
    assert not (started / SETTINGS).exists()


def test_each_setting_stands_in_the_file_and_what_is_a_comment_is_the_default(tmp_path: Path) -> None:
    lines = settings_text().splitlines()
    defaults = [line.removeprefix("# ") for line in lines if line.startswith("# ") and " = " in line]
    assert {line.partition(" = ")[0] for line in [*lines, *defaults]} >= set(settings_of(run_command)) - {
        "resume",
        "json",
    }
    file = tmp_path / "defaults.toml"
    file.write_text("\n".join(line for line in defaults if not line.endswith("= ...")), "utf-8")
    assert len(file.read_text("utf-8").splitlines()) > 12
    with_file = run_command.make_context("run", ["--config", str(file)]).params
    assert with_file | {"config_file": None} == run_command.make_context("run", []).params


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("max-records = 100\nmax_recrods = 3\n", "settings.toml, line 2: unknown key 'max_recrods'"),
        ('\n\nmax-records = "many"\n', "line 3: max-records: 'many' is not a valid integer"),
        ("max-records = true\n", "line 1: max-records: true and false are for switches"),
        ("batch-size = 2.5\n", "line 1: batch-size: 2.5 is no whole number"),
        ("max-records = 10\nresume = 1\n", "line 2: resume: true and false are for switches"),
        ('fault = "kill@load:0.5"\n', "line 1: fault: give a list"),
        ("seed = [1]\n", "line 1: seed: give one value"),
        ("[options]\nagno = 1\n", "line 1: unknown key 'options'"),
        ('capacity-bytes = "huge"\n', "line 1: capacity-bytes: 'huge' is no size"),
        ("seed = \n", "line 1, column"),
    ],
)
def test_what_is_wrong_in_a_file_is_named_with_its_line(text: str, said: str, tmp_path: Path) -> None:
    (tmp_path / "settings.toml").write_text(text, "utf-8")
    done = CliRunner().invoke(run_command, ["--config", str(tmp_path / "settings.toml"), "--out", str(tmp_path / "o")])
    assert done.exit_code == 2
    assert said in " ".join(done.stderr.split())
    assert not (tmp_path / "o").exists(), "nothing was started"


def test_options_that_are_given_several_times_are_lists_in_a_file(tmp_path: Path) -> None:
    lines = ['systems = ["null"]', "max-records = 20", "batch-size = 10", 'fail-if = ["null.max_records > 5"]']
    (tmp_path / "settings.toml").write_text("\n".join(lines), "utf-8")
    arguments = ["--config", str(tmp_path / "settings.toml"), "--out", str(tmp_path / "o"), "--json"]
    done = CliRunner(catch_exceptions=False).invoke(run_command, arguments, standalone_mode=False)
    assert done.return_value == 4
    assert list(json.loads(done.stdout)["systems"]) == ["null"]
