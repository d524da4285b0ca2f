"""What is special about LangGraph's stores."""

from __future__ import annotations

import contextlib
import sqlite3
from typing import TYPE_CHECKING, Any

import pytest
from tests.systems.cost import cost_of
from tests.systems.driven import DrivenError

from mempress import Record

if TYPE_CHECKING:
    from pathlib import Path

    from tests.systems.conftest import Drive

pytestmark = pytest.mark.timeout(300)
RECORDS = [Record(f"r{number}", f"fact number {number}", metadata={"tags": ["a"]}) for number in range(20)]
ALL = ("langgraph-memory", "langgraph-sqlite", "langgraph-postgres")


@pytest.mark.parametrize("name", [pytest.param(name, marks=cost_of(name)) for name in ALL])
def test_the_text_alone_is_embedded(name: str, drive: Drive, tmp_path: Path) -> None:
    """A value embedded as JSON would be a text whose vector nobody made ready: a miss."""
    store = drive(name, tmp_path)
    store.store(RECORDS)
    reply = store._client.search([RECORDS[3].text], limit=3, budget_ns=1 << 62, at_least=1)
    assert reply["embed_misses"] == 0
    store.close()


@pytest.mark.long
def test_sqlite_sweeps_what_has_expired_and_counts_it_until_then(drive: Drive, tmp_path: Path) -> None:
    store = drive("langgraph-sqlite", tmp_path, ttl_minutes=60)
    store.store(RECORDS)
    with contextlib.closing(sqlite3.connect(tmp_path / "memory.db")) as file, file:
        file.execute("UPDATE store SET expires_at = '2000-01-01 00:00:00' WHERE key < 'r15'")
    expired = sum(record.id < "r15" for record in RECORDS)
    assert store.count() == 20
    told = store.call("perform_maintenance")
    assert (told["swept"], told["operator_maintenance"]) == (expired, "VACUUM")
    assert store.count() == 20 - expired
    store.close()


@pytest.mark.long
def test_sqlite_takes_a_batch_above_its_limit_of_values(drive: Drive, tmp_path: Path) -> None:
    records = [Record(f"r{number}", f"fact number {number}") for number in range(7_000)]
    store = drive("langgraph-sqlite", tmp_path)
    store.store(records)
    assert store.count() == 7_000
    store.close()


@pytest.mark.long
@pytest.mark.parametrize("minutes", [0, -1, "soon", True])
def test_a_time_to_live_is_a_number_of_minutes(minutes: Any, drive: Drive, tmp_path: Path) -> None:
    with pytest.raises(DrivenError, match=r"ttl_minutes is .* Give a number of minutes above 0"):
        drive("langgraph-sqlite", tmp_path, ttl_minutes=minutes)
