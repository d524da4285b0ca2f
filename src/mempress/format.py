"""How figures and foreign texts are written, in every report the same.

Foreign is what a system under test, a file or a user wrote. It reaches a report through ``plain`` or
``plain_lines`` alone, which leave nothing that a terminal or a browser would obey; escaping for a markup is the
renderer's.
"""

from __future__ import annotations

import math
import re
import unicodedata
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

UNMEASURED = "n/a"
TEXT_LIMIT = 300
NAME_LIMIT = 40
_INVISIBLE = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
_WHITE = re.compile(r"[ \t\r\n\f\v]+")
_WHOLE_UNITS = frozenset({"records", "probes", "values", "events", "errors"})


def figure(value: float | None, unit: str = "") -> str:
    """Write a figure without its unit: ``n/a`` for None, counts whole, shares with three decimals, else three digits.

    ``unit`` is a count's noun (records, probes, values, events, errors), ``share`` for a figure in [0, 1], or a
    measure such as ms, MiB, B or records/s.
    """
    if value is None or math.isnan(value):
        return UNMEASURED
    if unit in _WHOLE_UNITS:
        return f"{value:,.0f}"
    return f"{value:.3f}" if unit == "share" else _three_digits(value)


def measure(value: float | None, unit: str) -> str:
    """Write a figure with its unit behind it; a share stands alone."""
    text = figure(value, unit)
    return text if value is None or unit in ("", "share") else f"{text} {unit}"


def difference(value: float | None, unit: str = "") -> str:
    """Write a difference with its sign; 0 has none."""
    text = figure(value, unit)
    return f"+{text}" if value is not None and value > 0 and text.strip("0.") else text


def ratio(value: float | None) -> str:
    """Write the quotient of two figures, as in ``12.3x``."""
    return UNMEASURED if value is None else f"{_three_digits(value)}x"


def times(value: float) -> str:
    """Write the quotient of two figures in a sentence, as in ``12.3 times``."""
    return f"{_three_digits(value)} times"


def listed(names: Sequence[str]) -> str:
    """Write names in a sentence: ``a``, ``a and b``, ``a, b and c``."""
    return " and ".join(filter(None, (", ".join(names[:-1]), *names[-1:])))


def duration(seconds: float) -> str:
    """Write a time in the one or two largest units that it has, as in ``1 min 30 s`` or ``2 d 4 h``."""
    parts: list[str] = []
    left = round(seconds)
    for unit, size in (("d", 86_400), ("h", 3_600), ("min", 60), ("s", 1)):
        count, left = divmod(left, size)
        if count or (unit == "s" and not parts):
            parts.append(f"{count} {unit}")
        elif parts:
            break
    return " ".join(parts[:2])


def percentile_99(value: float | None, n: int | None) -> str:
    """Write a 99th percentile in milliseconds; from too few values there is none, and the text says so."""
    return f"insufficient (n={n:,})" if value is None and n else figure(value, "ms")


def _three_digits(value: float) -> str:
    """Write three significant digits, all digits before the point, and no exponent down to a ten-thousandth."""
    size = abs(value)
    if size >= 99.95 or value == 0:
        return f"{value:,.0f}"
    if size < 1e-4:
        return f"{value:.2e}"
    decimals = 2 - math.floor(math.log10(size) + 1e-12)
    text = f"{value:.{decimals}f}"
    return text[:-1] if sum(map(str.isdigit, text.lstrip("-0."))) > 3 else text


def plain(text: str, limit: int = TEXT_LIMIT) -> str:
    r"""Make a foreign text one line of at most about ``limit`` visible characters.

    White space becomes single spaces. Control, formatting (bidirectional marks, zero width), surrogate, private and
    unassigned characters become escapes such as ``\x1b`` or ``\u202e``. What was cut off is counted.
    """
    head = "".join(_visible(char) for char in _WHITE.sub(" ", text[: 4 * limit]).strip()[: limit + 1])
    if len(text) <= 4 * limit and len(head) <= limit:
        return head
    kept = head[:limit]
    return f"{kept}... (cut, {len(text):,} characters)"


def plain_lines(text: str, lines: int = 12) -> tuple[str, ...]:
    """Make a foreign text its last ``lines`` lines, each plain."""
    return tuple(plain(line, 160) for line in text.splitlines()[-lines:])


def name(text: str) -> str:
    """Make a system's name plain and short."""
    shown = plain(text, 4 * NAME_LIMIT) or "(no name)"
    return shown if len(shown) <= NAME_LIMIT else f"{shown[: NAME_LIMIT - 3]}..."


def _visible(char: str) -> str:
    if unicodedata.category(char) not in _INVISIBLE:
        return char
    code = ord(char)
    if code < 0x100:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"
