"""Arrays of slots in whole blocks, so that memory does not creep.

numpy keeps up to seven freed blocks of each exact size below 1,024 bytes, for the life of the process (its small-block
cache, ``_core/src/multiarray/alloc.c``): 3.7 MB once all sizes have been met. Masks and columns as long as the number
of records that a call happens to concern meet them all, over hours. So what numpy computes for some records is computed
for a multiple of 1,024, and what concerns single records goes through the ledger's cells, without an array.
"""

from __future__ import annotations

from itertools import compress
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

BLOCK = 1_024


def whole_blocks(slots: Sequence[int] | NDArray[np.int64]) -> NDArray[np.int64]:
    """Give the slots, at least one, the last of them repeated until their number is a multiple of BLOCK."""
    count = len(slots)
    filled = np.empty(count + -count % BLOCK, np.int64)
    filled[:count] = slots
    filled[count:] = slots[-1]
    return filled


def chosen(slots: NDArray[np.int64], mask: NDArray[np.bool_], count: int) -> list[int]:
    """Give those of the first ``count`` slots that the mask, of the same length as the slots, is set for."""
    return list(compress(slots[:count].tolist(), mask[:count].tolist()))
