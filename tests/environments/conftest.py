"""A cache of its own for each test, and projects whose packages lie in a directory."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Protocol

import pytest

from mempress.systems.registry import SystemReference
from mempress.systems.shipped import read_project
from tests.environments.wheels import write_wheel

if TYPE_CHECKING:
    from pathlib import Path


class MakeSystem(Protocol):
    """Gives a system of a project that requires a package of the index, locked with its hash."""

    def __call__(self, package: str = ..., version: str = ..., digest: str | None = ...) -> SystemReference: ...


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The cache of environments: empty, and of this test alone."""
    monkeypatch.setenv("MEMPRESS_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


@pytest.fixture
def index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The only place where uv looks for packages."""
    directory = tmp_path / "index"
    directory.mkdir()
    monkeypatch.setenv("UV_FIND_LINKS", str(directory))
    monkeypatch.setenv("UV_OFFLINE", "1")
    monkeypatch.setenv("UV_CACHE_DIR", str(tmp_path / "uv"))
    return directory


@pytest.fixture
def make_system(tmp_path: Path, cache: Path, index: Path) -> MakeSystem:
    def make(package: str = "tiny", version: str = "1.0", digest: str | None = None) -> SystemReference:
        known = write_wheel(index, package, version) if digest is None else digest
        directory = tmp_path / "project"
        directory.mkdir(exist_ok=True)
        (directory / "system.toml").write_text(
            f'package = "{package}"\nrequirements = ["{package}=={version}"]\n[variables]\nQUIET = "yes"\n'
            f'[systems.{package}]\nclass = "adapter:Adapter"\nsummary = "nothing"\ncapabilities = []\n'
        )
        (directory / "requirements.lock").write_text(f"{package}=={version} \\\n    --hash=sha256:{known}\n")
        project = read_project(directory / "system.toml")
        return SystemReference(package, package, True, "adapter:Adapter", project, project.offers[0])

    return make


def at(reference: SystemReference, version: str) -> SystemReference:
    spec = f"{reference.name}@{version}"
    return replace(reference, spec=spec, label=spec, version=version)
