"""A prepared workload: batches as bytes, one hash, places of ids, probes or their stand-ins."""

from __future__ import annotations

import json
from dataclasses import FrozenInstanceError, dataclass
from itertools import islice
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mempress.errors import MempressError, UsageError, WorkloadError
from mempress.systems.protocol import Record
from mempress.workload import open_source
from mempress.workload.facts import FactsSource
from mempress.workload.jsonl import JsonlSource
from mempress.workload.model import Probe
from mempress.workload.prepare import Workload, prepare

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from mempress.workload.model import Source

GOLDEN_SHA256 = "c73438d53d8ee5cf2c4dce703ca2044a713df15e04622f04ae4460e862a80b5a"


@dataclass
class Given:
    """A source of somebody else's: records as given, without an index of its own."""

    given: Sequence[Record]
    name: str = "given"

    def describe(self) -> dict[str, Any]:
        return {"kind": "given"}

    def records(self) -> Iterator[Record]:
        return iter(self.given)

    def probes(self, stored: int, count: int) -> list[Probe]:
        return []


def some_records(count: int) -> list[Record]:
    return [Record(f"r{place}", f"Text number {place}.", place / 1_000, {"n": place}) for place in range(count)]


def rows_of(workload: Workload) -> list[Any]:
    return [row for batch in workload.batches() for row in json.loads(batch.payload)]


def test_golden_hash_of_a_small_facts_workload() -> None:
    """It changes only when the workload does: then every published figure is of another workload."""
    with prepare(FactsSource(7, batch_size=100), max_records=1_000, batch_size=100) as workload:
        assert workload.sha256 == GOLDEN_SHA256


@settings(max_examples=40, deadline=None)
@given(count=st.integers(1, 60), limit=st.integers(1, 70), batch_size=st.integers(1, 25))
def test_batches_hold_the_records_in_order(count: int, limit: int, batch_size: int) -> None:
    records = some_records(count)[:limit]
    with prepare(Given(some_records(count)), max_records=limit, batch_size=batch_size) as workload:
        batches = list(workload.batches())
        assert rows_of(workload) == [[item.id, item.text, item.importance, item.metadata] for item in records]
        assert [batch.first for batch in batches] == list(range(0, len(records), batch_size))
        assert [batch.count for batch in batches[:-1]] == [batch_size] * (len(batches) - 1)
        assert sum(batch.count for batch in batches) == workload.records == len(records)
        assert [text for batch in batches for text in workload.texts_of(batch)] == [item.text for item in records]
        assert [workload.text_of(place) for place in range(len(records))] == [item.text for item in records]
        importances = [value for batch in batches for value in batch.importances]
        assert importances == pytest.approx([item.importance for item in records])
        assert importances == [workload.importance(place) for place in range(len(records))]


def test_batches_can_be_read_in_any_order_and_again() -> None:
    with prepare(Given(some_records(25)), max_records=25, batch_size=10) as workload:
        assert [workload.batch(number) for number in (2, 0, 1, 0)] == [
            list(workload.batches())[number] for number in (2, 0, 1, 0)
        ]
        for wrong in (-1, 3):
            with pytest.raises(IndexError, match="of 3"):
                workload.batch(wrong)


@pytest.mark.parametrize("spec", ["facts", "given", "file"])
def test_places_and_ids_are_each_others_inverse_and_end_with_the_workload(spec: str, tmp_path: Path) -> None:
    """The source holds more records than the workload takes: those have no place in it."""
    lines = [json.dumps({"id": f"r{place}", "text": "x"}) for place in range(60)]
    (tmp_path / "r.jsonl").write_text("\n".join(lines))
    sources: dict[str, Source] = {
        "facts": FactsSource(1),
        "given": Given(some_records(60)),
        "file": JsonlSource(tmp_path / "r.jsonl"),
    }
    with prepare(sources[spec], max_records=50, batch_size=20) as workload:
        ids = [row[0] for row in rows_of(workload)]
        assert [workload.ordinal(record_id) for record_id in ids] == list(range(50))
        assert [workload.id_of(place) for place in range(50)] == ids
        outside = {"facts": "fact-00000050", "given": "r50", "file": "r50"}[spec]
        assert workload.ordinal(outside) is None
        assert workload.ordinal("nobody") is None
        for ask in (workload.id_of, workload.importance, workload.text_of):
            with pytest.raises(IndexError, match="50 of 50"):
                ask(50)


def test_the_hash_knows_records_and_order_but_not_batches() -> None:
    def sha(records: list[Record], batch_size: int) -> str:
        with prepare(Given(records), max_records=100, batch_size=batch_size) as workload:
            return workload.sha256

    records = some_records(30)
    assert sha(records, 7) == sha(records, 30) == sha(records, 100)
    changed = Record("r3", "Text number 3.", 0.9, {"n": 3})
    others = [records[::-1], records[:-1], [*records[:3], changed, *records[4:]]]
    assert len({sha(other, 7) for other in [records, *others]}) == 4


def test_the_hash_knows_probes_that_are_written_down_and_valid(tmp_path: Path) -> None:
    record, later = '{"id": "a", "text": "x"}\n', '{"id": "b", "text": "y"}\n'
    probe, other = '{"probe": "Who?", "answers": ["a"]}\n', '{"probe": "Whom?", "answers": ["a"]}\n'

    def sha(content: str) -> str:
        (tmp_path / "p.jsonl").write_text(content)
        with prepare(JsonlSource(tmp_path / "p.jsonl"), max_records=1, batch_size=10) as workload:
            return workload.sha256

    assert len({sha(record), sha(record + probe), sha(record + other)}) == 3
    assert sha(record + probe) == sha(record + probe + later + other)


