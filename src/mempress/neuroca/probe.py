"""The probe: writes, reads, finds and forgets, and says how long that took."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import numpy as np

from mempress.neuroca.errors import NeurocaError
from mempress.neuroca.vectors import matrix_of

if TYPE_CHECKING:
    from mempress.neuroca.core import Core

_KEY = "probe"


def probe(core: Core) -> float:
    """Give the seconds of a durable write, its reading and forgetting, and of finding a held record by its vector.

    It takes no record's place, so it may run on a full store.

    Raises:
        NeurocaError: a step did not do what it should; says which.
    """
    start = time.perf_counter()
    mark = time.time_ns()
    with core.store.transaction():
        core.store.write_meta(**{_KEY: mark})
    if core.store.read_meta(_KEY) != mark:
        raise NeurocaError("What the probe wrote cannot be read back: run check().")
    with core.store.transaction():
        core.store.execute("DELETE FROM meta WHERE key = ?", (_KEY,))
    if core.store.read_meta(_KEY) is not None:
        raise NeurocaError("What the probe wrote cannot be forgotten: run check().")
    _find_one(core)
    return time.perf_counter() - start


def _find_one(core: Core) -> None:
    live = np.flatnonzero(core.ledger.tier[: core.ledger.top])[-1:].tolist()
    slots, matrix = matrix_of(core.store.vectors(live))
    if slots and not core.index.contains(slots[0]):
        raise NeurocaError("A held record is not in the index: run check(fix=True).")
    if slots and not len(core.index.search(matrix, 1)[0]):
        raise NeurocaError("The index finds nothing: run check(fix=True).")
