"""When a record rises: from STM to MTM by early use, from MTM to LTM by what importance and use have proved.

Formulas and the first threshold are the architecture's published ones. The second was published as 0.7, which no
record reaches before its 14th use; 0.45 lets importance 0.9 in unused, and importance 0.5 after its 14th use.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from mempress.neuroca.policies.view import Scores, View

_ARRIVALS_PER_DAY = 10_000.0
"""Age counts records, not days, so that a busy hour and a quiet month ripen a memory alike."""


def to_mtm(view: View) -> Scores:
    """Give importance x (0.5 + 0.5 min(hits, 10) / 10), in [0, 1]."""
    score: Scores = view.importance * (0.5 + 0.05 * np.minimum(view.hits, 10.0))
    return score


def to_ltm(view: View) -> Scores:
    """Give 0.5 importance + 0.3 min(hits, 20) / 20 + 0.2 min(days, 30) / 30 x used, in [0, 1].

    Age ripens only what was used: mere age proves nothing. Redundant records do not rise.
    """
    days = view.age / _ARRIVALS_PER_DAY
    ripe = 0.2 * np.minimum(days, 30.0) / 30.0 * (view.hits > 0)
    score: Scores = (0.5 * view.importance + 0.015 * np.minimum(view.hits, 20.0) + ripe) * (1.0 - view.redundancy)
    return score
