"""Orders known from caches and from published agent memories, to choose from and to compare with."""

from __future__ import annotations

import numpy as np

from mempress.neuroca.policies.view import Scores, View, WorthPolicy

_GOLDEN = np.uint64(0x9E3779B97F4A7C15)


def _fifo(view: View) -> Scores:
    return -view.age


def _lru(view: View) -> Scores:
    return -view.idle_s


def _random(view: View) -> Scores:
    mixed = view.arrived.astype(np.uint64) * _GOLDEN
    mixed ^= mixed >> np.uint64(29)
    score: Scores = (mixed * _GOLDEN).astype(np.float64)
    return score


def _importance(view: View) -> Scores:
    score: Scores = view.importance / view.cost
    return score


def _hyperbolic(view: View) -> Scores:
    score: Scores = (view.hits + 1.0) * np.sqrt(view.importance) / ((view.age + 1.0) * view.cost)
    return score


def _generative_agents(view: View) -> Scores:
    score: Scores = 0.995 ** (view.idle_s / 3600.0) + view.importance
    return score


def _half_life(view: View) -> Scores:
    half_life_s = np.array([60.0, 300.0, 2_400.0, 43_200.0])[view.tier] * (1.0 + np.log1p(view.hits))
    floor = 0.5 * view.importance
    score: Scores = floor + (1.0 - floor) * 0.5 ** (view.idle_s / half_life_s)
    return score


def _act_r(view: View) -> Scores:
    activation = np.log(view.hits + 1.0) - 0.5 * np.log(view.age + 1.0)
    score: Scores = np.exp(activation) * view.importance / view.cost
    return score


CLASSIC = (
    WorthPolicy("fifo", "-age", "first in, first out", _fifo),
    WorthPolicy("lru", "-seconds since the last use", "least recently used", _lru),
    WorthPolicy("random", "a hash of the arrival number", "the baseline that knows nothing", _random),
    WorthPolicy("importance", "importance / cost", "importance alone", _importance),
    WorthPolicy(
        "hyperbolic",
        "(hits + 1) x importance^0.5 / ((age + 1) x cost)",
        "Hyperbolic Caching (Blankstein, Sen, Freedman, ATC 2017)",
        _hyperbolic,
    ),
    WorthPolicy(
        "generative_agents",
        "0.995^hours idle + importance",
        "Generative Agents (Park et al., UIST 2023), without relevance",
        _generative_agents,
    ),
    WorthPolicy(
        "half_life",
        "f + (1 - f) x 0.5^(idle / h); f = importance / 2; h = 300, 2,400, 43,200 s by tier x (1 + ln(1 + hits))",
        "the published parameters of the Neuroca architecture; MemoryBank (Zhong et al., 2023)",
        _half_life,
    ),
    WorthPolicy(
        "act_r",
        "(hits + 1) x (age + 1)^-0.5 x importance / cost",
        "ACT-R base-level activation, optimised learning form (Anderson and Lebiere, 1998)",
        _act_r,
    ),
)
