"""The conformance suite as tests: each check one test item.

    from mempress.testing.pytest_plugin import ConformanceSuite

    class TestMyMemory(ConformanceSuite):
        target = "my_package.memory:MyMemory"

A check that does not apply is skipped with its reason. Nothing has to be registered with pytest.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, ClassVar

import pytest

from mempress.testing.conformance import Check, Failed, NotApplicable, all_checks, run_check

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mempress.systems.protocol import JSON


class ConformanceSuite:
    """Derive a test class from it and name the target, as ``mempress check`` takes it, or the adapter class.

    A fixture of the derived class may set ``options`` on the class, where they are known only once a server runs.
    """

    __test__ = False
    target: ClassVar[str | type]
    options: ClassVar[Mapping[str, JSON]] = MappingProxyType({})
    timeout_seconds: ClassVar[float] = 30.0

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        if not hasattr(cls, "target"):
            raise TypeError(f"{cls.__name__} names no target: write target = 'package.module:Class' in it.")
        cls.__test__ = True

    @pytest.mark.parametrize("check", all_checks(), ids=lambda check: check.name)
    def test_conformance(self, check: Check) -> None:
        """Put the target through one check."""
        outcome = run_check(check, self.target, dict(self.options), timeout_seconds=self.timeout_seconds)
        if isinstance(outcome, Failed):
            pytest.fail(f"{check.title}: {outcome.reason}", pytrace=False)
        if isinstance(outcome, NotApplicable):
            pytest.skip(outcome.reason)
