"""Which faults a run is to suffer, and when: ``NAME@PHASE:SHARE``, such as ``kill@load:0.5``."""

from __future__ import annotations

from dataclasses import dataclass
from difflib import get_close_matches
from typing import Literal, get_args

from mempress.errors import UsageError

FaultName = Literal["kill", "restart", "disk-full", "slow-disk", "clock-jump", "churn"]
FaultPhase = Literal["load", "post_recovery"]
NAMES: tuple[FaultName, ...] = get_args(FaultName)
PHASES: tuple[FaultPhase, ...] = get_args(FaultPhase)


@dataclass(frozen=True, slots=True)
class FaultSpec:
    """A fault that falls at the batch that holds the record at ``share``, in [0, 1], of those the phase may offer."""

    name: FaultName
    phase: FaultPhase
    share: float

    def __str__(self) -> str:
        return f"{self.name}@{self.phase}:{self.share:g}"

    def ordinal(self, first: int, count: int) -> int:
        """Give the record at which it falls, of a phase that may offer ``count`` records from ``first`` on."""
        return first + min(int(self.share * count), max(0, count - 1))


def parse_fault(text: str) -> FaultSpec:
    """Read ``NAME@PHASE:SHARE``.

    Raises:
        UsageError: the form, the name, the phase or the share is wrong; the text says what is right.
    """
    name, at, place = text.partition("@")
    phase, colon, share_text = place.partition(":")
    if not (at and colon and name and phase and share_text):
        raise UsageError(f"--fault {text!r}: write NAME@PHASE:SHARE, such as kill@load:0.5.")
    if name not in NAMES:
        raise UsageError(f"--fault {text!r}: there is no fault {name!r}.{_near(name, NAMES)}")
    if phase not in PHASES:
        raise UsageError(
            f"--fault {text!r}: no fault falls in a phase {phase!r}.{_near(phase, PHASES)} post_recovery is the load "
            "after a recovery, which only a system that saturates comes to."
        )
    share = _share(share_text)
    if share is None:
        raise UsageError(f"--fault {text!r}: {share_text!r} is no share: give a number from 0 to 1, such as 0.5.")
    return FaultSpec(name, phase, share)


def _share(text: str) -> float | None:
    try:
        share = float(text)
    except ValueError:
        return None
    return share if 0.0 <= share <= 1.0 else None  # not-a-number fails the comparison


def _near(word: str, known: tuple[str, ...]) -> str:
    close = get_close_matches(word, known, n=1)
    meant = f" Did you mean {close[0]}?" if close else ""
    return f"{meant} Known: {', '.join(known)}."
