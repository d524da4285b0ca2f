"""The three things that can come of a check, and how its steps say so."""

from __future__ import annotations

from dataclasses import dataclass


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


def require(condition: object, reason: str) -> None:
    """Fail the check with this reason unless the condition holds."""
    if not condition:
        raise ViolationError(reason)
