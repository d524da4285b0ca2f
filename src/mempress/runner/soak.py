"""A soak: fill a system, then store, delete and search for as long as asked, with as many records held all the time.

Nothing here grows with time: records and ids come from a cycle (``workload.cycle``), calls are folded into stretches
(``stretch``), and what should be held is a set of constant size (``live``).
"""

from __future__ import annotations

import zlib
from dataclasses import replace
from itertools import islice
from typing import TYPE_CHECKING, Any

from mempress.clock import clock_ns
from mempress.journal import Reconciled
from mempress.runner.checkpoint import judge_question
from mempress.runner.live import LiveSet
from mempress.runner.load import LoadEnd
from mempress.runner.run import Run
from mempress.runner.stretch import Pace, Stretches, Totals
from mempress.samples import recall
from mempress.soaking import hold_of
from mempress.workload.cycle import Cycle
from mempress.workload.prepare import Workload

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from mempress.runner.client import SystemClient
    from mempress.runner.recorder import Recorder
    from mempress.runner.runplan import RunPlan
    from mempress.soaking import SoakTerms
    from mempress.workload.model import Question
    from mempress.workload.prepare import Batch

_NS_PER_SECOND = 1_000_000_000
_IDS_PER_CALL = 1_000
_QUESTIONS_OF_A_STILL_SET = 1_000


class SoakRun(Run):
    """A run whose load is a soak. It does not look for saturation, nor recover."""

    def _measure(self, client: SystemClient) -> LoadEnd:
        terms = self._plan.config.soak
        if terms is None:
            raise AssertionError("a soak has terms")
        soak = Soak(client, self._recorder, self._plan, terms)
        self._recorder.begin("load")
        end = soak.run()
        self._settle(client, "final")
        soak.reconcile()
        return end


