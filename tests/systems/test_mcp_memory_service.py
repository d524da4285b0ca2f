"""What is special about mcp-memory-service."""

from __future__ import annotations

import contextlib
import sqlite3
from typing import TYPE_CHECKING, Any

import pytest
from tests.systems.driven import DrivenError

from mempress import Record
from mempress.testing.conformance.records import make_records

if TYPE_CHECKING:
    from pathlib import Path

    from tests.systems.conftest import Drive

NAME = "mcp-memory-service"
pytestmark = [pytest.mark.peers, pytest.mark.timeout(300)]
RECORDS = [Record(f"r{number}", f"fact number {number}", metadata={"tags": ["a"]}) for number in range(20)]


@pytest.mark.parametrize("write", ["batch", "single"])
def test_what_was_acknowledged_survives_a_kill(write: str, drive: Drive, tmp_path: Path) -> None:
    memory = drive(NAME, tmp_path, write=write)
    memory.store(RECORDS)
    memory.kill()
    again = drive(NAME, tmp_path)
    assert again.count() == 20
    assert again.get(["r7", "none"]) == {"r7": "fact number 7"}
    assert again.search("fact number 7", limit=3)[0].record_id == "r7"
    again.close()


def test_a_text_that_is_held_is_refused_and_the_others_are_kept(drive: Drive, tmp_path: Path) -> None:
    memory = drive(NAME, tmp_path)
    memory.store(RECORDS[:10])
    with pytest.raises(DrivenError, match="1 of 11 memories were not stored, the first: Duplicate"):
        memory.store([Record("again", RECORDS[3].text), *RECORDS[10:]])
    assert memory.count() == 20
    memory.close()


def test_what_a_consolidation_makes_is_no_record(drive: Drive, tmp_path: Path) -> None:
    records = make_records(40)
    memory = drive(NAME, tmp_path, horizon="weekly")
    memory.store(records)
    told = memory.call("perform_maintenance")
    assert (told["processed"], told["errors"]) == (40, [])
    assert told["associations"] > 0
    assert told["memories"] == 40 + told["associations"] + told["summaries"]
    assert memory.count() == 40
    assert memory.get([records[7].id]) == {records[7].id: records[7].text}
    memory.close()


def test_what_is_deleted_leaves_its_row_until_an_emergency(drive: Drive, tmp_path: Path) -> None:
    memory = drive(NAME, tmp_path)
    memory.store(RECORDS)
    assert memory.delete(["r1", "r2"]) == 2
    with contextlib.closing(sqlite3.connect(tmp_path / "sqlite_vec.db")) as file:
        assert file.execute("SELECT count(*) FROM memories WHERE deleted_at IS NOT NULL").fetchone() == (2,)
    assert memory.call("perform_maintenance")["purged"] == 0
    assert memory.call("perform_maintenance", emergency=True)["purged"] == 2
    assert memory.count() == 18
    memory.close()


@pytest.mark.parametrize("options", [{"write": "twice"}, {"horizon": "soon"}, {"depth": 3}])
def test_another_option_is_refused(options: dict[str, Any], drive: Drive, tmp_path: Path) -> None:
    with pytest.raises(DrivenError, match="the options write: batch, single; horizon: daily, weekly"):
        drive(NAME, tmp_path, **options)
