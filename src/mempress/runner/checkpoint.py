"""Takes a sample of a system: its weight, its count, its own words, and how it answers."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeGuard

from mempress.journal import Asked, Sampled, Testified
from mempress.runner.client import disk_of
from mempress.runner.environment import read_noise
from mempress.runner.idsample import ask_ids
from mempress.runner.lookup import Lookup
from mempress.runner.readback import Reader
from mempress.runner.recorder import clean, clean_json
from mempress.workload.model import Question

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence, Set
    from pathlib import Path

    from mempress.config import RunConfig
    from mempress.runner.client import SystemClient
    from mempress.runner.recorder import Recorder
    from mempress.samples import Sample
    from mempress.workload.model import Probe
    from mempress.workload.prepare import Workload

UNKNOWN_ID = -1
NO_ID = -2
_SEARCHES_PER_COMMAND = 100
_NS_PER_SECOND = 1_000_000_000


@dataclass(slots=True)
class _Searches:
    """The searches of one checkpoint as they come in."""

    asked: list[Asked] = field(default_factory=list)
    over_limit: int = 0
    wrong: str | None = None
    errors: dict[str, int] = field(default_factory=dict)
    spent_ns: int = 0
    embed_misses: int = 0


class Checkpoint:
    """Takes samples of one system under one workload."""

    def __init__(self, client: SystemClient, recorder: Recorder, workload: Workload, config: RunConfig, workdir: Path):
        self._client = client
        self._recorder = recorder
        self._workload = workload
        self._config = config
        self._workdir = workdir
        self._lookup = Lookup(client, recorder, workload, config)
        self._reader = Reader(self._lookup)

    def take(self, mark: str, *, offered: int) -> Sample:
        """Sample the system after ``offered`` records; the final sample searches more often, for its percentiles."""
        if mark == "batch":
            self._reader.read_back()
        flush_ns = self._flush()
        memory, disk = self._client.memory(), disk_of(self._workdir)
        held, health = self._count(), self._health()
        self.drain()
        searches = self._search(offered, final=mark == "final")
        self._report(searches)
        ids = ask_ids(self._lookup, mark)
        recorder = self._recorder
        sample = recorder.write(
            Sampled(
                t_ns=recorder.t_ns,
                phase=recorder.phase,
                mark=mark,
                records=recorder.records,
                memory=memory,
                disk=disk,
                held=held,
                health=health,
                flush_ns=flush_ns,
                limit=self._config.limit,
                searches=searches.asked,
                noise=read_noise(),
                embed_misses=searches.embed_misses,
                over_limit=searches.over_limit,
                ids=ids,
            )
        )
        if sample is None:
            raise AssertionError("a Sampled event completes a sample")
        return sample

    def _flush(self) -> int | None:
        if "flush" not in self._client.capabilities:
            return None
        reply = self._client.call("flush")
        self._note("flush", reply)
        return int(reply["latency_ns"])

    def _count(self) -> int | None:
        if "count" not in self._client.capabilities:
            return None
        reply = self._client.call("count")
        value = reply["value"]
        if self._note("count", reply):
            return None
        if not isinstance(value, int) or isinstance(value, bool) or value < 0:
            self._violation("count", f"count() gave {value!r}: it must be a whole number, 0 or more")
            return None
        return value

    def _health(self) -> dict[str, float | None] | None:
        if "health" not in self._client.capabilities:
            return None
        reply = self._client.call("health")
        if self._note("health", reply):
            return None
        value = reply["value"]
        overall = value.get("overall_health") if isinstance(value, dict) else None
        if not _is_number(overall) or not 0.0 <= overall <= 1.0:
            self._violation("health", f"health() gave overall_health={overall!r}: it must be a number in [0, 1]")
            return None
        return {clean(name): float(item) for name, item in value.items() if _is_number(item)}

    def drain(self) -> None:
        """Journal the system's testimony since it was last asked, where it gives any."""
        if "events" not in self._client.capabilities:
            return
        reply = self._client.call("drain_events")
        events = reply["value"]
        if self._note("drain_events", reply) or not events:
            return
        if not isinstance(events, list) or not all(isinstance(event, dict) and "kind" in event for event in events):
            self._violation("drain_events", "drain_events() gave something other than mappings with a 'kind'")
            return
        self._testify(events)

    def _testify(self, events: list[dict[str, Any]]) -> None:
        recorder = self._recorder
        recorder.write(
            Testified(t_ns=recorder.t_ns, phase=recorder.phase, records=recorder.records, events=clean_json(events))
        )

    def _search(self, offered: int, *, final: bool) -> _Searches:
        config = self._config
        wanted = max(config.queries, config.final_queries) if final else config.queries
        budget_ns = int((config.final_budget_seconds if final else config.search_budget_seconds) * _NS_PER_SECOND)
        probes = self._workload.probes(offered, wanted)
        searches = _Searches()
        for start in range(0, len(probes), _SEARCHES_PER_COMMAND):
            piece = probes[start : start + _SEARCHES_PER_COMMAND]
            reply = self._client.search(
                [probe.query for probe in piece],
                limit=config.limit,
                budget_ns=max(0, budget_ns - searches.spent_ns),
                at_least=max(0, config.queries - start),
            )
            self._add(searches, piece, reply)
            if len(reply["answers"]) < len(piece) or searches.spent_ns >= budget_ns:
                break
        return searches

    def _add(self, searches: _Searches, probes: Sequence[Probe], reply: dict[str, Any]) -> None:
        for probe, latency_ns, answer in zip(probes, reply["latency_ns"], reply["answers"], strict=False):
            deleted = self._recorder.edits.deleted
            searches.asked.append(judge_search(self._workload, probe, latency_ns, answer, deleted))
            searches.spent_ns += latency_ns
            if answer is not None:
                searches.over_limit += answer["returned"] > self._config.limit
                searches.wrong = searches.wrong or answer["wrong"]
        searches.embed_misses = reply["embed_misses"]
        for _, message in reply["errors"]:
            searches.errors[message] = searches.errors.get(message, 0) + 1

    def _report(self, searches: _Searches) -> None:
        for message, count in searches.errors.items():
            self._recorder.fail("search", message, count=count)
        if searches.over_limit:
            text = f"search gave more than limit={self._config.limit} hits; those beyond it were not counted"
            self._recorder.fail("search", text, kind="violation", count=searches.over_limit)
        if searches.wrong:
            self._violation("search", searches.wrong)

    def _note(self, operation: str, reply: dict[str, Any]) -> bool:
        """Record the error of a reply; gives whether there was one."""
        if reply["error"] is not None:
            self._recorder.fail(operation, reply["error"])
        return reply["error"] is not None

    def _violation(self, operation: str, message: str) -> None:
        self._recorder.fail(operation, message, kind="violation")


