"""Many systems side by side: for each figure the best, those not told apart from it, and the worst.

Only systems that were last measured at the same load, on the same workload, are ranked with one another.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from mempress.comparison.apart import Side, final_load
from mempress.comparison.places import rank
from mempress.comparison.ranked import Contender
from mempress.format import listed, name

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from mempress.comparison.places import Ranking
    from mempress.model import Metrics, Summary


def final_rankings(systems: Mapping[str, Summary], runs: Mapping[str, Sequence[Metrics]]) -> tuple[Ranking, ...]:
    """Rank those that ended at the load at which most did, the largest of several, by each figure that two have."""
    contenders, _ = _at_one_load(systems, runs)
    return rank(contenders)


def standings(systems: Mapping[str, Summary], repeats: Mapping[str, Sequence[Summary]]) -> Iterator[str]:
    """Give a sentence for each of these rankings, and name those left out."""
    contenders, left = _at_one_load(systems, {key: [run.metrics for run in runs] for key, runs in repeats.items()})
    for at, names in left:
        verb = "was" if len(names) == 1 else "were"
        yield f"{listed(names)} {verb} last measured at {at:,} records: not ranked here."
    for ranking in rank(contenders):
        yield f"At {ranking.records:,} records {ranking.words}"


def _at_one_load(
    systems: Mapping[str, Summary], runs: Mapping[str, Sequence[Metrics]]
) -> tuple[list[Contender], list[tuple[int, list[str]]]]:
    """Give those at the load at which most were last measured, and the names of all others by their loads."""
    groups: dict[tuple[str, int], list[Contender]] = defaultdict(list)
    for key, summary in systems.items():
        if summary.samples:
            load = final_load(summary)
            side = Side(name(key), summary, tuple(runs.get(key, ())))
            groups[summary.workload.sha256, load].append(Contender(key, side, load))
    if not groups:
        return [], []
    chosen = max(groups, key=lambda group: (len(groups[group]), group[1]))
    left = [(load, [one.side.name for one in ones]) for (work, load), ones in groups.items() if (work, load) != chosen]
    return groups[chosen], left
