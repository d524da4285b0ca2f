"""Intervals of shares seen in a sample."""

from __future__ import annotations

from math import sqrt

_Z = 1.959963984540054
"""Of 95%."""


def wilson(hits: int, n: int, population: int | None = None) -> tuple[float, float]:
    """Give Wilson's 95% interval of a share, ``hits`` out of ``n`` drawn (Wilson, JASA 22, 1927).

    Drawn without putting back from a population of N, n counts for n (N - 1) / (N - n): all of it drawn, the share is
    known.

    Raises:
        ValueError: n is not positive, or more than the population.
    """
    if n < 1 or (population is not None and n > population):
        raise ValueError(f"n={n} of a population of {population}")
    share = hits / n
    if population is not None:
        if n == population:
            return share, share
        n_known = n * (population - 1) / (population - n)
    else:
        n_known = float(n)
    squared = _Z * _Z / n_known
    middle = (share + squared / 2) / (1 + squared)
    half = _Z * sqrt(share * (1 - share) / n_known + squared / (4 * n_known)) / (1 + squared)
    return max(0.0, min(middle - half, share)), min(1.0, max(middle + half, share))
