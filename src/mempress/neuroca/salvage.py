"""Salvage: what is readable of a damaged file goes into a new one; what is lost is named where its id is known.

Three renames make it safe at any moment: ``neuroca.db.partial`` is being written, ``neuroca.db.salvaged`` is complete,
``neuroca.db.damaged`` is the old file, kept beside. An opening that finds a complete one finishes the exchange.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import apsw

from mempress.neuroca import schema
from mempress.neuroca.errors import DamagedError
from mempress.neuroca.store import FILE_NAME, PUT, SAVE, SCAN, SCAN_ALONE, Row, entry_of, record_values

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from mempress.neuroca.ledger import Entry

_DAMAGE = (apsw.CorruptError, apsw.NotADBError, apsw.IOError, apsw.SQLError)
_ROWS_AT_ONCE = 512


@dataclass(frozen=True, slots=True)
class Salvaged:
    """How many records were saved, which ids are known to be lost, and how many were lost without a name."""

    kept: int
    lost: tuple[str, ...]
    lost_unnamed: int


def finish_exchange(directory: Path) -> None:
    """Finish, or clear away, what a salvage that was cut off left behind."""
    (directory / f"{FILE_NAME}.partial").unlink(missing_ok=True)
    if (directory / f"{FILE_NAME}.salvaged").exists():
        _exchange(directory)


def salvage(directory: Path) -> Salvaged:
    """Copy all readable records into a new file and put it in the old one's place.

    Raises:
        DamagedError: nothing can be read at all.
    """
    path = directory / FILE_NAME
    old = apsw.Connection(str(path))
    try:
        slots, ids = _known(old)
        if not slots:
            raise DamagedError(f"{path} cannot be read as a store: restore a copy, or move it away to start anew.")
        partial = directory / f"{FILE_NAME}.partial"
        kept = _copy(old, partial, slots)
    finally:
        old.close()
    lost = tuple(sorted(name for slot, name in ids.items() if slot not in kept))
    unnamed = len([slot for slot in slots if slot not in kept and slot not in ids])
    partial.rename(directory / f"{FILE_NAME}.salvaged")
    _exchange(directory)
    return Salvaged(len(kept), lost, unnamed)


def _exchange(directory: Path) -> None:
    path = directory / FILE_NAME
    for suffix in ("-wal", "-shm"):
        path.with_name(FILE_NAME + suffix).unlink(missing_ok=True)
    if path.exists():
        path.rename(directory / f"{FILE_NAME}.damaged")
    (directory / f"{FILE_NAME}.salvaged").rename(path)


def _known(old: apsw.Connection) -> tuple[list[int], dict[int, str]]:
    """Give the slots that the file should hold, and the ids of those whose id can still be read."""
    ids: dict[int, str] = {}
    slots: set[int] = set()
    for low, high in _ranges(old):
        for slot, _ in _read(old, "SELECT slot, arrived FROM records WHERE slot BETWEEN ? AND ?", low, high):
            slots.add(slot)
    query = "SELECT slot, id FROM records INDEXED BY sqlite_autoindex_records_1 ORDER BY id"
    ids.update(_some(old, query))
    ids.update(_some(old, f"{query} DESC"))
    return sorted(slots | set(ids)), ids


def _copy(old: apsw.Connection, target: Path, slots: list[int]) -> set[int]:
    kept: set[int] = set()
    new = apsw.Connection(str(target))
    new.pragma("auto_vacuum", 2)
    schema.migrate(new)
    with new:
        for key, value in _some(old, "SELECT key, value FROM meta"):
            if key != "words_upto":
                new.execute("REPLACE INTO meta VALUES (?, ?)", (key, value))
        for at in range(0, len(slots), _ROWS_AT_ONCE):
            low, high = slots[at], slots[min(at + _ROWS_AT_ONCE, len(slots)) - 1]
            for row, entry in _pairs(old, low, high):
                _put(new, row, entry)
                kept.add(row.slot)
    new.close()
    return kept


def _pairs(old: apsw.Connection, low: int, high: int) -> Iterator[tuple[Row, Entry]]:
    """Give the whole records of a range: readable, the checksum right; a record whose state is lost starts anew."""
    found: dict[int, tuple[Any, ...]] = {}
    for query in (SCAN_ALONE, SCAN):
        found |= {fields[0]: fields for fields in _read(old, f"{query} WHERE r.slot BETWEEN ? AND ?", low, high)}
    for fields in found.values():
        if all(isinstance(field, str) for field in fields[1:4]):
            row = Row(*fields[:5])
            if row.checksum == fields[5]:
                yield row, entry_of(row.slot, fields[6:])


def _put(new: apsw.Connection, row: Row, entry: Entry) -> None:
    new.execute(PUT, record_values(row, entry))
    new.execute(
        SAVE, (entry.slot, entry.arrived, entry.tier, entry.hits, entry.redundancy, entry.used_at, entry.importance)
    )


def _ranges(old: apsw.Connection) -> Iterator[tuple[int, int]]:
    tops = [row[0] for table in ("state", "records") for row in _some(old, f"SELECT max(slot) FROM {table}")]  # noqa: S608 - our own tables
    top = max((top for top in tops if top is not None), default=-1)
    for low in range(0, top + 1, _ROWS_AT_ONCE):
        yield low, low + _ROWS_AT_ONCE - 1


def _read(old: apsw.Connection, sql: str, low: int, high: int) -> list[tuple[Any, ...]]:
    """Read a range of slots; where that fails, its halves, down to the single slot."""
    try:
        return list(old.execute(sql, (low, high)))
    except _DAMAGE:
        if low >= high:
            return []
    middle = (low + high) // 2
    return _read(old, sql, low, middle) + _read(old, sql, middle + 1, high)


def _some(old: apsw.Connection, sql: str) -> list[tuple[Any, ...]]:
    """Read until the first damage."""
    rows: list[tuple[Any, ...]] = []
    try:
        rows.extend(old.execute(sql))
    except _DAMAGE:
        return rows
    return rows
