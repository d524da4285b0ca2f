"""What is special about Chroma."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from mempress import Record

if TYPE_CHECKING:
    from pathlib import Path

    from tests.systems.conftest import Drive

pytestmark = [pytest.mark.peers, pytest.mark.timeout(300)]


def test_a_batch_above_the_client_s_limit_is_cut(drive: Drive, tmp_path: Path) -> None:
    records = [Record(f"r{number}", f"fact number {number}") for number in range(6_000)]
    chroma = drive("chroma", tmp_path)
    chroma.store(records)
    assert chroma.count() == 6_000
    chroma.close()


def test_a_vacuum_is_done_while_the_store_is_closed_and_told_as_the_operator_s(drive: Drive, tmp_path: Path) -> None:
    records = [Record(f"r{number}", f"fact number {number}" * 50) for number in range(1_000)]
    chroma = drive("chroma", tmp_path)
    chroma.store(records)
    chroma.delete([record.id for record in records[:900]])
    told = chroma.call("perform_maintenance")
    assert told["operator_maintenance"] == "chroma vacuum --force"
    assert told["freed_bytes"] > 0
    assert chroma.count() == 100
    chroma.close()
