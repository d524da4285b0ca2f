"""What a check is, and the three things that can come of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mempress.testing.conformance.driver import Driver

Step = Callable[["Driver"], None]
"""Part of a check: returns where all is well, raises Violation or CannotTell."""


@dataclass(frozen=True, slots=True)
class Passed:
    """The adapter keeps the property."""


@dataclass(frozen=True, slots=True)
class Failed:
    """The adapter breaks the property; the reason says what was expected and what came."""

    reason: str


@dataclass(frozen=True, slots=True)
class NotApplicable:
    """The property says nothing of this adapter, or cannot be seen on it; the reason says why."""

    reason: str


Outcome = Passed | Failed | NotApplicable


class ViolationError(Exception):
    """The property is broken; the text is the reason."""


class CannotTellError(Exception):
    """The property cannot be seen on this adapter; the text is the reason."""


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


def require(condition: object, reason: str) -> None:
    """Fail the check with this reason unless the condition holds."""
    if not condition:
        raise ViolationError(reason)
