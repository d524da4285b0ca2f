"""What tests of shipped systems share: each runs in its own environment, built once in the cache."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

import pytest
from tests.systems.driven import Driven, Stable

from mempress.systems.registry import find_system

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from mempress.systems.registry import SystemReference


class Drive(Protocol):
    """Opens a system, by name or by reference, on a workdir, with options."""

    def __call__(self, system: str | SystemReference, workdir: Path, **options: Any) -> Driven: ...


@pytest.fixture(scope="module")
def drive() -> Iterator[Drive]:
    """Open systems; their processes end with the module, before a test that counts the children of its own process."""
    stable = Stable()

    def opened(system: str | SystemReference, workdir: Path, **options: Any) -> Driven:
        return Driven(stable, find_system(system) if isinstance(system, str) else system, workdir, options)

    yield opened
    stable.end()
