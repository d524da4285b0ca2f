"""How systems are told apart, in every picture and page the same: a colour, a marker and a dash for each.

The hues are Okabe and Ito's, which people of every colour vision tell apart, darkened where they would be too faint on
white. A system's place follows from its name, so that it looks the same in the next report; only where two names fall
on one place does the later one take the next.
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


@dataclass(frozen=True, slots=True)
class Look:
    """``light`` and ``dark`` are the colours on a light and on a dark ground; ``marker`` is matplotlib's letter.

    ``dash`` gives the lengths of strokes and gaps, in line widths; empty: a whole line.
    """

    slot: int
    light: str
    dark: str
    marker: str
    dash: tuple[float, ...]


LOOKS: tuple[Look, ...] = (
    Look(0, "#0072b2", "#56a8e8", "o", ()),
    Look(1, "#b5450f", "#ff9a66", "*", (4.0, 1.5, 1.5, 1.5, 1.5, 1.5)),
    Look(2, "#00875f", "#3ccf9f", "^", (1.5, 1.5)),
    Look(3, "#a8508a", "#e79ac8", "D", (6.0, 2.0, 1.5, 2.0)),
    Look(4, "#2a8fc7", "#a5dcff", "v", (3.0, 1.5)),
    Look(5, "#7a6a00", "#dccb4a", "P", (8.0, 2.0)),
    Look(6, "#5b6470", "#b4bec9", "X", (2.0, 3.0)),
    Look(7, "#c67600", "#f0a830", "s", (5.0, 2.0)),
)


def looks(systems: Iterable[str]) -> dict[str, Look]:
    """Give each system its look; the first eight of a report look unlike each other."""
    found: dict[str, Look] = {}
    for system in systems:
        preferred = zlib.crc32(system.encode("utf-8", "surrogatepass")) % len(LOOKS)
        taken = {look.slot for look in found.values()} if len(found) < len(LOOKS) else set()
        order = (LOOKS[(preferred + step) % len(LOOKS)] for step in range(len(LOOKS)))
        found[system] = next(look for look in order if look.slot not in taken)
    return found
