"""The rules of ``--fail-on``: which metric may become worse by how many per cent."""

from __future__ import annotations

import math
from dataclasses import dataclass
from difflib import get_close_matches
from typing import TYPE_CHECKING

from mempress.comparison.metrics import METRICS
from mempress.errors import UsageError
from mempress.format import measure, name, plain
from mempress.versus.model import Ruling

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from mempress.versus.model import Row, SystemVersus, Versus

_DIRECTED = tuple(metric.key for metric in METRICS if metric.better is not None)


@dataclass(frozen=True, slots=True)
class Rule:
    """``key`` may not become worse by more than ``percent`` of BASE; for every system where ``system`` is None."""

    text: str
    system: str | None
    key: str
    percent: float


def parse_rule(text: str) -> Rule:
    """Read ``METRIC:PERCENT`` or ``SYSTEM:METRIC:PERCENT``; a system's name may hold colons.

    Raises:
        UsageError: it has another form, or there is no such metric with a better direction; names the nearest.
    """
    target, colon, amount = text.rpartition(":")
    system, _, key = target.rpartition(":")
    if not colon or not key:
        raise UsageError(
            f"--fail-on {plain(text)!r}: write METRIC:PERCENT, such as final_query_latency_ms.p95:10, or "
            "SYSTEM:METRIC:PERCENT."
        )
    if key not in _DIRECTED:
        raise UsageError(f"--fail-on {plain(text)!r}: {_unknown(key)}")
    return Rule(text, system or None, key, _percent(text, amount))


def _percent(text: str, amount: str) -> float:
    try:
        percent = float(amount.strip().removesuffix("%"))
    except ValueError:
        percent = math.nan
    if not 0.0 <= percent < math.inf:
        raise UsageError(f"--fail-on {plain(text)!r}: {plain(amount)!r} is no percentage: give a number from 0 up.")
    return percent


def _unknown(key: str) -> str:
    if any(metric.key == key for metric in METRICS):
        return f"{key} has no direction that is better. Those that have: {', '.join(_DIRECTED)}."
    near = [known for known in _DIRECTED if key and key in known] or get_close_matches(key, _DIRECTED, n=3)
    hint = f" Did you mean {' or '.join(near[:5])}?" if near else ""
    return f"there is no metric {plain(key)!r}.{hint} Known: {', '.join(_DIRECTED)}."


def apply_rules(rules: Sequence[Rule], versus: Versus) -> list[Ruling]:
    """Give the rules that struck, and those that could not be judged; one that holds good is silent.

    A rule strikes where the metric is worse by more than its percentage, unless the difference is no more than noise;
    where runs are too few to tell, the figures alone decide, and the words say so.

    Raises:
        UsageError: a rule names a system that is in neither result.
    """
    return [ruling for rule in rules for ruling in _apply(rule, versus)]


def _apply(rule: Rule, versus: Versus) -> Iterator[Ruling]:
    found = [system for system in versus.systems if rule.system in (None, system.name, system.other_name)]
    lone = {"BASE": versus.only_base, "OTHER": versus.only_other}
    for side, names in lone.items():
        for lonely in names:
            if rule.system in (None, lonely):
                yield _ruling(rule, lonely, f"{name(lonely)} is in {side} alone", struck=False)
    known = [system.name for system in versus.systems] + versus.only_base + versus.only_other
    if not found and rule.system not in known:
        shown = ", ".join(map(name, known))
        raise UsageError(f"--fail-on {plain(rule.text)!r}: no result has that system; known: {shown}.")
    for system in found:
        row = next(row for row in system.rows if row.key == rule.key)
        yield from _judge(rule, system, row)


def _judge(rule: Rule, system: SystemVersus, row: Row) -> Iterator[Ruling]:
    if row.base is None or row.other is None:
        yield _ruling(rule, system.name, f"{name(system.name)}: {row.key} was {row.reason}", struck=False)
        return
    worsening = _worsening_percent(row, row.base, row.other)
    if worsening > rule.percent and row.standing != "no difference":
        yield _ruling(rule, system.name, _words(rule, system, row, worsening), struck=True)


def _worsening_percent(row: Row, base: float, other: float) -> float:
    """Give by how many per cent of the base the metric is worse; infinite where it was 0."""
    worse = other - base if row.better == "lower" else base - other
    return worse / abs(base) * 100.0 if base else math.inf if worse > 0.0 else 0.0


def _words(rule: Rule, system: SystemVersus, row: Row, worsening: float) -> str:
    amount = f"{worsening:,.1f}% worse" if math.isfinite(worsening) else "worse"
    if row.standing == "unknown":
        sure = f"judged by these figures alone; {row.reason}"
    elif row.low is None or row.high is None:
        sure = row.reason
    else:
        sure = f"95% interval of the change {measure(row.low, row.unit)} to {measure(row.high, row.unit)}, {row.reason}"
    return (
        f"{name(system.name)}: {row.key} went from {measure(row.base, row.unit)} to {measure(row.other, row.unit)}, "
        f"{amount}; {rule.percent:g}% is allowed ({sure})"
    )


def _ruling(rule: Rule, system: str, words: str, *, struck: bool) -> Ruling:
    return Ruling(rule=rule.text, system=system, key=rule.key, struck=struck, words=words)
