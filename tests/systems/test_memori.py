"""What is special about Memori."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from mempress import Record

if TYPE_CHECKING:
    from pathlib import Path

    from tests.systems.conftest import Drive

pytestmark = [pytest.mark.peers, pytest.mark.timeout(300)]
RECORDS = [Record(f"r{number}", f"fact number {number}", metadata={"tags": ["a"]}) for number in range(20)]


def test_what_was_acknowledged_survives_a_kill(drive: Drive, tmp_path: Path) -> None:
    memory = drive("memori", tmp_path)
    memory.store(RECORDS)
    memory.kill()
    again = drive("memori", tmp_path)
    assert again.count() == 20
    assert again.search("fact number 7", limit=3)[0].text == "fact number 7"
    again.close()


def test_the_query_is_embedded_by_the_run(drive: Drive, tmp_path: Path) -> None:
    memory = drive("memori", tmp_path)
    memory.store(RECORDS)
    reply = memory._client.search([RECORDS[3].text], limit=3, budget_ns=1 << 62, at_least=1)
    assert (reply["embed_misses"], reply["errors"]) == (0, [])
    memory.close()


def test_what_is_said_again_is_one_fact(drive: Drive, tmp_path: Path) -> None:
    memory = drive("memori", tmp_path)
    memory.store([*RECORDS, Record("again", "Fact number 4!"), Record("a", "山田さん"), Record("b", "القاهرة")])
    assert memory.count() == 21
    memory.close()


def test_what_is_not_among_the_newest_thousand_is_kept_and_not_found(drive: Drive, tmp_path: Path) -> None:
    memory = drive("memori", tmp_path)
    memory.store(RECORDS[:1])
    assert memory.search(RECORDS[0].text, limit=1)[0].text == RECORDS[0].text
    memory.store([Record(f"later{number}", f"something else, {number}") for number in range(1_000)])
    assert memory.count() == 1_001
    assert RECORDS[0].text not in [hit.text for hit in memory.search(RECORDS[0].text, limit=1_000)]
    memory.close()
