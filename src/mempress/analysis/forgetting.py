"""Whether what a system dropped deserved it."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from mempress.model import Forgetting

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from mempress.analysis.answers import Held
    from mempress.journal import Asked


def forgetting(held: Held, judged: Sequence[Asked]) -> Forgetting | None:
    """Give the share of the dropped records that are not in the best choice of as many as are held.

    By importance that is the most important of all acknowledged; by use those that answer most of the probes. Of equal
    choices the one counts that speaks for the system. None where it is not known of each record whether it is held.
    """
    if held.held is None:
        return None
    total, kept = len(held.acknowledged), held.held
    by_importance = _most_important(held, len(kept))
    by_use = _most_used(judged, kept, len(kept))
    return Forgetting(
        dropped=total - len(kept),
        by_importance=_precision(total, kept, by_importance),
        by_importance_of_random=_precision_of_random(total, kept, by_importance),
        by_use=_precision(total, kept, by_use) if judged else None,
        by_use_of_random=_precision_of_random(total, kept, by_use) if judged else None,
    )


def _precision(total: int, kept: frozenset[int], best: Collection[int]) -> float | None:
    dropped = total - len(kept)
    return 1.0 - sum(ordinal not in kept for ordinal in best) / dropped if dropped else None


def _precision_of_random(total: int, kept: frozenset[int], best: Collection[int]) -> float | None:
    return 1.0 - len(best) / total if total > len(kept) else None


def _most_important(held: Held, size: int) -> list[int]:
    kept = held.held or frozenset()
    ranked = sorted(held.acknowledged, key=lambda ordinal: (-held.importance[ordinal], ordinal not in kept))
    return ranked[:size]


def _most_used(judged: Sequence[Asked], kept: frozenset[int], size: int) -> set[int]:
    """Choose records that answer most of the probes, at most ``size``, only those that a probe needs.

    Greedy by worth: a record is worth 1 / need to each probe that it answers. That is the best choice where no record
    answers two probes; else near it.
    """
    probes_of: defaultdict[int, list[int]] = defaultdict(list)
    worth: defaultdict[int, float] = defaultdict(float)
    for number, asked in enumerate(judged):
        for ordinal in asked.answers:
            probes_of[ordinal].append(number)
            worth[ordinal] += 1.0 / asked.need
    missing = [asked.need for asked in judged]
    chosen: set[int] = set()
    for ordinal in sorted(worth, key=lambda one: (-worth[one], one not in kept, -one)):
        if len(chosen) == size:
            break
        if any(missing[number] > 0 for number in probes_of[ordinal]):
            chosen.add(ordinal)
            for number in probes_of[ordinal]:
                missing[number] -= 1
    return chosen
