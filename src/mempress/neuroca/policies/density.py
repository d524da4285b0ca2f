"""The default: expected value per share of the budget.

The rate of a record's future use, relative to the average record's, is estimated as the mean of a gamma-Poisson
posterior: the prior says "as much as the average", and weighs p uses; the evidence is its hits over its exposure. The
square root of exposure stands for interest that wanes with age, half way between none (exponent 0, right where use is
stationary) and hyperbolic (exponent 1). Importance enters by its square root, since it may prove wrong.

Exposure counts uses, not seconds: in a store that nobody asks nothing fades and importance decides; in a busy one,
what is not used does. LTM's stronger prior is its slower decay.
"""

from __future__ import annotations

import numpy as np

from mempress.neuroca.policies.view import Scores, View, WorthPolicy
from mempress.neuroca.record import Tier

PRIOR_MTM = 1.0
PRIOR_LTM = 2.0
"""Uses of an average record that the prior weighs as much as."""
_LTM = int(Tier.LTM)


def _score(view: View) -> Scores:
    prior = np.where(view.tier == _LTM, PRIOR_LTM, PRIOR_MTM)
    rate = (view.hits + prior) / (view.exposure + prior)
    worth = np.sqrt((view.importance + 0.01) / (1.0 + view.exposure))
    score: Scores = worth * rate * (1.0 - view.redundancy) / view.cost
    return score


DENSITY = WorthPolicy(
    "density",
    "((importance + 0.01) / (1 + exposure))^0.5 x (hits + p) / (exposure + p) x (1 - redundancy) / cost; p = 1, LTM 2",
    "after Hyperbolic Caching (Blankstein, Sen, Freedman, ATC 2017), with a gamma-Poisson prior and use as the clock",
    _score,
)
