"""What a benchmark measured against what was asked for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from neuroca_material import table

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass(frozen=True, slots=True)
class Bar:
    """A figure, and the bar it has to keep to. ``met`` is None where there is no bar."""

    what: str
    measured: object
    bar: str = ""
    met: bool | None = None

    @property
    def verdict(self) -> str:
        """``met``, ``missed`` or nothing."""
        return "" if self.met is None else "met" if self.met else "missed"


def at_most(what: str, measured: float, bar: float) -> Bar:
    """A figure that must not be over its bar."""
    return Bar(what, measured, f"at most {bar:,g}", measured <= bar)


def at_least(what: str, measured: float, bar: float) -> Bar:
    """A figure that must not be under its bar."""
    return Bar(what, measured, f"at least {bar:,g}", measured >= bar)


def report(bars: Sequence[Bar]) -> int:
    """Print a table, and the missed bars by name; give the exit status: 1 where one is missed."""
    table(("what", "measured", "bar", ""), [(bar.what, bar.measured, bar.bar, bar.verdict) for bar in bars])
    missed = [bar.what for bar in bars if bar.met is False]
    print(f"\nmissed: {', '.join(missed)}" if missed else "\nevery bar is met")
    return int(bool(missed))
