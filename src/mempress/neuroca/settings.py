"""The settings of an engine: frozen, all with defaults, all checked before anything is opened."""

from __future__ import annotations

import math
from dataclasses import dataclass, fields
from typing import Any, get_args, get_type_hints

from mempress.neuroca.errors import SettingsError

MIN_CAPACITY_BYTES = 1 << 20


@dataclass(frozen=True, slots=True)
class Settings:
    """How an engine keeps its memory.

    Attributes:
        capacity_records: the most records ever held; None: no such limit.
        capacity_bytes: the most bytes on disk, log included; at least 1 MiB; None: no such limit.
        memory_bytes: the most bytes of memory beside the interpreter and libraries; None: no such limit.
        dimension: length of the vectors.
        soft_ratio: share of a limit from which on the engine consolidates and, where it cannot evict, slows writers.
        overflow: at the hard limit, ``evict`` the least worth or ``reject`` the new.
        durability: ``normal`` survives the death of the process, ``full`` also that of the machine (a sync a commit).
        words: index for words: ``names`` (capitalised words and numbers), ``all``, ``off``, or ``auto``: names with
            an embedder, all without.
        index: vector index: ``turbovec`` (4 bits a dimension), ``int8`` (exact int8), or ``auto``: the first installed.
        worth: name of the policy that orders eviction (see ``mempress.neuroca.policies``).
        stm_share: share of the capacity that holds the newest records, safe from eviction by worth.
        ltm_share: share of the capacity that LTM may take at most.
        promote_mtm: score at which a record leaves STM early; see ``policies.promotion``.
        promote_ltm: score at which a record enters LTM; see ``policies.promotion``.
        duplicate_cosine: cosine from which on the older of two records counts as a duplicate.
        related_cosine: cosine from which on the older of two records counts as partly superseded.
        fact_keys: keys of the metadata that together name the fact which a record states; of two that state the same
            fact, the later replaces the other; empty: no such rule; see ``policies.supersession``.
        consolidation_scan: vectors that consolidation may compare for each record written.
        words_weight: what a full match of the query's names adds to the cosine.
        redundancy_weight: what full redundancy takes from a hit's score.
        shortlist: index candidates rescored with the stored vectors in a search; at least 2.5 times its limit.
        max_text_bytes: longest text accepted, in UTF-8.
        cache_bytes: page cache of the store at most; it grows with what is held.
        slow_down_ms: longest wait of a writer between soft and hard limit where eviction cannot help.
        breaker_failures: failures of maintenance in a row that open its breaker.
        breaker_cooldown_s: time until an open breaker lets maintenance try again.
        search_objective_ms: search latency up to which health is full.
    """

    capacity_records: int | None = None
    capacity_bytes: int | None = None
    memory_bytes: int | None = None
    dimension: int = 384
    soft_ratio: float = 0.9
    overflow: str = "evict"
    durability: str = "normal"
    words: str = "auto"
    index: str = "auto"
    worth: str = "density"
    stm_share: float = 0.2
    ltm_share: float = 0.5
    promote_mtm: float = 0.6
    promote_ltm: float = 0.45
    duplicate_cosine: float = 0.97
    related_cosine: float = 0.85
    fact_keys: tuple[str, ...] = ("subject", "attribute")
    consolidation_scan: int = 2_500
    words_weight: float = 0.15
    redundancy_weight: float = 0.1
    shortlist: int = 24
    max_text_bytes: int = 16 << 20
    cache_bytes: int = 4 << 20
    slow_down_ms: float = 5.0
    breaker_failures: int = 3
    breaker_cooldown_s: float = 5.0
    search_objective_ms: float = 20.0

    def __post_init__(self) -> None:
        for name, choices in _CHOICES.items():
            if getattr(self, name) not in choices:
                raise SettingsError(f"{name} is {getattr(self, name)!r}: use one of {', '.join(choices)}.")
        for name, hint in get_type_hints(Settings).items():
            if name not in _CHOICES and name not in {"worth", "fact_keys"}:
                _check_number(name, getattr(self, name), hint)
        if not isinstance(self.fact_keys, (tuple, list)) or not all(
            isinstance(key, str) and key.isprintable() and key and not {*key} & {'"', "\\"} for key in self.fact_keys
        ):
            raise SettingsError(f"fact_keys is {self.fact_keys!r}: give a tuple of metadata keys, or an empty one.")
        if self.related_cosine > self.duplicate_cosine:
            raise SettingsError(
                f"related_cosine {self.related_cosine} is above duplicate_cosine {self.duplicate_cosine}: lower it."
            )
        if self.stm_share + self.ltm_share > 1:
            raise SettingsError("stm_share and ltm_share together are above 1: lower one, MTM needs the rest.")

    @classmethod
    def known(cls) -> tuple[str, ...]:
        """Give the names of all settings."""
        return tuple(item.name for item in fields(cls))


_CHOICES: dict[str, tuple[str, ...]] = {
    "overflow": ("evict", "reject"),
    "durability": ("normal", "full"),
    "words": ("auto", "names", "all", "off"),
    "index": ("auto", "turbovec", "int8"),
}
_BOUNDS: dict[str, tuple[float, float]] = {
    "capacity_records": (1, 2**31),
    "capacity_bytes": (MIN_CAPACITY_BYTES, math.inf),
    "memory_bytes": (MIN_CAPACITY_BYTES, math.inf),
    "dimension": (8, 16_384),
    "soft_ratio": (0.1, 1.0),
    "stm_share": (0.0, 1.0),
    "ltm_share": (0.0, 1.0),
    "duplicate_cosine": (0.0, 1.01),
    "related_cosine": (0.0, 1.01),
    "words_weight": (0.0, 10.0),
    "redundancy_weight": (0.0, 10.0),
    "shortlist": (1, 10_000),
    "max_text_bytes": (1, 1 << 29),
    "cache_bytes": (1 << 16, math.inf),
    "breaker_failures": (1, 1_000_000),
}


def _check_number(name: str, value: Any, hint: Any) -> None:
    kinds = get_args(hint) or (hint,)
    if value is None and type(None) in kinds:
        return
    if isinstance(value, bool) or not isinstance(value, int if int in kinds else (int, float)):
        wanted = "a whole number" if int in kinds else "a number"
        raise SettingsError(f"{name} is {value!r}: give {wanted}{' or None' if type(None) in kinds else ''}.")
    low, high = _BOUNDS.get(name, (0, math.inf))
    if not low <= value <= high or math.isinf(value):
        raise SettingsError(f"{name} is {value}: give a value from {low:g} to {high:g}.")
