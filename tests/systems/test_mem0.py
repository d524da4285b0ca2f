"""What is special about mem0."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from tests.systems.driven import DrivenError

from mempress import Record

if TYPE_CHECKING:
    from pathlib import Path

    from tests.systems.conftest import Drive

pytestmark = [pytest.mark.peers, pytest.mark.timeout(300)]
RECORDS = [Record(f"r{number}", f"fact number {number}", metadata={"tags": ["a"]}) for number in range(20)]
ALL = ("mem0", "mem0-chroma", "mem0-faiss", "mem0-pgvector")


@pytest.mark.parametrize("name", ALL)
def test_what_was_acknowledged_survives_a_kill(name: str, drive: Drive, tmp_path: Path) -> None:
    memory = drive(name, tmp_path)
    memory.store(RECORDS)
    memory.kill()
    again = drive(name, tmp_path)
    assert again.count() == 20
    assert again.get(["r7"]) == {"r7": "fact number 7"}
    assert again.search("fact number 7", limit=3)[0].record_id == "r7"
    again.close()


@pytest.mark.parametrize("name", ALL)
def test_the_record_s_id_finds_each_memory_that_bears_it(name: str, drive: Drive, tmp_path: Path) -> None:
    """mem0 gives ids of its own: a record stored twice is held twice, and deleted twice."""
    memory = drive(name, tmp_path)
    memory.store([*RECORDS, RECORDS[4]])
    assert memory.count() == 21
    assert memory.delete(["r4", "none"]) == 2
    assert memory.count() == 19
    assert memory.get(["r4", "r5"]) == {"r5": "fact number 5"}
    memory.close()


def test_an_unknown_vector_store_is_refused(drive: Drive, tmp_path: Path) -> None:
    with pytest.raises(DrivenError, match="qdrant, chroma, faiss, pgvector"):
        drive("mem0", tmp_path, vector_store="shelf")
