"""What a soak is told to do: for how long, with how many records held, and how that number is kept."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Literal

import msgspec

from mempress.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

Hold = Literal["auto", "capacity", "delete", "search"]
"""How the live set stays constant: the system's own capacity, the harness's deletes, or nothing more is stored."""
Order = Literal["oldest", "random"]
"""Which records the harness deletes."""

_DURATION = re.compile(r"(?P<number>\d+(\.\d+)?)\s*(?P<unit>[smhd])")
_UNIT_SECONDS = {"s": 1, "m": 60, "h": 3_600, "d": 86_400}
_MOST_SECONDS = 366 * 86_400
_MOST_RECORDS = 100_000_000
_MOST_PAUSE_SECONDS = 86_400


class SoakTerms(msgspec.Struct, frozen=True, kw_only=True):
    """The terms of a soak.

    It begins once ``live_records`` are held. ``hold`` auto: by capacity where the system is ``bounded``, by deletes
    where it has ``delete``, else by searches alone. ``pause_seconds`` are waited between two batches.
    """

    duration_seconds: float
    live_records: int = 10_000
    hold: Hold = "auto"
    order: Order = "oldest"
    pause_seconds: float = 0.0

    def __post_init__(self) -> None:
        if not 1.0 <= self.duration_seconds <= _MOST_SECONDS:
            raise UsageError(f"--duration is {self.duration_seconds:g} s: give 1s to 366d.")
        if not 1 <= self.live_records <= _MOST_RECORDS:
            raise UsageError(f"--live-records is {self.live_records}: give 1 to {_MOST_RECORDS:,}.")
        if not 0.0 <= self.pause_seconds <= _MOST_PAUSE_SECONDS:
            raise UsageError(f"--pause is {self.pause_seconds:g} s: give 0 to {_MOST_PAUSE_SECONDS:,} s.")

    @property
    def pool_records(self) -> int:
        """How many different records it cycles through: so many that no two copies of one are live at a time."""
        return max(2 * self.live_records, _LEAST_POOL)


_LEAST_POOL = 10_000
_NEEDED: Mapping[Hold, str] = {"capacity": "bounded", "delete": "delete"}
"""The capability that each way needs, the better way first."""


def hold_of(terms: SoakTerms, capabilities: Collection[str]) -> Hold:
    """Give how a system's live set is kept: never ``auto``, and ``search`` where it lacks what was asked for."""
    able: tuple[Hold, ...] = tuple(hold for hold, needed in _NEEDED.items() if needed in capabilities)
    if terms.hold == "auto":
        return able[0] if able else "search"
    return terms.hold if terms.hold in able else "search"


def parse_duration(text: str) -> float:
    """Read a duration such as ``30s``, ``10m``, ``8h`` or ``7d``; gives seconds.

    Raises:
        UsageError: it is none.
    """
    match = _DURATION.fullmatch(text.strip().lower())
    if match is None:
        raise UsageError(f"{text!r} is no duration: write a number with s, m, h or d, such as 10m.")
    return float(match["number"]) * _UNIT_SECONDS[match["unit"]]
