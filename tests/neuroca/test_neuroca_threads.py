"""Eight threads on one engine, and a disk without room."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from tests.neuroca.neuroca_kit import engine, record, sound, unit


def _hammer(directory: Path, stop: threading.Event, rounds: int) -> None:
    """Each thread stores, replaces, reads, searches and deletes its own ids; nobody's update is lost."""
    failures: list[BaseException] = []
    expected: dict[str, str] = {}
    guard = threading.Lock()

    def work(thread: int) -> None:
        mine: dict[str, str] = {}
        try:
            for turn in range(rounds):
                if stop.is_set():
                    break
                number = thread * 1_000_000 + turn % 50
                mine[f"r{number}"] = f"thread {thread} turn {turn}"
                memory.store([record(number, text=mine[f"r{number}"])])
                assert memory.get([f"r{number}"])[f"r{number}"].text == mine[f"r{number}"]
                assert memory.search(vector=unit(number), limit=1)[0].id == f"r{number}"
                if turn % 7 == 6:
                    assert memory.delete([f"r{number}"]) == 1
                    del mine[f"r{number}"]
                if turn % 40 == 39:
                    memory.maintain()
        except BaseException as error:  # noqa: BLE001 - handed to the main thread
            failures.append(error)
        with guard:
            expected.update(mine)

    with engine(directory) as memory:
        threads = [threading.Thread(target=work, args=(thread,)) for thread in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert not failures, failures
        assert memory.count() == len(expected)
        sound(memory)
    with engine(directory) as memory:
        assert {name: item.text for name, item in memory.get(sorted(expected)).items()} == expected


def test_eight_threads_lose_no_update(tmp_path: Path) -> None:
    _hammer(tmp_path, threading.Event(), 60)


@pytest.mark.long
@pytest.mark.timeout(300)
def test_eight_threads_for_a_minute(tmp_path: Path) -> None:
    stop = threading.Event()
    timer = threading.Timer(60, stop.set)
    timer.start()
    started = time.monotonic()
    _hammer(tmp_path, stop, 10**9)
    assert time.monotonic() - started >= 60


_FULL = """
import resource, signal, sys
from pathlib import Path
from tests.neuroca.neuroca_kit import engine, records, sound, unit
from mempress.neuroca import StorageError

signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
with engine(Path(sys.argv[1])) as memory:
    memory.store(records(range(200)))
    memory.flush()
    resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[2]), hard))
    acknowledged = 200
    try:
        while True:
            memory.store(records(range(acknowledged, acknowledged + 20)))
            acknowledged += 20
    except StorageError as error:
        assert "make room on the disk" in str(error) and error.stored == 0, error
    assert acknowledged < 20_000
    refused, later = 0, 90_000  # a log that was carried meanwhile leaves room once more
    while refused < 3:
        try:
            memory.store(records(range(later, later + 1_000)))
            later += 1_000
        except StorageError as error:
            assert error.stored == 0, error
            refused += 1
        assert memory.count() == acknowledged + later - 90_000
    assert later < 100_000
    assert memory.search(vector=unit(7), limit=1)[0].id == "r7"
    assert memory.health().errors < 1
    resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    memory.store(records(range(acknowledged, acknowledged + 300)))
    acknowledged += 300
    sound(memory)
with engine(Path(sys.argv[1])) as memory:
    numbers = [*range(acknowledged), *range(90_000, later)]
    assert len(memory.get([f"r{number}" for number in numbers])) == memory.count() == len(numbers)
    sound(memory)
print("went on")
"""


@pytest.mark.parametrize("limit_bytes", [200_000, 1_000_000])
def test_a_full_disk_is_a_clear_error_and_it_goes_on_when_there_is_room(tmp_path: Path, limit_bytes: int) -> None:
    done = subprocess.run(
        [sys.executable, "-c", _FULL, str(tmp_path), str(limit_bytes)],
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        check=False,
        timeout=100,
    )
    assert done.stdout.strip() == "went on", done.stderr