def test_probes_behind_the_last_record_taken_are_valid(tmp_path: Path) -> None:
    (tmp_path / "p.jsonl").write_text(
        '{"id": "a", "text": "x"}\n{"probe": "Who?", "answers": ["a"]}\n{"id": "b", "text": "y"}\n'
    )
    with prepare(JsonlSource(tmp_path / "p.jsonl"), max_records=1, batch_size=10) as workload:
        assert workload.records == 1
        assert workload.probes(1, 5) == [Probe("Who?", ("a",))]


def test_without_a_valid_probe_own_texts_stand_in_without_answers() -> None:
    records = [Record(f"r{place}", f"{place} " + "é" * 300) for place in range(40)]
    with prepare(Given(records), max_records=40, batch_size=7) as workload:
        probes = workload.probes(30, 12)
        assert probes == workload.probes(30, 12)
        assert len({probe.query for probe in probes}) == 12
        own = {record.text[:200] for record in records[:30]}
        assert all(probe.query in own and not probe.answers and probe.token is None for probe in probes)
        assert len(workload.probes(30, 100)) == 30
        assert workload.probes(0, 5) == []
        with pytest.raises(ValueError, match="has 40 records"):
            workload.probes(41, 5)


def test_facts_answers_have_places_among_what_is_stored() -> None:
    with prepare(open_source("facts", seed=3, batch_size=100), max_records=900, batch_size=100) as workload:
        for stored in (100, 500, 900):
            places = [workload.ordinal(answer) for probe in workload.probes(stored, 50) for answer in probe.answers]
            assert len(places) >= 50
            assert all(place is not None and place < stored for place in places)


BAD_RECORDS = {
    "a duplicate": (Record("r0", "x"), "the id 'r0' came before"),
    "an empty id": (Record("", "x"), "id is empty"),
    "a blank text": (Record("z", "  "), "text is blank"),
    "NaN": (Record("z", "x", float("nan")), "importance is NaN"),
    "over 1": (Record("z", "x", 1.01), "importance is 1.01, over 1"),
    "a surrogate": (Record("z", "\ud800"), "text holds a lone surrogate"),
    "metadata": (Record("z", "x", 0.5, {"k": float("inf")}), "metadata holds inf"),
}


@pytest.mark.parametrize("kind", list(BAD_RECORDS))
def test_a_source_of_somebody_elses_is_judged_record_by_record(kind: str) -> None:
    bad, problem = BAD_RECORDS[kind]
    with pytest.raises(UsageError, match="given, record 13") as raised:
        prepare(Given([*some_records(12), bad]), max_records=100, batch_size=5)
    assert problem in str(raised.value)


def test_metadata_may_be_any_mapping() -> None:
    records = [Record("a", "x", 0.5, MappingProxyType({"k": [1]}))]
    with prepare(Given(records), max_records=1, batch_size=1) as workload:
        assert rows_of(workload) == [["a", "x", 0.5, {"k": [1]}]]


def test_a_bad_line_deep_in_a_file_is_found_before_anything_starts(tmp_path: Path) -> None:
    lines = [json.dumps({"id": f"r{place}", "text": "x"}) for place in range(500)]
    (tmp_path / "r.jsonl").write_text("\n".join([*lines, "{"]))
    with pytest.raises(WorkloadError, match=r"r\.jsonl:501: the line is no JSON"):
        prepare(JsonlSource(tmp_path / "r.jsonl"), max_records=20_000, batch_size=100)


@pytest.mark.parametrize("limits", [{"max_records": 0, "batch_size": 1}, {"max_records": 1, "batch_size": 0}])
def test_limits_that_cannot_be_are_refused(limits: dict[str, int]) -> None:
    with pytest.raises(UsageError, match="1 or more"):
        prepare(Given(some_records(3)), **limits)


def test_a_source_without_a_record_is_refused() -> None:
    with pytest.raises(UsageError, match="given has no record"):
        prepare(Given([]), max_records=5, batch_size=5)


def test_a_workload_is_frozen_and_its_file_goes_with_it() -> None:
    with prepare(Given(some_records(3)), max_records=3, batch_size=3) as workload:
        with pytest.raises(FrozenInstanceError):
            workload.records = 7  # type: ignore[misc]  # wrong on purpose
        assert workload.facts == {"kind": "given"}
    with pytest.raises(ValueError, match="closed"):
        workload.batch(0)


def test_a_full_disk_is_an_error_that_says_where_and_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.TemporaryFile", lambda: open("/dev/full", "w+b", 65_536))  # noqa: PTH123, SIM115  as the real one
    with pytest.raises(MempressError, match=r"cannot be laid aside in .*: .*No space left.* set TMPDIR") as raised:
        prepare(Given(some_records(10)), max_records=10, batch_size=5)
    assert raised.value.exit_status == 1


def test_an_endless_source_is_read_no_further_than_needed() -> None:
    read = []

    @dataclass
    class Endless(Given):
        def records(self) -> Iterator[Record]:
            place = 0
            while True:
                read.append(place)
                yield Record(f"r{place}", "x")
                place += 1

    with prepare(Endless(()), max_records=25, batch_size=10) as workload:
        assert workload.records == 25
    assert len(read) == 26
    assert len(list(islice(read, 30))) == 26
