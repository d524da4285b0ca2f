"""Sides of a comparison made by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec
import numpy as np

from mempress.config import RunConfig
from mempress.model import HarnessCost
from mempress.versus.read import Conditions, Run, Side, SystemRuns
from tests.report.handmade import WORKLOAD, completed

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from mempress.versus.model import Row, Versus

METRICS = completed().metrics
MACHINE = {"cpu": "Some CPU", "cores": 8, "python": "3.11.9", "mempress": "0.1.0", "mechanisms": {}}
HARNESS = HarnessCost(search_min_ns=80, search_p50_ns=100, searches=2_000, store_p50_ns=200, batch_size=1_000)


def run(**changes: Any) -> Run:
    """Give a run whose metrics are changed; ``p50`` makes latencies around it, ``shared_mb`` stands beside them."""
    shared_mb, p50 = changes.pop("shared_mb", None), changes.pop("p50", None)
    latencies = None if p50 is None else tuple(p50 * (1.0 + 0.01 * np.random.default_rng(0).normal(size=60)))
    return Run(msgspec.structs.replace(METRICS, **changes), latencies, shared_mb)


def system(*runs: Run, statuses: Sequence[str] | None = None, version: str = "0.1.0", noisy: int = 0) -> SystemRuns:
    return SystemRuns(runs, statuses or ["completed"] * len(runs), [version], noisy)


def conditions(**changes: Any) -> Conditions:
    fields: dict[str, Any] = {"environment": MACHINE, "workload": WORKLOAD, "config": RunConfig(), "harness": HARNESS}
    return Conditions(**fields | changes)


def side(path: str, systems: Mapping[str, SystemRuns], *found: Conditions) -> Side:
    return Side(path, found or [conditions()], systems)


def row(versus: Versus, key: str, at: int = 0) -> Row:
    """Give the row of a metric of one system."""
    return next(row for row in versus.systems[at].rows if row.key == key)
