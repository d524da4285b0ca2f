"""The operations of a run as a table, a row for each call that was timed, straight from its journal."""

from __future__ import annotations

from itertools import repeat
from typing import TYPE_CHECKING, Any

import numpy as np

from mempress.journal import Maintained, Sampled, Stored, TrafficSegment, read_journal
from mempress.report.tables.columns import Column, Table
from mempress.runfiles import RunFiles, read_head
from mempress.samples import recall
from mempress.traffic import KINDS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from mempress.journal import Event
    from mempress.report.tables.columns import Chunk

_COLUMNS = (
    Column("phase", "text"),
    Column("source", "text"),
    Column("operation", "text"),
    Column("record", "whole"),
    Column("records", "whole"),
    Column("due_ns", "whole"),
    Column("wait_ns", "whole"),
    Column("service_ns", "whole"),
    Column("failed", "flag"),
    Column("recall", "figure"),
    Column("journaled_ns", "whole"),
)


def operations_table(directory: Path) -> Table:
    """Give the calls of a run in the order in which they were journaled; of a soak, which counts them, there are none.

    Raises:
        JournalError: the run's head or journal cannot be read, the latter as it is taken.
    """
    in_traffic = read_head(directory).config.traffic is not None
    events = read_journal(RunFiles(directory).journal)
    return Table("operations", _COLUMNS, _chunks(events, in_traffic=in_traffic))


def _chunks(events: Iterable[Event], *, in_traffic: bool) -> Iterator[Chunk]:
    """Give a chunk for each event that tells of calls; the stores of traffic stand in its segments already."""
    for event in events:
        match event:
            case TrafficSegment():
                yield _segment(event)
            case Stored() if not in_traffic:
                yield _stored(event)
            case Sampled() if event.searches:
                yield _searches(event)
            case Maintained():
                yield _maintained(event)


def _rows(event: Event, rows: int, **values: Any) -> Chunk:
    """Give so many rows; a value that is no list is that of all of them, and what is not given is unknown."""
    shared = {"phase": getattr(event, "phase", ""), "journaled_ns": event.t_ns} | values
    found = {column.name: shared.get(column.name) for column in _COLUMNS}
    return {name: value if isinstance(value, list) else list(repeat(value, rows)) for name, value in found.items()}


def _stored(event: Stored) -> Chunk:
    return _rows(
        event,
        1,
        source="batch",
        operation="store",
        record=event.first,
        records=len(event.importance),
        service_ns=event.latency_ns,
        failed=event.error is not None,
    )


def _searches(event: Sampled) -> Chunk:
    return _rows(
        event,
        len(event.searches),
        source=f"checkpoint {event.mark}",
        operation="search",
        service_ns=[asked.latency_ns for asked in event.searches],
        failed=[asked.hits is None for asked in event.searches],
        recall=[recall(asked) if asked.need else None for asked in event.searches],
    )


def _maintained(event: Maintained) -> Chunk:
    return _rows(
        event,
        1,
        source="request",
        operation="emergency maintenance" if event.emergency else "maintenance",
        service_ns=event.latency_ns,
        failed=event.error is not None,
    )


def _segment(event: TrafficSegment) -> Chunk:
    failed = frozenset(event.failed)
    records, targets, recalls = (
        iter(range(event.first, event.first + len(event.kinds))),
        iter(event.targets),
        iter(event.recall),
    )
    sources = {"s": records, "u": targets, "d": targets, "q": repeat(None)}
    return _rows(
        event,
        len(event.kinds),
        source="traffic",
        operation=[KINDS[letter] for letter in event.kinds],
        record=[next(sources[letter]) for letter in event.kinds],
        records=[None if letter == "q" else 1 for letter in event.kinds],
        due_ns=np.cumsum(event.gap_ns, dtype=np.int64).tolist(),
        wait_ns=list(event.wait_ns) or None,
        service_ns=list(event.service_ns),
        failed=[turn in failed for turn in range(len(event.kinds))] if failed else False,
        recall=[next(recalls) if letter == "q" else None for letter in event.kinds],
    )
