"""What is special about the published Neuroca: it can be missing, and then says so."""

from __future__ import annotations

import json
from importlib.util import find_spec
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner
from tests.systems.driven import DrivenError

from mempress.cli.systems import command
from mempress.systems.shipped import read_project

if TYPE_CHECKING:
    from pathlib import Path

    from tests.systems.conftest import Drive

NAME = "neuroca-published"
missing = pytest.mark.skipif(find_spec("neuroca") is not None, reason="the published Neuroca is installed here")


@missing
def test_the_list_of_systems_says_what_is_missing() -> None:
    told = CliRunner().invoke(command, ["--json"], standalone_mode=False)
    (row,) = [row for row in json.loads(told.stdout) if row["name"] == NAME]
    assert (row["ready"], row["version"]) == (False, None)
    assert row["missing"] == "it is on no package index: it runs where neuroca is installed beside mempress"


@missing
def test_it_refuses_to_open_where_it_is_not_installed(drive: Drive, tmp_path: Path) -> None:
    with pytest.raises(DrivenError, match="the published Neuroca is not installed here, and is on no package index"):
        drive(NAME, tmp_path)


def test_a_project_may_name_what_a_user_has_to_install(tmp_path: Path) -> None:
    path = tmp_path / "system.toml"
    path.write_text('package = "a"\nrequirements = []\ninstalled = "a"\n[systems]\n')
    assert read_project(path).installed == "a"
