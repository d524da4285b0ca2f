"""How well the detectors did on a run of which something is known."""

from __future__ import annotations

from typing import Literal

import msgspec


class DetectorScore(msgspec.Struct, frozen=True, kw_only=True):
    """Counts of events found, known to be true, and matched within one sample."""

    found: int
    known: int
    matched: int
    precision: float | None
    """None: nothing was found."""
    recall: float | None
    """None: nothing is known to have happened."""


class DetectorOnRun(msgspec.Struct, frozen=True, kw_only=True):
    """Both detectors against the truth: the script of a control, or the testimony of a system."""

    truth: Literal["script", "testimony"]
    testified_samples: int
    """At how many samples the system had testified to maintenance since the one before."""
    statistical: DetectorScore
    threshold: DetectorScore
    too_small: int = 0
    """At how many samples all that was done touched under a hundredth of what was held: neither true nor false."""
