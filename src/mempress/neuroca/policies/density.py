"""The default: expected value per share of the budget.

The rate of a record's future use, relative to the average record's, is estimated as the mean of a gamma-Poisson
posterior: the prior says "as much as its tier's strength times the average", the evidence is its hits over its
exposure. Exposure counts uses, not seconds: in a store that nobody asks, nothing fades, and importance decides; in a
busy one, what is not used fades hyperbolically, as Blankstein et al. found best for caches. LTM's stronger prior is
its slower decay.
"""

from __future__ import annotations

import numpy as np

from mempress.neuroca.policies.view import Scores, View, WorthPolicy
from mempress.neuroca.record import Tier

PRIOR = {Tier.STM: 1.0, Tier.MTM: 1.0, Tier.LTM: 2.0}
"""Uses of an average record that the prior weighs as much as, by tier."""


def _score(view: View) -> Scores:
    prior = np.where(view.tier == Tier.LTM, PRIOR[Tier.LTM], PRIOR[Tier.MTM])
    rate = (view.hits + prior) / (view.exposure + prior)
    kept = 1.0 - view.redundancy
    score: Scores = (view.importance + 0.01) * rate * kept / view.cost
    return score


DENSITY = WorthPolicy(
    "density",
    "(importance + 0.01) x (hits + p) / (exposure + p) x (1 - redundancy) / cost; p = 1, in LTM 2",
    "after Hyperbolic Caching (Blankstein, Sen, Freedman, ATC 2017), with a gamma-Poisson prior and use as the clock",
    _score,
)
