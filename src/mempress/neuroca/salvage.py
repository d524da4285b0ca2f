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
from mempress.neuroca.leaves import rows_in_leaves
from mempress.neuroca.ledger import FIXED, LINE, Entry
from mempress.neuroca.store import FILE_NAME, PUT, SAVE, SCAN, SCAN_ALONE, Row, entry_of, record_values

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


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
    partial = directory / f"{FILE_NAME}.partial"
    slots, ids, readable = _readable(path)
    names = set(ids.values())
    found = {fields[1]: fields for fields in rows_in_leaves(path).values() if not names or fields[1] in names}
    pairs = {row.id: (row, entry) for row, entry in map(_parsed, found.values())} | readable
    if not pairs:
        raise DamagedError(f"{path} cannot be read as a store: restore a copy, or move it away to start anew.")
    _write(partial, pairs)
    lost = tuple(sorted(names - pairs.keys()))
    kept = {row.slot for row, _ in pairs.values()}
    unnamed = len([slot for slot in slots if slot not in kept and slot not in ids])
    partial.rename(directory / f"{FILE_NAME}.salvaged")
    _exchange(directory)
    return Salvaged(len(pairs), lost, unnamed)


def _exchange(directory: Path) -> None:
    path = directory / FILE_NAME
    for suffix in ("-wal", "-shm"):
        path.with_name(FILE_NAME + suffix).unlink(missing_ok=True)
    if path.exists():
        path.rename(directory / f"{FILE_NAME}.damaged")
    (directory / f"{FILE_NAME}.salvaged").rename(path)


_Pairs = dict[str, tuple[Row, Entry]]


def _readable(path: Path) -> tuple[list[int], dict[int, str], _Pairs]:
    """Give what SQLite can still read: slots that should be held, ids by slot, and whole records by id."""
    old = apsw.Connection(str(path))
    try:
        old.pragma("cell_size_check", 1)
        slots, ids = _known(old)
        pairs: _Pairs = {}
        for at in range(0, len(slots), _ROWS_AT_ONCE):
            low, high = slots[at], slots[min(at + _ROWS_AT_ONCE, len(slots)) - 1]
            pairs |= {row.id: (row, entry) for row, entry in _pairs(old, low, high)}
    except _DAMAGE:
        return [], {}, {}
    else:
        return slots, ids, pairs
    finally:
        old.close()


def _known(old: apsw.Connection) -> tuple[list[int], dict[int, str]]:
    """Give the slots that the file should hold, and the ids of those whose id can still be read."""
    ids: dict[int, str] = {}
    slots: set[int] = set()
    for low, high in _ranges(old):
        ids.update(_read(old, "SELECT slot, id FROM state WHERE slot BETWEEN ? AND ?", low, high))
        ids.update(_read(old, "SELECT slot, id FROM records WHERE slot BETWEEN ? AND ?", low, high))
    slots.update(ids)
    return sorted(slots), ids


def _write(target: Path, pairs: _Pairs) -> None:
    """Write a new store; two records that claim one slot get one each."""
    new = apsw.Connection(str(target))
    try:
        new.pragma("auto_vacuum", 2)
        schema.migrate(new)
        with new:
            for slot, (row, entry) in enumerate(sorted(pairs.values(), key=lambda pair: pair[1].arrived)):
                _put(new, row._replace(slot=slot), entry._replace(slot=slot))
    finally:
        new.close()


def _parsed(fields: tuple[Any, ...]) -> tuple[Row, Entry]:
    """Make a record from the raw columns of ``records``; its state is lost, it starts anew in STM."""
    return Row(*(*fields[:4], fields[-1])), entry_of(fields[0], (*fields[4 : 4 + len(FIXED)], None))


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
    line = LINE.pack(entry.arrived, entry.tier, entry.hits, entry.redundancy, entry.used_at, entry.importance)
    new.execute(SAVE, (line, entry.slot))


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
