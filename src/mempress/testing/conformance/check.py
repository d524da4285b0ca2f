"""What a check is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mempress.testing.conformance.outcome import (
    CannotTellError,
    Failed,
    NotApplicable,
    Outcome,
    Passed,
    ViolationError,
)

if TYPE_CHECKING:
    from mempress.testing.conformance.driver import Driver

Step = Callable[["Driver"], None]
"""Part of a check: returns where all is well, raises Violation or CannotTell."""


@dataclass(frozen=True, slots=True)
class Check:
    """One property of the protocol.

    ``needs`` are the capabilities without which it says nothing; ``prepare`` runs before it, in a process of its
    own that ends before the check begins, on the same workdirs. Where a ``basic`` one fails, the others are not tried.
    """

    name: str
    title: str
    needs: frozenset[str]
    body: Step
    prepare: Step | None = None
    basic: bool = False

    def run(self, driver: Driver, *, preparing: bool = False) -> Outcome:
        """Put the driver's adapter through the check, or through its preparation."""
        step = self.prepare if preparing else self.body
        missing = sorted(self.needs - driver.capabilities())
        if missing:
            return NotApplicable(f"it does not declare {' or '.join(map(repr, missing))}")
        driver.needs = self.needs
        try:
            if step is not None:
                step(driver)
        except ViolationError as violation:
            return Failed(str(violation))
        except CannotTellError as why:
            return NotApplicable(str(why))
        return Passed()


def check(*needs: str, prepare: Step | None = None, basic: bool = False) -> Callable[[Step], Check]:
    """Make a check of a function: its name is the check's, the first line of its docstring the title."""

    def make(body: Step) -> Check:
        lines = (body.__doc__ or "").strip().splitlines()
        if not lines:
            raise TypeError(f"The check {body.__name__} has no docstring: its first line is the check's title.")
        return Check(body.__name__, lines[0].rstrip("."), frozenset(needs), body, prepare, basic)

    return make
