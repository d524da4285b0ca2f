"""What is special about LanceDB."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from mempress import Record

if TYPE_CHECKING:
    from pathlib import Path

    from tests.systems.conftest import Drive

pytestmark = [pytest.mark.peers, pytest.mark.timeout(300)]


def test_optimising_joins_the_fragments_and_an_emergency_drops_old_versions(drive: Drive, tmp_path: Path) -> None:
    lance = drive("lancedb", tmp_path)
    for number in range(30):
        lance.store([Record(f"r{number}", f"fact number {number}")])
    told = lance.call("perform_maintenance", emergency=False)
    assert told["operator_maintenance"] == "table.optimize()"
    assert (told["fragments_before"], told["fragments_after"]) == (30, 1)
    assert told["freed_bytes"] < 0, "the versions of the last days are kept"
    told = lance.call("perform_maintenance", emergency=True)
    assert told["operator_maintenance"] == "table.optimize(cleanup_older_than=0)"
    assert told["freed_bytes"] > 0
    assert lance.count() == 30
    lance.close()
