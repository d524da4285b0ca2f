"""Adapters that are sound but for one thing: for each check, one that this check has to catch."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from typing import TYPE_CHECKING, Any

from mempress.systems.protocol import Hit, Record, SystemConfig
from mempress.testing.complete import Complete
from mempress.testing.controls import PlainList

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path


class FindsInTheEmpty(Complete):
    def search(self, query: str, *, limit: int) -> Sequence[Hit]:
        return super().search(query, limit=limit) or [Hit("as an assistant I remember nothing")]


class LosesItsPlaceAfterMany(Complete):
    def store(self, records: Sequence[Record]) -> None:
        super().store(records)
        if self.count() > 15:
            raise RuntimeError("too many calls")


class RefusesLargeBatches(Complete):
    def store(self, records: Sequence[Record]) -> None:
        if len(records) > 500:
            raise ValueError("a batch holds at most 500 records")
        super().store(records)


class RefusesEmptyBatches(Complete):
    def store(self, records: Sequence[Record]) -> None:
        first = records[0]
        assert first.id
        super().store(records)


class RefusesLongTexts(Complete):
    def store(self, records: Sequence[Record]) -> None:
        if any(len(record.text) > 50_000 for record in records):
            raise ValueError("a text has at most 50,000 characters")
        super().store(records)


class IgnoresLimitOne(Complete):
    def search(self, query: str, *, limit: int) -> Sequence[Hit]:
        return super().search(query, limit=max(limit, 1))


class InventsHits(Complete):
    def search(self, query: str, *, limit: int) -> Sequence[Hit]:
        return [Hit("an invention") for _ in super().search(query, limit=limit)]


class InventsIds(Complete):
    def search(self, query: str, *, limit: int) -> Sequence[Hit]:
        return [Hit(hit.text, "an-invention") for hit in super().search(query, limit=limit)]


class SwapsIds(Complete):
    def search(self, query: str, *, limit: int) -> Sequence[Hit]:
        return [Hit(hit.text, next(iter(self._held))) for hit in super().search(query, limit=limit)]


class FindsNothing(Complete):
    def search(self, query: str, *, limit: int) -> Sequence[Hit]:
        return ()


class ParsesQueries(Complete):
    def search(self, query: str, *, limit: int) -> Sequence[Hit]:
        if query.count('"') % 2:
            raise ValueError("unterminated string")
        return super().search(query, limit=limit)


class ExitsOnDuplicates(Complete):
    def store(self, records: Sequence[Record]) -> None:
        if any(record.id in self._held for record in records):
            sys.exit("duplicate id")
        super().store(records)


class LogsToStdout(Complete):
    def store(self, records: Sequence[Record]) -> None:
        os.write(1, b"stored\n")
        super().store(records)


class LeavesAProcess(Complete):
    def __init__(self, workdir: Path, config: SystemConfig) -> None:
        super().__init__(workdir, config)
        subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"], start_new_session=True)


class DropsOneOfMany(Complete):
    def store(self, records: Sequence[Record]) -> None:
        super().store(records[:-1] if len(records) > 500 else records)


class InventsTexts(Complete):
    def get(self, ids: Sequence[str]) -> Mapping[str, str]:
        return {key: super(InventsTexts, self).get([key]).get(key, "") for key in ids}


class StripsTexts(Complete):
    def get(self, ids: Sequence[str]) -> Mapping[str, str]:
        return {key: text.strip() for key, text in super().get(ids).items()}


class CountsWhatItEvicted(Complete):
    def __init__(self, workdir: Path, config: SystemConfig) -> None:
        super().__init__(workdir, config)
        self._acknowledged = 0

    def store(self, records: Sequence[Record]) -> None:
        super().store(records)
        self._acknowledged += len(records)

    def count(self) -> int:
        return self._acknowledged


class CountsUnknownDeletions(Complete):
    def delete(self, ids: Sequence[str]) -> int:
        super().delete(ids)
        return len(ids)


class FindsWhatIsDeleted(Complete):
    def __init__(self, workdir: Path, config: SystemConfig) -> None:
        super().__init__(workdir, config)
        self._index: dict[str, Hit] = {}

    def store(self, records: Sequence[Record]) -> None:
        super().store(records)
        self._index |= {record.text: Hit(record.text, record.id) for record in records}

    def search(self, query: str, *, limit: int) -> Sequence[Hit]:
        known = [self._index[query]] if query in self._index else []
        return [*known, *(hit for hit in super().search(query, limit=limit) if hit not in known)][:limit]


class SharesStateInTheProcess(Complete):
    shared: dict[str, Record] = {}  # noqa: RUF012 - the fault under test

    def __init__(self, workdir: Path, config: SystemConfig) -> None:
        super().__init__(workdir, config)
        super().store(list(self.shared.values()))

    def store(self, records: Sequence[Record]) -> None:
        super().store(records)
        self.shared |= {record.id: record for record in records}


class ForgetsOnRestart(Complete):
    def __init__(self, workdir: Path, config: SystemConfig) -> None:
        (workdir / "records.jsonl").unlink(missing_ok=True)
        super().__init__(workdir, config)


class ForgetsDeletionsOnRestart(Complete):
    def delete(self, ids: Sequence[str]) -> int:
        return sum(self._held.pop(key, None) is not None and bool(self._words.pop(key)) for key in ids)


class OutgrowsItsCapacity(PlainList):
    capabilities = PlainList.capabilities | {"bounded"}


class EmptiesItselfAtCapacity(Complete):
    def store(self, records: Sequence[Record]) -> None:
        super().store(records)
        if self._capacity is not None and self.count() >= self._capacity:
            self.delete(list(self._held))


class FlushesIntoTheVoid(Complete):
    def flush(self) -> None:
        self.delete(list(self._held)[:1])


class BreaksInMaintenance(Complete):
    def perform_maintenance(self, *, emergency: bool = False) -> Mapping[str, Any]:
        if not emergency:
            self._log.close()
        return {}


class DividesByZeroInEmergency(Complete):
    def perform_maintenance(self, *, emergency: bool = False) -> Mapping[str, Any]:
        return {"share": 1 / self.count()} if emergency else {}


class HealthInPercent(Complete):
    def health(self) -> Mapping[str, float]:
        return {"overall_health": 100.0}


class TestifiesForEver(Complete):
    def drain_events(self) -> Sequence[Mapping[str, Any]]:
        return self._events


class NamesDeadProcesses(Complete):
    def process_ids(self) -> Sequence[int]:
        ended = subprocess.Popen([sys.executable, "-S", "-c", ""])
        ended.wait()
        return (ended.pid,)


class EmbedsInSecret(PlainList):
    def __init__(self, workdir: Path, config: SystemConfig) -> None:
        super().__init__(workdir, config)
        self._embed = config.embed

    def search(self, query: str, *, limit: int) -> Sequence[Hit]:
        self._embed([query])
        return super().search(query, limit=limit)


class NeverEmbeds(PlainList):
    capabilities = PlainList.capabilities | {"embedding"}


class BelongsToItsThread(Complete):
    def __init__(self, workdir: Path, config: SystemConfig) -> None:
        super().__init__(workdir, config)
        self._owner = threading.get_ident()

    def store(self, records: Sequence[Record]) -> None:
        if threading.get_ident() != self._owner:
            raise RuntimeError("objects created in a thread can only be used in that thread")
        super().store(records)


class LosesUpdatesOfOtherThreads(Complete):
    def store(self, records: Sequence[Record]) -> None:
        held = dict(self._held)
        for record in records:
            time.sleep(0.001)  # another thread's store falls in here
            held[record.id] = record
        self._held = held
