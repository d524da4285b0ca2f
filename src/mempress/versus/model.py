"""What a comparison of two results gives: plain frozen values that stand in JSON as they are."""

from __future__ import annotations

from typing import Literal

import msgspec

SCHEMA = 1

Standing = Literal["better", "worse", "different", "no difference", "unknown"]
"""How OTHER stands to BASE; ``different`` of a figure that has no better direction."""


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """One metric of a system in both results.

    ``base`` and ``other`` are means over the runs in which it was measured, of which there are ``base_runs`` and
    ``other_runs``; ``difference`` is other - base with its 95% interval ``low`` to ``high``, all in the metric's unit;
    ``ratio`` is other / base. ``effect_size`` is Cliff's delta, in [-1, 1]. None: not known.
    """

    key: str
    unit: str
    better: Literal["higher", "lower"] | None
    base: float | None
    other: float | None
    base_runs: int
    other_runs: int
    difference: float | None
    ratio: float | None
    low: float | None
    high: float | None
    p: float | None
    effect_size: float | None
    standing: Standing
    reason: str


class SystemVersus(msgspec.Struct, frozen=True, kw_only=True):
    """One system in both results; ``notes`` say what else changed: versions, endings, loads, noise."""

    name: str
    other_name: str
    base_statuses: list[str]
    other_statuses: list[str]
    notes: list[str]
    rows: list[Row]


class Versus(msgspec.Struct, frozen=True, kw_only=True):
    """Two results against each other; ``cautions`` name what was not the same for both, and come first."""

    schema: int = SCHEMA
    base: str
    other: str
    cautions: list[str]
    only_base: list[str]
    only_other: list[str]
    systems: list[SystemVersus]


class Ruling(msgspec.Struct, frozen=True, kw_only=True):
    """What a rule of ``--fail-on`` came to for one system: it struck, or could not be judged."""

    rule: str
    system: str
    key: str
    struck: bool
    words: str


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """All that ``mempress compare --json`` prints."""

    comparison: Versus
    rulings: list[Ruling]
