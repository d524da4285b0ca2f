"""How systems are told apart, in every picture and page the same: a colour, a marker and a dash for each.

The colours are after Okabe and Ito's; a test holds them apart for people who see fewer colours, and from the ground.
A system's place follows from its name, so that it looks the same in the next report; only where two names fall
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
    Look(0, "#0068b8", "#3f8ff5", "o", ()),
    Look(1, "#c23a12", "#f46a3a", "*", (4.0, 1.5, 1.5, 1.5, 1.5, 1.5)),
    Look(2, "#0f9065", "#2fdca0", "^", (1.5, 1.5)),
    Look(3, "#aa72b8", "#dd95dd", "D", (6.0, 2.0, 1.5, 2.0)),
    Look(4, "#2f8fe6", "#cdf4ff", "v", (3.0, 1.5)),
    Look(5, "#2f4a12", "#fbf07a", "P", (8.0, 2.0)),
    Look(6, "#2f3f66", "#77a48f", "X", (2.0, 3.0)),
    Look(7, "#cc7018", "#ffb02b", "s", (5.0, 2.0)),
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
