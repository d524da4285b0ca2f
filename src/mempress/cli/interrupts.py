"""Ctrl-C and SIGTERM end what goes on, and not the command: what was measured until then is still reported."""

from __future__ import annotations

import signal
from typing import TYPE_CHECKING, NoReturn, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

_SIGNALLED = 128
_T = TypeVar("_T")


def until_stopped(steps: Iterable[_T], take: Callable[[_T], None]) -> int:
    """Take step after step until the last or a signal; gives 0, or the exit status that tells of the signal."""
    signal.signal(signal.SIGTERM, _interrupt)
    try:
        for step in steps:
            take(step)
    except _InterruptedError as stop:
        return _SIGNALLED + stop.signal
    except KeyboardInterrupt:
        return _SIGNALLED + signal.SIGINT
    return 0


class _InterruptedError(KeyboardInterrupt):
    def __init__(self, number: int) -> None:
        super().__init__()
        self.signal = number


def _interrupt(number: int, _: object) -> NoReturn:
    raise _InterruptedError(number)
