"""What an access is worth: one search shares one unit of use among its hits, by rank; a ``get`` is one unit for each.

The shares are 1/rank, normalised (as in the discounting of ranked results, where the first carries most): were each hit
counted fully, the tail of every result list would look as used as the answers.
"""

from __future__ import annotations

from functools import lru_cache


@lru_cache(maxsize=64)
def shares(count: int) -> tuple[float, ...]:
    """Give the share of one unit of use for each of ``count`` hits, best first; their sum is 1."""
    total = sum(1.0 / rank for rank in range(1, count + 1))
    return tuple(1.0 / (rank * total) for rank in range(1, count + 1))
