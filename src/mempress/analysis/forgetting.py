"""Whether what a system dropped deserved it."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

import numpy as np

from mempress.model import Forgetting

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from mempress.analysis.answers import Held
    from mempress.analysis.ordinals import Ordinals
    from mempress.journal import Asked


def forgetting(held: Held, judged: Sequence[Asked]) -> Forgetting | None:
    """Give the share of the dropped records that are not in the best choice of as many as are held.

    By importance that is the most important of all acknowledged; by use those that answer most of the probes. Of equal
    choices the one counts that speaks for the system. None where it is not known of each record whether it is held.
    """
    if held.held is None:
        return None
    total, kept = len(held.acknowledged), held.held
    by_use = _most_used(judged, kept, len(kept))
    missing_by_use = sum(ordinal not in kept for ordinal in by_use)
    return Forgetting(
        dropped=total - len(kept),
        by_importance=_precision(total, len(kept), _missing_by_importance(held, kept)),
        by_importance_of_random=_precision_of_random(total, len(kept), len(kept)),
        by_use=_precision(total, len(kept), missing_by_use) if judged else None,
        by_use_of_random=_precision_of_random(total, len(kept), len(by_use)) if judged else None,
    )


def _precision(total: int, kept: int, missing: int) -> float | None:
    """Give the precision where so many of the best are missing among those that were kept."""
    dropped = total - kept
    return 1.0 - missing / dropped if dropped else None


def _precision_of_random(total: int, kept: int, best: int) -> float | None:
    return 1.0 - best / total if total > kept else None


def _missing_by_importance(held: Held, kept: Ordinals) -> int:
    """Count those that were dropped among the most important, as many as are kept; of equal ones the kept count."""
    if not len(kept):
        return 0
    flags = held.acknowledged.flags
    importance, is_kept = held.importance[flags], kept.flags[flags]
    least = np.partition(importance, importance.size - len(kept))[importance.size - len(kept)]
    above, at_least = importance > least, importance == least
    room = len(kept) - int(np.count_nonzero(above))
    of_least = max(0, room - int(np.count_nonzero(at_least & is_kept)))
    return int(np.count_nonzero(above & ~is_kept)) + of_least


def _most_used(judged: Sequence[Asked], kept: Collection[int], size: int) -> set[int]:
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
