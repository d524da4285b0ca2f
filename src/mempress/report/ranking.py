"""All systems of a result, ranked by each figure at one load: where each ended, or where all were measured."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from mempress.comparison.apart import Side, batches, final_load
from mempress.comparison.places import rank
from mempress.comparison.ranked import Contender
from mempress.format import name

if TYPE_CHECKING:
    from mempress.comparison.places import Ranking
    from mempress.model import Result


@dataclass(frozen=True, slots=True)
class Rankings:
    """The figures of all systems that were measured at ``records``; ``final``: it is where each of them ended."""

    records: int
    final: bool
    systems: tuple[str, ...]
    figures: tuple[Ranking, ...]

    def best(self, metric: str) -> dict[str, str]:
        """Give the systems to be marked in a metric's row, each with the word that marks it."""
        marks = (mark for ranking in self.figures if ranking.key == metric for mark in ranking.marks)
        return {mark.key: mark.best for mark in marks if mark.best}


def rankings(result: Result) -> Rankings | None:
    """Rank all systems that were sampled, at the largest load at which all of them were; None where there is none.

    Where that is the final load of each, the final figures are ranked. A soak's systems, and those of unlike
    workloads, are not ranked.
    """
    sides = _sides(result)
    if len(sides) < 2 or len({side.summary.workload.sha256 for side in sides.values()}) > 1:
        return None
    ends = {final_load(side.summary) for side in sides.values()}
    if len(ends) == 1:
        contenders = [Contender(key, side, max(ends)) for key, side in sides.items()]
    else:
        contenders = _at_a_common_load(sides)
    if not contenders:
        return None
    return Rankings(contenders[0].load, len(ends) == 1, tuple(sides), rank(contenders))


def _sides(result: Result) -> dict[str, Side]:
    return {
        key: Side(name(key), summary, tuple(result.repeats.get(key, ())))
        for key, summary in result.systems.items()
        if summary.soak is None and batches(summary)
    }


def _at_a_common_load(sides: dict[str, Side]) -> list[Contender]:
    rows = {key: batches(side.summary) for key, side in sides.items()}
    load = max(set.intersection(*(set(found) for found in rows.values())), default=None)
    return [] if load is None else [Contender(key, side, load, rows[key][load]) for key, side in sides.items()]
