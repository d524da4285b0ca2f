"""What tests of shipped systems share: each runs in its own environment, built once in the cache."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

import pytest
from tests.systems.driven import Driven, Stable

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


class Drive(Protocol):
    """Opens a system by name on a workdir, with options."""

    def __call__(self, spec: str, workdir: Path, **options: Any) -> Driven: ...


@pytest.fixture(scope="module")
def drive() -> Iterator[Drive]:
    """Open systems; their processes end with the module, before a test that counts the children of its own process."""
    stable = Stable()
    yield lambda spec, workdir, **options: Driven(stable, spec, workdir, options)
    stable.end()
