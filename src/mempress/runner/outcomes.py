"""What came of a segment of traffic: from a worker's reply to lines of the journal. Pure functions."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import groupby, pairwise
from typing import TYPE_CHECKING, Any

from mempress.runner.checkpoint import judge_search
from mempress.samples import recall
from mempress.traffic import KINDS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Set

    from mempress.runner.plan import Segment
    from mempress.workload.prepare import Workload

_ROUNDING = 4


@dataclass(frozen=True, slots=True)
class Outcome:
    """Records ``first`` to ``first + count - 1`` were stored, by ``calls`` calls; ``error`` None: acknowledged."""

    first: int
    count: int
    calls: int
    latency_ns: int
    error: str | None


@dataclass(slots=True)
class Searched:
    """The searches of a segment, held against the ground truth."""

    recall: list[float | None] = field(default_factory=list)
    over_limit: int = 0
    wrong: str | None = None


def outcomes(segment: Segment, reply: Mapping[str, Any]) -> Iterator[Outcome]:
    """Give what came of the segment's stores, neighbours that met the same fate as one."""
    errors = errors_by_turn(reply)
    turns = [turn for turn, kind in enumerate(segment.kinds) if kind == "s"]
    stored = zip(segment.stores, turns, strict=True)
    for error, run in groupby(stored, key=lambda item: errors.get(item[1])):
        items = list(run)
        spent_ns = sum(reply["service_ns"][turn] for _, turn in items)
        yield Outcome(items[0][0], len(items), len(items), spent_ns, error)


def errors_by_turn(reply: Mapping[str, Any]) -> dict[int, str]:
    """Give what was raised by the turn that raised it."""
    return {turn: message for message, turns in reply["errors"].items() for turn in turns}


def failures(segment: Segment, reply: Mapping[str, Any]) -> Iterator[tuple[str, str, int]]:
    """Give (operation, message, how often) of all that was raised."""
    for message, turns in reply["errors"].items():
        counts = {letter: sum(segment.kinds[turn] == letter for turn in turns) for letter in KINDS}
        yield from ((KINDS[letter], message, count) for letter, count in counts.items() if count)


def searched(segment: Segment, reply: Mapping[str, Any], workload: Workload, limit: int, deleted: Set[int]) -> Searched:
    """Hold the segment's searches against the ground truth; one that raised found nothing."""
    found = Searched()
    turns = (turn for turn, kind in enumerate(segment.kinds) if kind == "q")
    for turn, probe in zip(turns, segment.probes, strict=True):
        answer = reply["values"][turn]
        asked = judge_search(workload, probe, reply["service_ns"][turn], answer, deleted)
        found.recall.append(round(recall(asked), _ROUNDING) if asked.need else None)
        if answer is not None:
            found.over_limit += answer["returned"] > limit
            found.wrong = found.wrong or answer["wrong"]
    return found


def removed(segment: Segment, reply: Mapping[str, Any]) -> list[int | None]:
    """Give what delete said to each update and delete in turn; None where it raised or gave no number."""
    said = (value for value, kind in zip(reply["values"], segment.kinds, strict=True) if kind in "ud")
    return [value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else None for value in said]


def gaps(segment: Segment, reply: Mapping[str, Any]) -> list[int]:
    """Give when each operation was due less when the one before was; in a closed loop it is due when it starts."""
    due = reply["started_ns"] if segment.due_ns is None else segment.due_ns
    return [later - earlier for earlier, later in pairwise([0, *due])]


def waits(segment: Segment, reply: Mapping[str, Any]) -> list[int]:
    """Give from when each operation was due to when it started; nothing in a closed loop."""
    if segment.due_ns is None:
        return []
    return [started - due for started, due in zip(reply["started_ns"], segment.due_ns, strict=True)]
