"""Offers a load as traffic, single operations on a schedule, and journals what came of each."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mempress.journal import Maintained, TrafficSegment
from mempress.runner.outcomes import errors_by_turn, failures, gaps, outcomes, removed, searched, waits
from mempress.runner.plan import Plan
from mempress.runner.recorder import clean, clean_json

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from mempress.config import RunConfig
    from mempress.runner.client import SystemClient
    from mempress.runner.outcomes import Outcome
    from mempress.runner.plan import Segment
    from mempress.runner.recorder import Recorder
    from mempress.traffic import Traffic
    from mempress.workload.prepare import Batch, Workload


class TrafficLoad:
    """Offers batch after batch to one system, each phase on a schedule of its own."""

    def __init__(
        self, client: SystemClient, recorder: Recorder, workload: Workload, config: RunConfig, traffic: Traffic
    ) -> None:
        self._client = client
        self._recorder = recorder
        self._workload = workload
        self._config = config
        self._traffic = traffic
        self._phase = ""
        self._now_ns = 0

    def offer(self, batch: Batch, *, maintain: bool = False) -> Iterator[Outcome]:
        """Offer a batch, segment by segment; gives what came of its records, in order, as soon as it is known.

        ``maintain`` requests maintenance as the first segment begins: beside the clients where the system's calls may
        be made from several threads, else ahead of them, while operations fall due.
        """
        if self._recorder.phase != self._phase:
            self._begin_phase()
        for segment in self._plan.segments(batch):
            began_ns = self._now_ns
            reply = self._ask(segment, maintain=maintain)
            maintain = False
            stored = list(outcomes(segment, reply))
            self._write(segment, reply, began_ns)
            self._apply(segment, reply, stored)
            yield from stored

    def rebind(self, client: SystemClient) -> None:
        """Go on with the same system in another worker."""
        self._client = client

    def _begin_phase(self) -> None:
        self._phase, self._now_ns = self._recorder.phase, 0
        self._clients = self._traffic.clients if "threads" in self._client.capabilities else 1
        names = (self._config.seed, self._phase)
        self._plan = Plan(self._workload, self._traffic, self._recorder.edits, clients=self._clients, names=names)

    @property
    def _edits(self) -> bool:
        """Whether records are updated or deleted: the mix asks for it, and the system can."""
        mix = self._traffic.mix
        return "delete" in self._client.capabilities and bool(mix.get("update") or mix.get("delete"))

    def _ask(self, segment: Segment, *, maintain: bool) -> dict[str, Any]:
        beside = "threads" in self._client.capabilities
        command = {
            "kinds": segment.kinds,
            "due_ns": segment.due_ns,
            "now_ns": self._now_ns,
            "queries": [probe.query for probe in segment.probes],
            "ids": [self._workload.id_of(ordinal) for ordinal in segment.deleted],
            "limit": self._config.limit,
            "clients": self._clients,
            "maintain": None if not maintain else "beside" if beside else "before",
            "last": segment.last,
        }
        texts = segment.texts() if self._client.wants_vectors else ()
        reply = self._client.traffic(command, b"[" + b",".join(segment.rows) + b"]", texts)
        self._now_ns = reply["ended_ns"]
        return reply

    def _write(self, segment: Segment, reply: Mapping[str, Any], began_ns: int) -> None:
        """Journal the segment, what was raised in it, and a maintenance that ended in it."""
        recorder, maintained = self._recorder, reply["maintained"]
        # What a search asks for may be deleted or updated just before or just after it: then it has no ground truth.
        unsure = recorder.edits.deleted.union(segment.targets)
        found = searched(segment, reply, self._workload, self._config.limit, unsure)
        recorder.write(
            TrafficSegment(
                t_ns=recorder.t_ns,
                phase=recorder.phase,
                clients=self._clients,
                first=segment.first,
                kinds=segment.kinds,
                gap_ns=gaps(segment, reply),
                wait_ns=waits(segment, reply),
                service_ns=reply["service_ns"],
                failed=sorted(errors_by_turn(reply)),
                recall=found.recall,
                targets=segment.targets,
                removed=removed(segment, reply),
                began_ns=began_ns,
                ended_ns=reply["ended_ns"],
                drain_ns=reply["drain_ns"],
                maintained=None if maintained is None else (maintained["from_ns"], maintained["to_ns"]),
            )
        )
        for operation, message, count in failures(segment, reply):
            recorder.fail(operation, message, count=count)
        if found.over_limit:
            text = f"search gave more than limit={self._config.limit} hits; those beyond it were not counted"
            recorder.fail("search", text, kind="violation", count=found.over_limit)
        if found.wrong:
            recorder.fail("search", found.wrong, kind="violation")
        if maintained is not None:
            self._write_maintained(maintained)

    def _write_maintained(self, told: Mapping[str, Any]) -> None:
        recorder = self._recorder
        recorder.write(
            Maintained(
                t_ns=recorder.t_ns,
                phase=recorder.phase,
                records=recorder.records,
                emergency=False,
                latency_ns=told["latency_ns"],
                value=clean_json(told["value"]),
                error=None if told["error"] is None else clean(told["error"]),
            )
        )
        if told["error"] is not None:
            recorder.fail("perform_maintenance", told["error"])

    def _apply(self, segment: Segment, reply: Mapping[str, Any], stored: Sequence[Outcome]) -> None:
        """Take note of what is live, deleted and revised now."""
        if not self._edits:
            return
        edits, errors = self._recorder.edits, errors_by_turn(reply)
        turns = [turn for turn, kind in enumerate(segment.kinds) if kind in "ud"]
        for turn, ordinal in zip(turns, segment.targets, strict=True):
            if segment.kinds[turn] == "u" and turn not in errors:
                edits.revised[ordinal] = edits.revised.get(ordinal, 0) + 1
            elif segment.kinds[turn] == "u" or turn not in errors:
                edits.deleted.add(ordinal)
                edits.live.remove(ordinal)
        for outcome in stored:
            if outcome.error is None:
                edits.live.add(range(outcome.first, outcome.first + outcome.count))
