"""Damage: corrupt pages, a torn log, leftovers of a salvage, a header gone, an index that disagrees."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest
from tests.neuroca.neuroca_kit import engine, record, records, sound, unit

from mempress.neuroca import DamagedError, Neuroca, SettingsError

if TYPE_CHECKING:
    from pathlib import Path

FILE = "neuroca.db"
PAGE = 4096


def _filled(directory: Path, count: int = 300) -> None:
    with engine(directory) as memory:
        memory.store(records(range(count)))


def _overwrite(path: Path, page: int, content: bytes) -> None:
    with path.open("r+b") as file:
        file.seek(page * PAGE)
        file.write(content)


def _pages_with(path: Path, text: bytes) -> list[int]:
    content = path.read_bytes()
    return [at for at in range(len(content) // PAGE) if text in content[at * PAGE : (at + 1) * PAGE]]


def _accounted(memory: Neuroca, count: int) -> None:
    """Every record is either held and exact, or named as lost, or counted as lost."""
    held = memory.get([f"r{number}" for number in range(count)], reinforce=False)
    lost = set(memory.opening.lost)
    assert not lost & held.keys()
    assert len(held) + len(lost) + memory.opening.lost_unnamed == count
    assert all(item.text == record(int(name[1:])).text for name, item in held.items())
    sound(memory)


@pytest.mark.parametrize("which", [0, 3, -1])
def test_a_page_of_records_that_is_garbage(tmp_path: Path, which: int) -> None:
    """What is readable is kept, what is lost is named, the old file stays beside, and the engine works on.

    The first such page is the table's root (SQLite leaves old text in it): then nothing is lost.
    """
    _filled(tmp_path)
    page = _pages_with(tmp_path / FILE, b"about topic")[which]
    _overwrite(tmp_path / FILE, page, os.urandom(PAGE))
    with engine(tmp_path) as memory:
        assert memory.opening.salvaged
        assert len(memory.opening.lost) < 60
        assert (tmp_path / f"{FILE}.damaged").exists()
        assert (memory.health().integrity < 1) == bool(memory.opening.lost)
        assert memory.drain_events()[0].kind == "recovery"
        _accounted(memory, 300)
        memory.store(records(range(300, 400)))
    with engine(tmp_path) as memory:
        assert not memory.opening.salvaged
        assert memory.get(["r399"])


def test_one_flipped_byte_in_a_text(tmp_path: Path) -> None:
    """SQLite sees nothing wrong; the record's checksum does, and it alone is lost, by name."""
    _filled(tmp_path)
    content = bytearray((tmp_path / FILE).read_bytes())
    at = content.index(b"note 123 about")
    content[at] ^= 1
    (tmp_path / FILE).write_bytes(content)
    with engine(tmp_path) as memory:
        assert memory.opening.lost == ("r123",)
        _accounted(memory, 300)


def test_every_page_in_turn(tmp_path: Path) -> None:
    """Whatever page is garbage: the store opens with all accounted for, or says that it cannot be read."""
    _filled(tmp_path / "whole", 60)
    content = (tmp_path / "whole" / FILE).read_bytes()
    opened = 0
    for page in range(len(content) // PAGE):
        directory = tmp_path / f"page{page}"
        directory.mkdir()
        (directory / FILE).write_bytes(content)
        _overwrite(directory / FILE, page, bytes([page % 251]) * PAGE)
        try:
            memory = engine(directory)
        except (DamagedError, SettingsError) as error:
            assert str(directory) in str(error)
            continue
        opened += 1
        with memory:
            sound(memory)
            assert memory.count() + len(memory.opening.lost) + memory.opening.lost_unnamed <= 60
    assert opened >= len(content) // PAGE - 4


@pytest.mark.parametrize("size", [0, 10, 1000])
def test_a_file_that_is_no_database(tmp_path: Path, size: int) -> None:
    """An empty file is a new store; anything else is refused with what to do, and left as it was."""
    (tmp_path / FILE).write_bytes(b"x" * size)
    if not size:
        engine(tmp_path).close()
        return
    with pytest.raises(DamagedError, match="move it away"):
        engine(tmp_path)
    assert (tmp_path / FILE).read_bytes() == b"x" * size


def test_a_torn_log(tmp_path: Path) -> None:
    """A log cut anywhere loses at most the transactions that were cut, never the file before them."""
    source = tmp_path / "source"
    memory = engine(source)
    memory.store(records(range(100)))
    memory.flush()
    for number in range(100, 140):
        memory.store([record(number)])
    log = (source / f"{FILE}-wal").read_bytes()
    base = (source / FILE).read_bytes()
    memory.close()
    for at, cut in enumerate(range(0, len(log), max(1, len(log) // 12))):
        directory = tmp_path / f"cut{at}"
        directory.mkdir()
        (directory / FILE).write_bytes(base)
        (directory / f"{FILE}-wal").write_bytes(log[:cut])
        with engine(directory) as torn:
            sound(torn)
            held = torn.get([f"r{number}" for number in range(140)], reinforce=False)
            assert list(held) == [f"r{number}" for number in range(len(held))] or len(held) >= 100
            assert {f"r{number}" for number in range(len(held))} == held.keys()


def test_a_salvage_that_was_cut_off_is_finished_or_cleared(tmp_path: Path) -> None:
    _filled(tmp_path / "a", 20)
    _filled(tmp_path / "b", 30)
    (tmp_path / "a" / f"{FILE}.partial").write_bytes(b"half")
    with engine(tmp_path / "a") as memory:
        assert memory.count() == 20
        assert not (tmp_path / "a" / f"{FILE}.partial").exists()
    (tmp_path / "b" / FILE).rename(tmp_path / "a" / f"{FILE}.salvaged")
    with engine(tmp_path / "a") as memory:
        assert memory.count() == 30


def test_an_index_that_lost_and_invented_vectors_is_found_and_rebuilt(tmp_path: Path) -> None:
    with engine(tmp_path) as memory:
        memory.store(records(range(50)))
        memory._core.index.remove([3, 4, 5])
        memory._core.index.add([1_000], unit(1)[None])
        assert {finding.name: finding.count for finding in memory.check(fix=True)} == {
            "index_missing": 3,
            "index_ghost": 2,
        }
        sound(memory)
        assert memory.search(vector=unit(4), limit=1)[0].id == "r4"


def test_a_ledger_that_disagrees_is_found_and_rebuilt(tmp_path: Path) -> None:
    with engine(tmp_path) as memory:
        memory.store(records(range(50)))
        memory.flush()
        memory._core.ledger.importance[7] = 0.9
        memory._core.ledger.live += 1
        assert {finding.name for finding in memory.check(fix=True)} >= {"ledger_differs", "counts"}
        sound(memory)
        assert memory.count() == 50


def test_a_failure_between_commit_and_memory_heals_itself(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The index fails after the store has committed: the call fails, the next one works on a rebuilt index."""
    with engine(tmp_path) as memory:
        memory.store(records(range(10)))

        def fail(*_: object) -> None:
            raise MemoryError

        monkeypatch.setattr(memory._core.index, "add", fail)
        with pytest.raises(MemoryError):
            memory.store([record(10)])
        monkeypatch.undo()
        assert memory.search(vector=unit(10), limit=1)[0].id == "r10"
        sound(memory)
