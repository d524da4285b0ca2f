"""Shares seen in a sample, as the model holds them."""

from __future__ import annotations

from mempress.model import Share
from mempress.stats.shares import wilson


def share_of(hits: int, n: int, population: int) -> Share | None:
    """Give the share of ``n`` drawn from ``population`` with its interval; None where nothing was drawn."""
    if not n:
        return None
    low, high = wilson(hits, n, max(n, population))
    return Share(share=hits / n, low=low, high=high, n=n)
