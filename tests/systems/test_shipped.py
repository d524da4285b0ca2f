"""Every project that ships: its data is sound and true, and its systems keep the protocol in their own environment."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tomllib
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from tests.systems.cost import cost_of, patience_seconds

from mempress.environments import is_ready, prepare
from mempress.errors import AdapterError
from mempress.systems.protocol import METHOD_OF_CAPABILITY
from mempress.systems.registry import find_system, shipped_systems
from mempress.systems.shipped import canonical, read_project, shipped_projects
from mempress.testing.offline import NOT_PERMITTED

if TYPE_CHECKING:
    from mempress.systems.shipped import Project

ROOT = Path(__file__).parents[2]
PROJECTS = [pytest.param(project, id=project.name) for project in shipped_projects() if project.requirements]
NAMES = list(shipped_systems())
PIN = re.compile(r"(?P<name>[A-Za-z0-9._-]+)(\[[^]]*\])?==(?P<version>[^\s;]+)")


@pytest.mark.parametrize("project", PROJECTS)
def test_the_lock_names_what_is_required_with_hashes_and_no_index(project: Project) -> None:
    lock = project.lock.read_text("utf-8")
    for requirement in project.requirements:
        name = re.match(r"[A-Za-z0-9._-]+", requirement)
        assert name is not None
        locked = project.locked_version(name.group())
        assert locked is not None, f"{name.group()} is not locked: run make lock"
        if pin := PIN.match(requirement):
            assert locked == pin["version"], f"{requirement} is locked at {locked}: run make lock"
    assert "://" not in lock
    assert "index-url" not in lock
    pins = re.findall(r"^\S+==", lock, re.MULTILINE)
    assert len(re.findall(r"==[^\n]*\\\n    --hash=sha256:", lock)) == len(pins)


@pytest.mark.parametrize("project", PROJECTS)
def test_each_version_shown_is_that_of_a_locked_package(project: Project) -> None:
    for offer in project.offers:
        assert project.locked_version(offer.package), f"{offer.name}: {offer.package} is not in the lock"


@pytest.mark.parametrize("name", NAMES)
def test_each_system_tells_what_it_is_in_known_words(name: str) -> None:
    _, offer = shipped_systems()[name]
    assert re.fullmatch(r"[a-z][a-z0-9-]*", name)
    assert offer.summary
    assert set(offer.capabilities) <= set(METHOD_OF_CAPABILITY)
    module, _, _ = offer.target.partition(":")
    source = (ROOT / "src").joinpath(*module.split("."))
    assert source.with_suffix(".py").is_file() or (source / "__init__.py").is_file()


@pytest.mark.parametrize("project", PROJECTS)
def test_each_project_has_its_page(project: Project) -> None:
    assert (ROOT / "docs" / "systems" / f"{project.name.replace('_', '-')}.md").is_file()


def test_no_project_s_package_is_in_the_environment_of_mempress() -> None:
    lock = (ROOT / "requirements.lock").read_text("utf-8")
    own = {canonical(name) for name in re.findall(r"^([A-Za-z0-9._-]+)==", lock, re.MULTILINE)}
    offered = {canonical(offer.package) for project in shipped_projects() for offer in project.offers}
    assert not own & offered
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["optional-dependencies"]
    wanted = {canonical(re.split(r"[^A-Za-z0-9._-]", text)[0]) for texts in extras.values() for text in texts}
    assert not wanted & offered


@pytest.fixture(params=[pytest.param(name, marks=cost_of(name)) for name in NAMES])
def prepared(request: pytest.FixtureRequest) -> str:
    """The name of each system, its environment built: what follows has no network."""
    name: str = request.param
    reference = find_system(name)
    if reference.project is not None and reference.project.installed and not find_spec(reference.project.installed):
        pytest.skip(f"it is on no package index, and {reference.project.installed} is not installed beside mempress")
    if reference.project is not None and reference.project.heavy and not is_ready(reference):
        pytest.skip(f"its environment is large: build it with mempress env prepare {name}")
    prepare(reference, lambda _: None)
    return name


@pytest.mark.timeout(3600)
def test_it_keeps_the_protocol_without_a_network(prepared: str) -> None:
    if prepared == "null":
        pytest.skip("it keeps nothing, which is what it is for")
    checked = offline("check", prepared, "--timeout", str(patience_seconds(prepared)))
    assert checked.returncode == 0, checked.stdout + checked.stderr


@pytest.mark.timeout(3600)
def test_it_runs_without_a_network_and_asks_for_none_and_declares_what_its_data_tells(
    prepared: str, tmp_path: Path
) -> None:
    ran = offline("run", prepared, "--max-records", "200", "--batch-size", "100", "--out", str(tmp_path))
    assert ran.returncode == 0, ran.stdout + ran.stderr
    project, offer = shipped_systems()[prepared]
    (summary,) = json.loads((tmp_path / "results.json").read_text())["systems"].values()
    assert summary["status"] in ("completed", "saturated")
    assert summary["errors"] == []
    assert summary["capabilities"] == list(offer.capabilities)
    assert summary["metrics"]["max_records"] == 200
    if project.requirements:
        assert summary["version"] == project.locked_version(offer.package)


def offline(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Run mempress where the kernel lets nothing beyond this machine be reached, if it can be had."""
    command = [sys.executable, "-m", "mempress", *arguments]
    for isolated in ([sys.executable, "-m", "mempress.testing.offline", *command], command):
        done = subprocess.run(isolated, capture_output=True, text=True, check=False)
        if done.returncode != NOT_PERMITTED:
            break
    return done


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("package = ", "Invalid value"),
        ("requirements = []\n[systems.a]\n", "KeyError: 'package'"),
        ('package = "a"\nrequirements = []\nextra = 1\n[systems.a]\n', "unknown keys extra; known are"),
        ('package = "a"\nrequirements = []\n[systems.a]\nclass = "b:C"\n', "KeyError: 'summary'"),
    ],
)
def test_a_description_that_is_wrong_is_told_with_its_file(tmp_path: Path, text: str, words: str) -> None:
    path = tmp_path / "system.toml"
    path.write_text(text)
    with pytest.raises(AdapterError, match=rf"{re.escape(str(path))}: .*{words}"):
        read_project(path)
