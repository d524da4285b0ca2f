"""An adapter's own PostgreSQL: it starts, lasts, counts as the system's, and ends however its adapter ends."""

from __future__ import annotations

import os
import select
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from tests.systems.driven import DrivenError

from mempress import Record
from mempress.runner.client import disk_of
from mempress.systems.registry import SystemReference
from mempress.systems.shipped import read_project

if TYPE_CHECKING:
    from tests.systems.conftest import Drive

PROJECT = read_project(Path(__file__).parent / "postgres_project" / "system.toml")
ADAPTER = PROJECT.directory / "adapter.py"
NOTES = SystemReference(
    spec="notes", label="notes", named=True, target=f"{ADAPTER}:PostgresNotes", project=PROJECT, offer=PROJECT.offers[0]
)
RECORDS = [Record(f"r{number}", f"the fact of number {number}, naïve") for number in range(20)]
TEXTS = {record.id: record.text for record in RECORDS}
pytestmark = [pytest.mark.long, pytest.mark.timeout(300)]  # a cluster takes seconds to make on a slow disk


def wait_for_the_end(pid: int) -> bool:
    """Wait until a process is gone that is not our child."""
    with suppress(ProcessLookupError):
        descriptor = os.pidfd_open(pid)
        try:
            return bool(select.select([descriptor], [], [], 60)[0])
        finally:
            os.close(descriptor)
    return True


def test_what_is_stored_is_found_and_is_there_after_a_close(drive: Drive, tmp_path: Path) -> None:
    notes = drive(NOTES, tmp_path)
    notes.store(RECORDS)
    (pid,) = notes.call("process_ids")
    assert notes.search("number 7", limit=1)[0].record_id == "r7"
    assert (tmp_path / "postgres").stat().st_mode & 0o077 == 0, "no other user may reach its socket"
    notes.close()
    assert wait_for_the_end(pid)
    again = drive(NOTES, tmp_path)
    assert again.get(list(TEXTS)) == TEXTS
    again.close()


def test_its_memory_and_its_disk_are_the_system_s(drive: Drive, tmp_path: Path) -> None:
    notes = drive(NOTES, tmp_path)
    (pid,) = notes.call("process_ids")
    use = notes._client.memory()
    assert use is not None
    assert use.processes >= 5, "PostgreSQL is several processes, and all are counted"
    assert pid in notes._client._worker.processes()
    assert disk_of(tmp_path).used_bytes > 20 << 20, "an empty cluster alone takes so much"
    notes.close()


def test_it_ends_with_a_worker_that_is_killed_and_recovers_what_was_acknowledged(drive: Drive, tmp_path: Path) -> None:
    notes = drive(NOTES, tmp_path)
    notes.store(RECORDS)
    (pid,) = notes.call("process_ids")
    os.kill(notes.pid, 9)  # the worker alone: nobody tells the server
    assert wait_for_the_end(pid)
    notes.kill()
    again = drive(NOTES, tmp_path)
    assert again.get(list(TEXTS)) == TEXTS
    again.close()


def test_a_note_that_a_crash_left_and_a_cluster_that_was_half_made_are_no_hindrance(
    drive: Drive, tmp_path: Path
) -> None:
    draft = tmp_path / "postgres.draft"
    draft.mkdir()
    (draft / "PG_VERSION").write_text("18")
    notes = drive(NOTES, tmp_path)
    notes.close()
    (tmp_path / "postgres" / "postmaster.pid").write_text(f"{os.getpid()}\n", "ascii")
    again = drive(NOTES, tmp_path)
    assert again.count() == 0
    again.close()


def test_a_workdir_too_long_for_a_socket_has_it_elsewhere_and_leaves_nothing_there(
    drive: Drive, tmp_path: Path
) -> None:
    workdir = tmp_path.joinpath(*["a-long-name-of-a-directory"] * 4)
    workdir.mkdir(parents=True)
    notes = drive(NOTES, workdir)
    notes.store(RECORDS)
    assert notes.count() == 20
    (pid,) = notes.call("process_ids")
    command = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
    sockets = Path(os.fsdecode(command[command.index(b"-k") + 1]))
    assert sockets.stat().st_mode & 0o077 == 0
    notes.close()
    assert not sockets.exists()


def test_a_server_that_cannot_start_is_told_in_its_own_words(drive: Drive, tmp_path: Path) -> None:
    notes = drive(NOTES, tmp_path)
    notes.close()
    (tmp_path / "postgres" / "postgresql.conf").write_text("no_such_setting = 1\n", "ascii")
    with pytest.raises(DrivenError, match=r"postgres ended with status 1: \S+ \S+ GMT .*no_such_setting"):
        drive(NOTES, tmp_path)
