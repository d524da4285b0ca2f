"""What a workload is: records in the order in which they happen, and probes whose answers are known."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from mempress.systems.protocol import JSON, Record


@dataclass(frozen=True, slots=True)
class Probe:
    """A query with its ground truth.

    ``answers`` are the ids that answer it: each of them (``any_suffices``, near-duplicates that say the same) or all
    of them together (evidence that must be joined; recall is then the share found). ``token`` is a text that any true
    answer contains and hardly another record does, for systems that give no ids; None: unknown. No answers: the query
    serves latency alone and has no recall.
    """

    query: str
    answers: tuple[str, ...] = ()
    token: str | None = None
    any_suffices: bool = False


@dataclass(frozen=True, slots=True)
class Question:
    """A probe as it is judged: its answers are the ordinals of those records that can be held at that moment."""

    query: str
    answers: tuple[int, ...]
    token: str | None
    any_suffices: bool

    @property
    def need(self) -> int:
        """How many of the answers make a recall of 1; 0: there is none to be found."""
        return min(1, len(self.answers)) if self.any_suffices else len(self.answers)


class Source(Protocol):
    """Where records and probes come from; the same source gives the same bytes each time it is read."""

    name: str

    def describe(self) -> Mapping[str, JSON]:
        """Give what a report must say of it: kind, seed, parameters, importance distributions."""

    def records(self) -> Iterator[Record]:
        """Give the records in order, ids unique, endless or not.

        Raises:
            WorkloadError: a line cannot be used.
        """

    def probes(self, stored: int, count: int) -> Sequence[Probe]:
        """Draw at most ``count`` distinct probes that make sense once the first ``stored`` records are offered.

        Deterministic in (source, stored, count). Called only after ``records`` gave at least ``stored`` records.
        """
