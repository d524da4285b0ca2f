"""A load offered as traffic: what is acknowledged, held, deleted and revised agrees with what a sound system says."""

from __future__ import annotations

import json
import threading
from itertools import accumulate
from typing import TYPE_CHECKING

import pytest

from mempress.journal import Stored, TrafficSegment, read_journal
from mempress.runfiles import RunFiles, run_files
from mempress.testing.controls import Perfect
from mempress.testing.scripted import Scripted
from mempress.traffic import Traffic

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from mempress.journal import Event
    from mempress.systems.protocol import Hit, Record, SystemConfig
    from tests.conftest import Bench

PERFECT = "mempress.testing.controls:Perfect"
HERE = "tests.runner.test_traffic"
EVERYTHING = {"store": 50.0, "search": 30.0, "update": 10.0, "delete": 10.0}


class Refusing(Scripted):
    """Refuses the records whose number ends in 7, and raises in every search after the 300th record."""

    name = "refusing"

    def store(self, records: Sequence[Record]) -> None:
        if any(record.id.endswith("7") for record in records):
            raise ValueError("not this one")
        super().store(records)

    def search(self, query: str, *, limit: int) -> Sequence[Hit]:
        if len(self._held) > 300:
            raise RuntimeError("too many")
        return super().search(query, limit=limit)


class Forgetful(Perfect):
    """Deletes what it is told to and, with every tenth record, one that nobody asked to be gone."""

    name = "forgetful"

    def store(self, records: Sequence[Record]) -> None:
        super().store(records)
        if len(self._texts) % 10 == 0:
            self._forget(next(iter(self._texts)))


class Together(Scripted):
    """May be called from several threads at once: each call has the system to itself."""

    name = "together"
    capabilities = Scripted.capabilities | {"threads"}

    def __init__(self, workdir: Path, config: SystemConfig) -> None:
        super().__init__(workdir, config)
        self._alone = threading.Lock()

    def store(self, records: Sequence[Record]) -> None:
        with self._alone:
            super().store(records)

    def search(self, query: str, *, limit: int) -> Sequence[Hit]:
        with self._alone:
            return super().search(query, limit=limit)


def journal(tmp_path: Path, run: str) -> list[Event]:
    return list(read_journal(RunFiles(run_files(tmp_path / "out", run).directory).journal))


def segments(tmp_path: Path, run: str) -> list[TrafficSegment]:
    return [event for event in journal(tmp_path, run) if isinstance(event, TrafficSegment)]


def test_every_record_is_offered_once_and_the_mix_is_kept(bench: Bench, tmp_path: Path) -> None:
    (summary,) = bench(PERFECT, traffic=Traffic(mix=EVERYTHING), capacity_records=None)
    found = segments(tmp_path, "perfect")
    kinds = "".join(segment.kinds for segment in found)
    assert kinds.count("s") == 1_000
    assert abs(kinds.count("q") - 600) <= 1
    assert abs(kinds.count("u") + kinds.count("d") - 400) <= 100  # none before the first segment is over
    stored = [event for event in journal(tmp_path, "perfect") if isinstance(event, Stored)]
    assert [event.first for event in stored] == list(accumulate((event.calls for event in stored[:-1]), initial=0))
    assert summary.status == "completed"
    assert summary.metrics.max_records == 1_000


def test_what_was_deleted_is_not_missed_and_what_was_revised_is_not_altered(bench: Bench, tmp_path: Path) -> None:
    (summary,) = bench(PERFECT, traffic=Traffic(mix=EVERYTHING), capacity_records=None)
    deleted = {ordinal for segment in segments(tmp_path, "perfect") for ordinal in segment.deleted}
    assert len(deleted) > 100
    assert summary.metrics.retained_records == 1_000 - len(deleted)
    assert summary.answers.altered_texts == 0
    assert summary.answers.held_share == 1.0
    assert summary.metrics.importance_retention == pytest.approx(1.0)
    assert summary.health_components["reconciliation"] == 1.0


def test_what_is_lost_beside_the_deletions_is_seen(bench: Bench, tmp_path: Path) -> None:
    (summary,) = bench(f"{HERE}:Forgetful", traffic=Traffic(mix=EVERYTHING), capacity_records=None)
    deleted = {ordinal for segment in segments(tmp_path, "forgetful") for ordinal in segment.deleted}
    assert summary.metrics.retained_records is not None
    assert summary.metrics.retained_records < 1_000 - len(deleted) - 50


