"""What a run was told to do, where and with what."""

from __future__ import annotations

from typing import Any

import msgspec

from mempress.config import RunConfig

SCHEMA = 1


class WorkloadHead(msgspec.Struct, frozen=True, kw_only=True):
    """Which records and probes a run was given: the same hash, the same bytes."""

    name: str
    sha256: str
    records: int
    facts: dict[str, Any]


class HarnessCost(msgspec.Struct, frozen=True, kw_only=True):
    """What the harness itself adds, measured with the null system: the smallest and the median of no-op calls."""

    search_min_ns: int
    search_p50_ns: int
    searches: int
    store_p50_ns: int
    batch_size: int


class RunHead(msgspec.Struct, frozen=True, kw_only=True):
    """``run.json``: what a run was told to do, where, and with what; written before its worker starts."""

    schema: int = SCHEMA
    run: str
    system: str
    """The system as the user named it."""
    label: str
    repeat: int
    project: str | None = None
    """The distribution of the project that it ships with; None: someone else's adapter."""
    package: str | None = None
    """The distribution whose version is the system's."""
    started: str
    config: RunConfig
    workload: WorkloadHead
    environment: dict[str, Any]
    harness: HarnessCost | None
    python: str | None = None
    """The version of the Python that its worker runs; None: its environment could not be built."""
    packages: dict[str, str] = {}
    """What is installed there."""
    lock_sha256: str | None = None
    """Of the ``requirements.lock`` beside this file, which its own environment was built from; None: it has none."""
    condition: str = ""
    """Under what a campaign ran it, as far as its runs differ in that; two conditions are never put together."""
