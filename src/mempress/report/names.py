"""File names of a report; whatever a system is called, its picture stays in the report's directory."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

MARKDOWN = "memory_pressure_report.md"
HTML = "memory_pressure_report.html"
COMPARISON = "pressure_comparison.png"
"""The picture of all systems; no picture of one can bear this name."""
_LONGEST = 60
_UNSAFE = re.compile(r"[^A-Za-z0-9._-]+")


def picture_names(systems: Iterable[str]) -> dict[str, str]:
    """Give the file name of each system's picture: ``NAME_pressure_metrics.png``, no two the same."""
    names: dict[str, str] = {}
    taken: set[str] = set()
    for system in systems:
        slug = _UNSAFE.sub("-", system)[:_LONGEST].strip(".-") or "system"
        free, number = slug, 1
        while free.casefold() in taken:
            number += 1
            free = f"{slug}-{number}"
        taken.add(free.casefold())
        names[system] = f"{free}_pressure_metrics.png"
    return names


def as_svg(picture: str) -> str:
    """Give the name of the same picture as SVG."""
    return f"{picture.removesuffix('.png')}.svg"
