"""What vector stores owe beyond the protocol: the nearest are found, any id and metadata pass, a kill loses nothing."""

from __future__ import annotations

from hashlib import blake2b
from typing import TYPE_CHECKING

import pytest
from tests.systems.cost import cost_of
from tests.systems.driven import DrivenError

from mempress import Record
from mempress.embedding import hash_embed
from mempress.systems.registry import shipped_systems

if TYPE_CHECKING:
    from pathlib import Path

    from tests.systems.conftest import Drive

STORES = (
    "agno-knowledge-lancedb",
    "agno-knowledge-pgvector",
    "chroma",
    "lancedb",
    "langgraph-memory",
    "langgraph-postgres",
    "langgraph-sqlite",
    "milvus-lite",
    "qdrant-local",
    "sqlite-vec",
)
pytestmark = pytest.mark.timeout(300)
WORDS = [f"w{blake2b(bytes([number]), digest_size=3).hexdigest()}" for number in range(60)]
ODD_IDS = ("plain", "it's", 'a "quoted" id', "back\\slash", "two\nlines\tand a tab", "100%_", "東京/ü 🗼", "x" * 200)
METADATA = {
    "timestamp": "2026-01-02T03:04:05Z",
    "tags": ["a", "b"],
    "none": None,
    "empty": [],
    "number": 1.5,
    "mixed": [1, "two", None],
    "nested": {"deep": {"er": [1, 2]}},
}


def those_that(capability: str | None = None) -> list[object]:
    offers = shipped_systems()
    names = [name for name in STORES if capability is None or capability in offers[name][1].capabilities]
    return [pytest.param(name, marks=cost_of(name)) for name in names]


def notes(number: int) -> list[Record]:
    """Give records of six words each out of sixty: near each other by degrees."""

    def text(index: int) -> str:
        digest = blake2b(index.to_bytes(4, "big"), digest_size=6).digest()
        return " ".join(WORDS[byte % len(WORDS)] for byte in digest)

    return [Record(f"r{index}", f"{text(index)} n{index}") for index in range(number)]


def nearest(records: list[Record], query: str, limit: int) -> set[str]:
    """Give the ids with the highest cosines; those that tie with the last are all in."""
    (asked,) = hash_embed([query])
    vectors = hash_embed([record.text for record in records])
    cosines = [sum(a * b for a, b in zip(asked, vector, strict=True)) for vector in vectors]
    last = sorted(cosines)[-limit]
    return {record.id for record, cosine in zip(records, cosines, strict=True) if cosine >= last - 1e-5}


@pytest.mark.parametrize("name", those_that())
def test_the_nearest_of_its_vectors_are_found(name: str, drive: Drive, tmp_path: Path) -> None:
    """An index may miss one in ten; a store that embeds another text, or orders the wrong way, finds hardly any."""
    records = notes(400)
    store = drive(name, tmp_path)
    for start in range(0, 400, 100):
        store.store(records[start : start + 100])
    found = 0
    for record in records[::20]:
        query = f"{record.text} {WORDS[7]}"
        hits = [hit.record_id for hit in store.search(query, limit=10)]
        assert len(set(hits)) == 10
        found += len(nearest(records, query, 10) & set(hits))
    store.close()
    assert found >= 0.9 * 20 * 10


@pytest.mark.parametrize("name", those_that())
def test_any_id_and_any_metadata_pass(name: str, drive: Drive, tmp_path: Path) -> None:
    records = [Record(record_id, f"text of {number}", metadata=METADATA) for number, record_id in enumerate(ODD_IDS)]
    store = drive(name, tmp_path)
    store.store(records)
    assert store.get(ODD_IDS) == {record.id: record.text for record in records}
    assert store.search("text of 3", limit=1)[0].record_id == ODD_IDS[3]
    assert store.delete([ODD_IDS[1], ODD_IDS[4], "never held"]) == 2
    assert set(store.get(ODD_IDS)) == set(ODD_IDS) - {ODD_IDS[1], ODD_IDS[4]}
    assert store.count() == len(ODD_IDS) - 2
    store.close()


@pytest.mark.parametrize("name", those_that("persistence"))
def test_acknowledged_records_outlive_a_kill(name: str, drive: Drive, tmp_path: Path) -> None:
    records = notes(120)
    store = drive(name, tmp_path)
    for start in range(0, 120, 40):
        store.store(records[start : start + 40])
    store.delete(["r3"])
    store.kill()
    again = drive(name, tmp_path)
    held = {record.id: record.text for record in records if record.id != "r3"}
    assert again.get([record.id for record in records]) == held
    assert again.count() == len(held)
    assert again.search(records[7].text, limit=1)[0].record_id == "r7"
    again.close()


@pytest.mark.parametrize("name", those_that("maintenance"))
@pytest.mark.parametrize("emergency", [False, True])
def test_maintenance_takes_nothing_away(name: str, emergency: bool, drive: Drive, tmp_path: Path) -> None:
    records = notes(200)
    store = drive(name, tmp_path)
    store.store(records)
    store.delete([record.id for record in records[::2]])
    store.call("perform_maintenance", emergency=emergency)
    held = {record.id: record.text for record in records[1::2]}
    assert store.get([record.id for record in records]) == held
    assert {store.search(record.text, limit=1)[0].record_id for record in records[1:40:2]} == set(list(held)[:20])
    store.close()


@pytest.mark.parametrize("name", those_that())
def test_an_option_that_it_does_not_have_is_refused(name: str, drive: Drive, tmp_path: Path) -> None:
    with pytest.raises(DrivenError, match=rf"UsageError: {name}.* no option"):
        drive(name, tmp_path, no_such_thing=1)
