"""What is special about Graphiti."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from mempress import Record

if TYPE_CHECKING:
    from pathlib import Path

    from tests.systems.conftest import Drive

NAME = "graphiti-kuzu"
pytestmark = [pytest.mark.peers, pytest.mark.timeout(300)]
RECORDS = [Record(f"r{number}", f"fact number {number}", metadata={"tags": ["a"]}) for number in range(20)]


def test_what_was_acknowledged_survives_a_kill(drive: Drive, tmp_path: Path) -> None:
    memory = drive(NAME, tmp_path)
    memory.store(RECORDS)
    memory.kill()
    again = drive(NAME, tmp_path)
    assert again.count() == 20
    assert again.get(["r7", "none"]) == {"r7": "fact number 7"}
    assert again.search("fact number 7", limit=3)[0].record_id == "r7"
    again.close()


def test_the_names_of_its_two_entities_alone_are_texts_that_nobody_made_ready(drive: Drive, tmp_path: Path) -> None:
    memory = drive(NAME, tmp_path)
    memory.store(RECORDS)
    reply = memory._client.search([RECORDS[3].text], limit=3, budget_ns=1 << 62, at_least=1)
    assert (reply["embed_misses"], reply["errors"]) == (2, [])
    memory.close()


def test_a_record_stored_again_replaces_the_first_and_is_found_by_its_new_words(drive: Drive, tmp_path: Path) -> None:
    memory = drive(NAME, tmp_path)
    memory.store(RECORDS)
    memory.store([Record("r4", "the parrot is called Turnip")])
    assert memory.count() == 20
    assert memory.get(["r4"]) == {"r4": "the parrot is called Turnip"}
    assert memory.search("which parrot is called Turnip", limit=1)[0].record_id == "r4"
    assert memory.delete(["r4", "none"]) == 1
    assert memory.count() == 19
    memory.close()
