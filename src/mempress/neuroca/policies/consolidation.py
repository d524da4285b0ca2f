"""When an older record has been replaced by a newer one, told from the cosine of their vectors alone."""

from __future__ import annotations


def redundancy(cosine: float, *, related: float, duplicate: float) -> float:
    """Give how far the newer of two records replaces the older, in [0, 1].

    0 below ``related``; from there linear up to 0.5 below ``duplicate``; 1 from ``duplicate`` on. The threshold form is
    that of near-duplicate removal (Lee et al., ACL 2022); the ramp keeps a related, older fact, but behind the newer.
    """
    if cosine >= duplicate:
        return 1.0
    if cosine < related:
        return 0.0
    return 0.5 * (cosine - related) / (duplicate - related)
