"""From stored half-precision vectors to a matrix."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mempress.neuroca.index import Vectors


def matrix_of(vectors: Mapping[int, bytes]) -> tuple[list[int], Vectors]:
    """Give the keys, and the vectors as float32 of shape (n, dimension) in the same order."""
    if not vectors:
        return [], np.empty((0, 0), np.float32)
    flat = np.frombuffer(b"".join(vectors.values()), dtype=np.float16)
    return list(vectors), flat.reshape(len(vectors), -1).astype(np.float32)