@pytest.fixture
def notes(tmp_path: Path) -> str:
    """A workload in which each record is asked for by a word of its own, from the moment on at which it is stored."""
    lines: list[dict[str, object]] = []
    for number in range(1_000):
        lines.append({"id": f"n{number}", "text": f"the note says word{number}"})
        lines.append({"probe": f"word{number}", "answers": [f"n{number}"]})
    path = tmp_path / "notes.jsonl"
    path.write_text("".join(json.dumps(line) + "\n" for line in lines), "utf-8")
    return str(path)


def test_a_search_asks_for_what_was_stored_before_it_and_not_deleted(bench: Bench, tmp_path: Path, notes: str) -> None:
    """A system that keeps all and finds every word finds each answer that is true at the moment of the search."""
    bench(PERFECT, traffic=Traffic(mix=EVERYTHING), capacity_records=None, workload=notes)
    recalls = [value for segment in segments(tmp_path, "perfect") for value in segment.recall if value is not None]
    assert len(recalls) > 450
    assert set(recalls) == {1.0}


def test_single_refusals_and_errors_are_counted_one_by_one(bench: Bench, tmp_path: Path) -> None:
    traffic = Traffic(mix={"store": 50.0, "search": 50.0})
    (summary,) = bench(f"{HERE}:Refusing", traffic=traffic, continue_after_saturation=True)
    found = segments(tmp_path, "refusing")
    assert summary.ended_at_records == 900
    assert summary.metrics.retained_records == 900
    refused = {
        segment.first + place
        for segment in found
        for place, turn in enumerate(turn for turn, kind in enumerate(segment.kinds) if kind == "s")
        if turn in segment.failed
    }
    assert refused == {ordinal for ordinal in range(1_000) if ordinal % 10 == 7}
    stores = sum(error.count for error in summary.errors if error.operation == "store")
    assert stores == 100
    failed = sum(len(segment.failed) for segment in found)
    searches = sum(error.count for error in summary.errors if error.operation == "search" and error.phase == "load")
    assert searches >= failed - stores > 300


def test_the_same_seed_offers_the_same_to_every_system(bench: Bench, tmp_path: Path) -> None:
    traffic = Traffic(mix=EVERYTHING, rate=5_000.0)
    bench(PERFECT, f"{HERE}:Forgetful", traffic=traffic)
    first, second = (
        [(segment.kinds, segment.gap_ns, segment.targets) for segment in segments(tmp_path, run)]
        for run in ("perfect", "forgetful")
    )
    assert first == second


def test_a_system_that_cannot_delete_is_offered_the_rest_at_the_same_moments(bench: Bench, tmp_path: Path) -> None:
    bench(PERFECT, f"{HERE}:Together", traffic=Traffic(mix=EVERYTHING, rate=5_000.0))

    def stores_and_searches(run: str) -> list[tuple[str, int]]:
        return [
            (kind, due)
            for segment in segments(tmp_path, run)
            for kind, due in zip(segment.kinds, accumulate(segment.gap_ns), strict=True)
            if kind in "sq"
        ]

    assert stores_and_searches("perfect") == stores_and_searches("together")
    assert not any(kind in "ud" for segment in segments(tmp_path, "together") for kind in segment.kinds)


def test_the_schedule_goes_on_where_the_segment_before_it_ended(bench: Bench, tmp_path: Path) -> None:
    bench(PERFECT, traffic=Traffic(mix=EVERYTHING, rate=2_000.0))
    found = [segment for segment in segments(tmp_path, "perfect") if segment.phase == "load"]
    assert [segment.began_ns for segment in found] == [0, *(segment.ended_ns for segment in found[:-1])]
    assert all(wait >= 0 for segment in found for wait in segment.wait_ns)


@pytest.mark.parametrize(("system", "clients"), [("Together", 4), ("Refusing", 1)])
def test_so_many_clients_as_asked_where_threads_are_declared_else_one(
    bench: Bench, tmp_path: Path, system: str, clients: int
) -> None:
    traffic = Traffic(mix={"store": 50.0, "search": 50.0}, clients=4)
    (summary,) = bench(f"{HERE}:{system}", traffic=traffic, max_records=200, batch_size=100)
    found = segments(tmp_path, system.lower())
    assert {segment.clients for segment in found} == {clients}
    assert summary.metrics.retained_records == (200 if clients > 1 else 180)
