"""Looks records up for the harness's own audits: by ``get``, or by searching for their own texts."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mempress.worker.plain import HIT_TEXT_LIMIT
from mempress.workload.chance import shuffled, stream

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from mempress.config import RunConfig
    from mempress.runner.client import SystemClient
    from mempress.runner.recorder import Recorder
    from mempress.workload.prepare import Workload

_LEAST_SEARCHES = 10
_NS_PER_SECOND = 1_000_000_000


@dataclass(frozen=True, slots=True)
class Lookup:
    """What an audit needs to ask one system about records of a workload."""

    client: SystemClient
    recorder: Recorder
    workload: Workload
    config: RunConfig

    def living(self) -> Iterator[int]:
        """Give the acknowledged records that the harness has not deleted."""
        deleted = self.recorder.edits.deleted
        return (ordinal for ordinal in self.recorder.acknowledged if ordinal not in deleted)

    def draw(self, count: int, name: str, population: Sequence[int] | None = None) -> list[int]:
        """Draw distinct living records in random order, out of all unless a population is given; the same each run."""
        among = self.recorder.acknowledged if population is None else population
        deleted = self.recorder.edits.deleted if population is None else frozenset[int]()
        source = stream(name, self.config.seed)
        if len(among) - len(deleted) <= count:
            return shuffled([ordinal for ordinal in among if ordinal not in deleted], source)
        drawn: dict[int, None] = {}
        while len(drawn) < count:
            ordinal = among[int(source.random() * len(among))]
            if ordinal not in deleted:
                drawn[ordinal] = None
        return list(drawn)

    def text_of(self, ordinal: int) -> str:
        """Give the text under which a record should be held now."""
        return self.recorder.edits.text(ordinal, self.workload.text_of(ordinal))

    def by_get(self, ordinals: Sequence[int]) -> list[bool] | None:
        """Tell of each whether ``get`` gives it; None where there is no ``get`` or it raised."""
        if "get" not in self.client.capabilities:
            return None
        reply = self.client.held([self.workload.id_of(ordinal) for ordinal in ordinals])
        if reply["error"] is not None:
            self.recorder.fail("get", reply["error"])
            return None
        return [checksum is not None for checksum in reply["value"]]

    def by_search(self, ordinals: Sequence[int], *, at_least: int = _LEAST_SEARCHES) -> list[bool]:
        """Tell of each whether a search for its own text finds it, by its id, or by its text where a hit bears none.

        Fewer answers than ordinals: the time for it was spent. A search that raised found nothing.
        """
        texts = {ordinal: self.text_of(ordinal) for ordinal in sorted(ordinals)}
        queries = [texts[ordinal] for ordinal in ordinals]
        budget_ns = int(self.config.audit_seconds * _NS_PER_SECOND)
        reply = self.client.search(queries, limit=self.config.limit, budget_ns=budget_ns, at_least=at_least)
        for message, count in Counter(message for _, message in reply["errors"]).items():
            self.recorder.fail("search", message, count=count)
        return [
            answer is not None and any(self._is(ordinal, hit) for hit in answer["hits"])
            for ordinal, answer in zip(ordinals, reply["answers"], strict=False)
        ]

    def _is(self, ordinal: int, hit: tuple[str | None, str]) -> bool:
        """Tell whether a hit is that record; an id that the workload never gave out tells nothing."""
        record_id, text = hit
        named = None if record_id is None else self.workload.ordinal(record_id)
        return named == ordinal if named is not None else text == self.text_of(ordinal)[:HIT_TEXT_LIMIT]
