"""Measures how long after a store its records can be read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mempress.journal import ReadBack
from mempress.runner.recorder import clean

if TYPE_CHECKING:
    from mempress.runner.lookup import Lookup

_TAIL_SHARE = 10
_MISSES_ALLOWED = 3
_NS_PER_SECOND = 1_000_000_000


class Reader:
    """Waits, after a batch and before any flush, for one of its last records.

    Of the last tenth of the batch it takes the most important record, which no system that honours importance drops at
    once. After three records in a row that were not readable in time it asks no more: each would cost the whole wait.
    """

    def __init__(self, lookup: Lookup) -> None:
        self._lookup = lookup
        self._method = "get" if "get" in lookup.client.capabilities else "search"
        self._seen = len(lookup.recorder.acknowledged)
        self._misses = 0

    def read_back(self) -> None:
        """Wait for a record of what was acknowledged since the last call, and journal how long it took."""
        new = len(self._lookup.recorder.acknowledged) - self._seen
        self._seen += new
        if not new or self._misses >= _MISSES_ALLOWED:
            return
        ordinal = self._choose(new)
        workload, config = self._lookup.workload, self._lookup.config
        text = self._lookup.text_of(ordinal) if self._method == "search" else ""
        within_ns = int(config.readable_seconds * _NS_PER_SECOND)
        reply = self._lookup.client.read_back(
            workload.id_of(ordinal), text, method=self._method, limit=config.limit, within_ns=within_ns
        )
        if not reply["polls"]:
            return
        self._misses = 0 if reply["after_ns"] is not None else self._misses + 1
        self._write(ordinal, within_ns, reply["after_ns"], reply["polls"], reply["error"])

    def _choose(self, new: int) -> int:
        acknowledged, workload = self._lookup.recorder.acknowledged, self._lookup.workload
        tail = acknowledged[len(acknowledged) - max(1, new // _TAIL_SHARE) :]
        return max(tail, key=lambda ordinal: (workload.importance(ordinal), ordinal))

    def _write(self, ordinal: int, within_ns: int, after_ns: int | None, polls: int, error: str | None) -> None:
        recorder = self._lookup.recorder
        if error is not None:
            recorder.fail(self._method, error)
        recorder.write(
            ReadBack(
                t_ns=recorder.t_ns,
                phase=recorder.phase,
                records=recorder.records,
                ordinal=ordinal,
                method=self._method,
                after_ns=after_ns,
                polls=polls,
                within_ns=within_ns,
                error=None if error is None else clean(error),
            )
        )
