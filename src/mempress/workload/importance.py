"""How important the records of a batch are: five laws, in whole ten-thousandths so that every machine agrees.

A law turns random words (64 bits, 16 bits) into importances from integers and exactly rounded arithmetic alone: no
logarithm or cosine, whose last digit differs between machines.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

SCALE = 10_000
_DEVIATION_OF_64_BITS = 4.01039898929
"""Standard deviation of the number of ones among 64 fair bits plus a uniform share of one: sqrt(64 / 4 + 1 / 12)."""
_ZIPF_RANKS = 100


@dataclass(frozen=True, slots=True)
class Law:
    """A distribution of importance.

    ``draw`` gives one level (importance * 10,000) for each pair of words. Of the records at or below ``low_level``,
    the lowest three tenths or so, ``chatter_per_256`` in 256 are chatter.
    """

    name: str
    draw: Callable[[Iterable[tuple[int, int]]], list[int]]
    low_level: int
    chatter_per_256: int = 128


def _bell(bits: int, share: int) -> float:
    """Give a standard normal number nearly (de Moivre, 1733): ones among 64 bits, smoothed by 16 bits more."""
    return (bits.bit_count() - 32.5 + share / 65_536) / _DEVIATION_OF_64_BITS


def _clip(level: float) -> int:
    return min(SCALE, max(0, int(level + 0.5)))


def _normal(words: Iterable[tuple[int, int]]) -> list[int]:
    return [_clip(5_000 + 1_500 * _bell(bits, share)) for bits, share in words]


def _bimodal(words: Iterable[tuple[int, int]]) -> list[int]:
    return [_clip((8_000 if share & 1 else 2_000) + 800 * _bell(bits, share)) for bits, share in words]


def _uniform(words: Iterable[tuple[int, int]]) -> list[int]:
    return [share * (SCALE + 1) >> 16 for _, share in words]


def _zipf(words: Iterable[tuple[int, int]]) -> list[int]:
    return [SCALE // (1 + (share * _ZIPF_RANKS >> 16)) for _, share in words]


def _constant(words: Iterable[tuple[int, int]]) -> list[int]:
    return [SCALE // 2 for _ in words]


LAWS = {
    law.name: law
    for law in (
        Law("normal", _normal, low_level=4_213),
        Law("bimodal", _bimodal, low_level=2_203),
        Law("uniform", _uniform, low_level=3_000),
        Law("zipf", _zipf, low_level=142),
        Law("constant", _constant, low_level=5_000, chatter_per_256=38),
    )
}
"""normal(0.5, 0.15); bimodal, even odds of normal(0.2, 0.08) and normal(0.8, 0.08); uniform on [0, 1]; zipf, 1 / rank
with the rank uniform on 1..100; constant 0.5."""

CYCLE = ("normal", "bimodal", "uniform")
CHOICES = ("cycle", *LAWS)


def laws_of(importance: str) -> tuple[Law, ...]:
    """Give the laws that batches take in turn, for one of CHOICES."""
    names = CYCLE if importance == "cycle" else (importance,)
    return tuple(LAWS[name] for name in names)
