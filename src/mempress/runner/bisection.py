"""Finds where a question's answer turns, in as few questions as may be, from any first guess. Pure: it asks nobody."""

from __future__ import annotations

import math


class Bisection:
    """Looks for the edge between the whole numbers at which something holds and those at which it fails.

    From ``guess`` on, it steps towards the side that is not known yet, twice as far each time; between two known sides
    it halves. It is done when they are ``resolution`` apart, as a share of the one that holds, or ``least_step``.
    ``rising``: what holds at a number holds at all larger ones (memory); else at all smaller ones (records).
    """

    def __init__(  # noqa: PLR0913 - each is a term of the question, named at the call
        self, guess: int, *, rising: bool, resolution: float, low: int, high: int, least_step: int = 1
    ) -> None:
        self._guess = min(max(guess, low), high)
        self._rising = rising
        self._resolution = resolution
        self._ends = low, high
        self._least_step = least_step
        self._step = max(least_step, math.floor(self._guess * resolution))
        self.holds: int | None = None
        self.fails: int | None = None

    @property
    def question(self) -> int | None:
        """The number to ask next; None: done, or an end of the range was reached (then one side stays unknown)."""
        if self.holds is None and self.fails is None:
            return self._guess
        if self.holds is not None and self.fails is not None:
            near = abs(self.fails - self.holds) <= max(self._least_step, self.holds * self._resolution)
            return None if near else (self.holds + self.fails) // 2
        return self._beyond()

    def answer(self, number: int, *, holds: bool) -> None:
        """Take the answer to a question, or one that is known beforehand."""
        if (self.holds, self.fails) != (None, None):
            self._step *= 2
        if holds:
            self.holds = number
        else:
            self.fails = number

    def _beyond(self) -> int | None:
        """Give the next number on the side that is not known, or None at the end of the range."""
        known = self.fails if self.holds is None else self.holds
        assert known is not None  # noqa: S101 - one side is known here
        up = (self.holds is None) == self._rising
        low, high = self._ends
        wanted = min(known + self._step, high) if up else max(known - self._step, low)
        return None if wanted == known else wanted
