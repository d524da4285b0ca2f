"""The interface of an executor: attempts go in, reports come out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

import msgspec

from mempress.campaign.matrix import PlannedRun

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mempress.journal import Status
    from mempress.runfiles import RunFiles

TICK_SECONDS = 1.0
"""How long an executor waits for something to report."""


class Order(msgspec.Struct, frozen=True, kw_only=True):
    """What a measuring process is told, as JSON. ``cores``: those to which it binds itself; None: as it is."""

    planned: PlannedRun
    executor: dict[str, Any]
    cores: list[int] | None = None


@dataclass(frozen=True, slots=True)
class Attempt:
    """One try at a run, whose files are to lie in ``files``, where nothing lies yet."""

    planned: PlannedRun
    number: int
    files: RunFiles


@dataclass(frozen=True, slots=True)
class Report:
    """What became of the attempt at a run on a node."""

    run: str
    node: str


@dataclass(frozen=True, slots=True)
class Began(Report):
    """It has a node now."""


@dataclass(frozen=True, slots=True)
class Done(Report):
    """Its journal is complete."""

    status: Status
    wall_s: float
    journal_bytes: int


@dataclass(frozen=True, slots=True)
class Broken(Report):
    """The harness failed on it; the reason is its last words."""

    reason: str


@dataclass(frozen=True, slots=True)
class Gone(Report):
    """Its node or its process went away under it."""

    reason: str


class Executor(Protocol):
    """Measures attempts, each alone on its slot. An attempt that was started is reported on to its end."""

    words: str
    """What stands in the report, as in ``local, one run at a time``."""

    def slots(self) -> int:
        """Give how many attempts may be under way now; what is started beyond that waits."""

    def start(self, attempt: Attempt) -> None:
        """Take an attempt."""

    def reports(self) -> Sequence[Report]:
        """Wait about a tick at most, and give what there is to report.

        Raises:
            MempressError: nothing can be measured any more.
        """

    def close(self) -> None:
        """Stop all that is under way: a run's journal says that it was interrupted, as far as there is time."""
