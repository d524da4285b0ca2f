"""What is special about Mnemosyne."""

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


def test_what_was_acknowledged_survives_a_kill(drive: Drive, tmp_path: Path) -> None:
    memory = drive("mnemosyne", tmp_path)
    memory.store(RECORDS)
    memory.kill()
    again = drive("mnemosyne", tmp_path)
    assert again.count() == 20
    assert again.get(["r7", "none"]) == {"r7": "fact number 7"}
    assert again.search("fact number 7", limit=3)[0].record_id == "r7"
    again.close()


def test_every_record_has_a_vector_and_every_query_is_embedded(drive: Drive, tmp_path: Path) -> None:
    """A failure to embed is a line in its log alone, and words would hide it."""
    memory = drive("mnemosyne", tmp_path)
    memory.store(RECORDS)
    reply = memory._client.search([RECORDS[3].text], limit=3, budget_ns=1 << 62, at_least=1)
    assert reply["embed_misses"] == 0
    rows = memory.call("perform_maintenance")["rows"]
    assert (rows["vec_working"], rows["memory_embeddings"]) == (20, 20)
    memory.close()


def test_only_a_forced_sleep_sums_up_what_is_young_and_it_keeps_the_originals(drive: Drive, tmp_path: Path) -> None:
    memory = drive("mnemosyne", tmp_path / "usual")
    memory.store(RECORDS)
    assert memory.call("perform_maintenance")["summed_up"] == 0
    memory.close()
    memory = drive("mnemosyne", tmp_path / "forced", force_sleep=True)
    memory.store(RECORDS)
    told = memory.call("perform_maintenance")
    assert (told["summed_up"], told["summaries"], told["rows"]["episodic_memory"]) == (20, 1, 1)
    assert memory.count() == 20
    assert memory.get(["r7"]) == {"r7": "fact number 7"}
    memory.close()


def test_a_record_stored_twice_is_held_twice_and_deleted_twice(drive: Drive, tmp_path: Path) -> None:
    memory = drive("mnemosyne", tmp_path)
    memory.store([*RECORDS, RECORDS[4]])
    assert memory.count() == 21
    assert memory.delete(["r4", "none"]) == 2
    assert memory.count() == 19
    memory.close()


def test_another_option_is_refused(drive: Drive, tmp_path: Path) -> None:
    with pytest.raises(DrivenError, match="one option, force_sleep"):
        drive("mnemosyne", tmp_path, depth=3)
