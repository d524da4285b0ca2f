"""A project's lock is made of its requirements, holds for every platform, and keeps what it already pins."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING

from mempress.environments.lock import lock_project
from mempress.systems.shipped import read_project
from tests.environments.wheels import write_wheel

if TYPE_CHECKING:
    from tests.environments.conftest import MakeSystem

ROOT = Path(__file__).parents[2]


def test_a_lock_names_every_package_with_its_hash_and_keeps_what_still_fits(
    make_system: MakeSystem, index: Path
) -> None:
    project = make_system().project
    assert project is not None
    digest = write_wheel(index, "tiny", "1.0", "helper", "elsewhere; sys_platform == 'win32'")
    first = write_wheel(index, "helper", "1.0")
    write_wheel(index, "elsewhere", "1.0")
    project.lock.unlink()
    lock_project(project)
    text = project.lock.read_text("utf-8")
    assert re.findall(r"^\S+==\S+", text, re.MULTILINE) == ["elsewhere==1.0", "helper==1.0", "tiny==1.0"]
    assert f"--hash=sha256:{digest}" in text
    assert f"--hash=sha256:{first}" in text
    assert "sys_platform == 'win32'" in text, "what only another platform needs is in it, with its condition"
    write_wheel(index, "helper", "2.0")
    lock_project(project)
    assert read_project(project.directory / "system.toml").locked_version("Helper") == "1.0"


def test_make_sets_up_the_uv_that_builds_environments() -> None:
    makefile = (ROOT / "Makefile").read_text("utf-8")
    version = re.search(r"^UV_VERSION := (\S+)$", makefile, re.MULTILINE)
    dependencies = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["dependencies"]
    assert version is not None
    assert f"uv=={version[1]}" in dependencies