def judge_search(
    workload: Workload, probe: Probe, latency_ns: int, answer: dict[str, Any] | None, deleted: Set[int]
) -> Asked:
    """Hold a system's hits against the ground truth, which the worker never sees; what is ``deleted`` is no answer."""
    known = (workload.ordinal(record_id) for record_id in probe.answers)
    answers = tuple(ordinal for ordinal in known if ordinal is not None and ordinal not in deleted)
    question = Question(probe.query, answers, probe.token, probe.any_suffices)
    return judge_question(question, workload.ordinal, latency_ns, answer)


def judge_question(
    question: Question, ordinal_of: Callable[[str], int | None], latency_ns: int, answer: dict[str, Any] | None
) -> Asked:
    """Hold hits against a question's answers; None: the search raised."""
    answers = list(question.answers)
    if answer is None:
        return Asked(latency_ns, question.need, answers, None, None)
    hits = [_ordinal(ordinal_of, record_id) for record_id, _ in answer["hits"]]
    matched = None
    if NO_ID in hits and question.token is not None:
        matched = [record_id is None and question.token in text for record_id, text in answer["hits"]]
    return Asked(latency_ns, question.need, answers, hits, matched)


def _ordinal(ordinal_of: Callable[[str], int | None], record_id: str | None) -> int:
    if record_id is None:
        return NO_ID
    ordinal = ordinal_of(record_id)
    return UNKNOWN_ID if ordinal is None else ordinal


def _is_number(value: object) -> TypeGuard[int | float]:
    return isinstance(value, int | float) and not isinstance(value, bool)