class Soak:
    """Drives one system through a soak."""

    def __init__(self, client: SystemClient, recorder: Recorder, plan: RunPlan, terms: SoakTerms) -> None:
        self._client = client
        self._recorder = recorder
        self._config = plan.config
        self._terms = terms
        self._hold = hold_of(terms, client.capabilities)
        self._cycle = Cycle(plan.workload)
        self._batches: Iterator[Batch] = self._cycle.batches()
        self._live = LiveSet(terms.order, plan.config.seed)
        self._stretches = Stretches(client, recorder, plan.workload, plan.config, plan.workdir)
        self._pace = Pace(int(terms.duration_seconds * _NS_PER_SECOND), clock_ns())
        self._still: list[Question] = []
        self._offered = self._deleted = self._refusals = 0

    def run(self) -> LoadEnd:
        """Fill, then soak until the time is over or the system refuses."""
        self._stretches.begin()
        terms, recorder = self._terms, self._recorder
        if not self._go_on("fill", lambda: recorder.records < terms.live_records):
            return LoadEnd(True, f"store raised {self._refusals} times in a row")
        self._end_stretch("fill")
        until_ns = clock_ns() + int(terms.duration_seconds * _NS_PER_SECOND)
        if not self._go_on("soak", lambda: clock_ns() < until_ns):
            return LoadEnd(True, f"store raised {self._refusals} times in a row")
        self._end_stretch("soak")
        return LoadEnd(False, f"soaked for {terms.duration_seconds:g} s, {self._offered} records were offered in all")

    def reconcile(self) -> None:
        """Ask at the end for every live record, and for those deleted last, where the system can be asked."""
        if self._hold != "delete" or "get" not in self._client.capabilities:
            return
        live, deleted = self._get(self._live), self._get(self._live.deleted)
        if live is None or deleted is None:
            return
        self._recorder.write(
            Reconciled(
                t_ns=self._recorder.t_ns,
                live=len(live),
                found=sum(found is not None for found in live),
                altered=sum(found is False for found in live),
                deleted=len(deleted),
                came_back=sum(found is not None for found in deleted),
            )
        )

    def _go_on(self, mark: str, wanted: Callable[[], bool]) -> bool:
        """Take step after step while they are wanted; gives False where the system refuses."""
        while wanted():
            if mark == "fill" or self._hold != "search":
                self._store(next(self._batches))
            if self._refusals >= self._config.saturation_samples:
                self._end_stretch(mark)
                return False
            if self._hold == "delete":
                self._delete(len(self._live) - self._terms.live_records)
            self._search(still=mark == "soak" and self._hold == "search")
            if self._pace.is_due(clock_ns()):
                self._end_stretch(mark)
            if self._terms.pause_seconds:
                self._client.rest(self._terms.pause_seconds)
        return True

    def _end_stretch(self, mark: str) -> None:
        live = None if self._hold == "capacity" else len(self._live)
        totals = Totals(self._recorder.records, self._offered, self._deleted, live)
        cost_ns = self._stretches.end(mark, totals)
        self._pace.ended(clock_ns(), cost_ns, filling=mark == "fill")

    def _store(self, batch: Batch) -> None:
        tally = self._stretches.tally
        texts = Workload.texts_of(batch) if self._client.wants_vectors else ()
        reply = self._client.store(batch.payload, texts)
        self._offered = batch.first + batch.count
        tally.stores.add(reply["latency_ns"], raised=reply["error"] is not None)
        if reply["error"] is not None:
            self._refusals += 1
            tally.fail("store", reply["error"])
            return
        self._refusals = 0
        tally.stored += batch.count
        self._recorder.records += batch.count
        if self._hold != "capacity":
            self._live.add(batch.first, batch.count)

    def _delete(self, count: int) -> None:
        """Delete what is too many; what the system says it did not find was lost before."""
        if count <= 0:
            return
        tally = self._stretches.tally
        taken = self._live.take(count)
        reply = self._client.delete([self._cycle.id_of(ordinal) for ordinal in taken])
        tally.deletes.add(reply["latency_ns"], raised=reply["error"] is not None)
        if reply["error"] is not None:
            tally.fail("delete", reply["error"])
            return
        self._deleted += len(taken)
        value = reply["value"]
        if isinstance(value, int) and not isinstance(value, bool):
            tally.missing += max(0, len(taken) - value)

    def _search(self, *, still: bool) -> None:
        questions = self._still_questions() if still else self._cycle.questions(self._offered, self._config.queries)
        if not questions:
            return
        budget_ns = int(self._config.search_budget_seconds * _NS_PER_SECOND)
        queries = [question.query for question in questions]
        reply = self._client.search(queries, limit=self._config.limit, budget_ns=budget_ns, at_least=1)
        self._stretches.embed_misses = reply["embed_misses"]
        for _, message in reply["errors"]:
            self._stretches.tally.fail("search", message)
        for question, latency_ns, answer in zip(questions, reply["latency_ns"], reply["answers"], strict=False):
            self._judge(question, latency_ns, answer)

    def _still_questions(self) -> list[Question]:
        """Give the next questions about a set that does not change: drawn once, then in turn."""
        if not self._still:
            self._still = self._cycle.questions(self._offered, _QUESTIONS_OF_A_STILL_SET)
        asked = self._still[: self._config.queries]
        self._still = [*self._still[len(asked) :], *asked]
        return asked

    def _judge(self, question: Question, latency_ns: int, answer: dict[str, Any] | None) -> None:
        """Count a search; what the harness deleted is no answer, what the system chose to forget is one."""
        tally = self._stretches.tally
        tally.searches.add(latency_ns, raised=answer is None)
        if answer is not None:
            tally.over_limit += answer["returned"] > self._config.limit
            tally.wrong = tally.wrong or answer["wrong"]
        if self._hold != "capacity":
            question = replace(question, answers=tuple(at for at in question.answers if at in self._live))
        asked = judge_question(question, self._cycle.ordinal, latency_ns, answer)
        tally.ghosts += sum(self._is_ghost(ordinal) for ordinal in asked.hits or ())
        if asked.need:
            tally.judged += 1
            tally.recall += recall(asked)

    def _is_ghost(self, ordinal: int) -> bool:
        return self._hold == "delete" and 0 <= ordinal < self._offered and ordinal not in self._live

    def _get(self, ordinals: Iterable[int]) -> list[bool | None] | None:
        """Give for each record None if it is not held, else whether its text is unchanged; None: ``get`` raised."""
        found: list[bool | None] = []
        rest = iter(ordinals)
        while piece := list(islice(rest, _IDS_PER_CALL)):
            reply = self._client.held([self._cycle.id_of(ordinal) for ordinal in piece])
            if reply["error"] is not None:
                self._recorder.fail("get", reply["error"])
                return None
            texts = (self._cycle.text_of(ordinal) for ordinal in piece)
            found += [
                None if checksum is None else checksum == zlib.crc32(text.encode("utf-8"))
                for checksum, text in zip(reply["value"], texts, strict=True)
            ]
        return found
