"""What a record or a probe may hold, whatever file it comes from: a check gives a problem with its remedy, or None."""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from mempress.systems.protocol import JSON

MAX_TEXT_BYTES = 1 << 20
"""A text is at most 1 MiB of UTF-8: more is a document, which a memory system would be handed in parts."""
_SURROGATE = re.compile("[\ud800-\udfff]")


class Problem(NamedTuple):
    """What is wrong, and what to do about it."""

    what: str
    remedy: str


def text_problem(name: str, value: JSON) -> Problem | None:
    """Check a text (a record's text or id, a probe): a string, not blank, encodable, without NUL, at most 1 MiB."""
    if not isinstance(value, str):
        return Problem(f"{name} is {kind_of(value)}, not a string", f"Write {name} as a JSON string.")
    if not value or value.isspace():
        return Problem(f"{name} is {'blank' if value else 'empty'}", f"Give {name} some words or remove the line.")
    if (problem := character_problem(name, value)) is not None:
        return problem
    size = len(value) if value.isascii() else len(value.encode())
    if size > MAX_TEXT_BYTES:
        return Problem(
            f"{name} has {size:,} bytes, over the limit of {MAX_TEXT_BYTES:,}", "Split it into several records."
        )
    return None


def character_problem(name: str, value: str) -> Problem | None:
    """Check for what cannot be stored alike everywhere: lone surrogates (no UTF-8) and NUL (refused by databases)."""
    if not value.isascii() and (found := _SURROGATE.search(value)):
        return Problem(
            f"{name} holds a lone surrogate (U+{ord(found[0]):04X} at character {found.start() + 1})",
            "Write the character whole, as UTF-8 or as a surrogate pair, or remove it.",
        )
    if "\0" in value:
        return Problem(
            f"{name} holds a NUL character (character {value.index(chr(0)) + 1})",
            "Remove it: SQLite and PostgreSQL cannot hold it, so no comparison could.",
        )
    return None


def importance_problem(value: JSON) -> Problem | None:
    """Check an importance: a number in [0, 1]."""
    remedy = "Give a number from 0 to 1, or leave the key out."
    if isinstance(value, bool) or not isinstance(value, int | float):
        return Problem(f"importance is {kind_of(value)}, not a number", remedy)
    if 0 <= value <= 1:
        return None
    if isinstance(value, float) and not math.isfinite(value):
        return Problem(f"importance is {'NaN' if math.isnan(value) else 'infinite'}", remedy)
    shown = f"{value!r}, " if abs(value) < 1_000_000 else ""
    return Problem(f"importance is {shown}{'under 0' if value < 0 else 'over 1'}", remedy)


def metadata_problem(value: JSON) -> Problem | None:
    """Check metadata: an object, all of whose texts and numbers can be written as UTF-8 JSON."""
    if not isinstance(value, dict):
        return Problem(f"metadata is {kind_of(value)}, not an object", "Write {...}, or leave the key out.")
    left: list[JSON] = [value]
    while left:
        item = left.pop()
        if isinstance(item, dict):
            left += [*item.keys(), *item.values()]
        elif isinstance(item, list):
            left += item
        elif isinstance(item, str) and (problem := character_problem("metadata", item)) is not None:
            return problem
        elif isinstance(item, float) and not math.isfinite(item):
            return Problem(f"metadata holds {item!r}, which JSON has no word for", "Leave the key out or write null.")
        elif isinstance(item, int) and not -(2**63) <= item < 2**64:
            return Problem("metadata holds an integer of more than 64 bits", "Write it as a string.")
    return None


def kind_of(value: JSON) -> str:
    """Name the JSON type of a value, with its article."""
    names = {
        bool: "a boolean",
        int: "a number",
        float: "a number",
        str: "a string",
        list: "an array",
        dict: "an object",
    }
    return names.get(type(value), "null")
