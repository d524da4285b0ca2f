"""Records read straight from the leaf pages of a damaged file, for when the pages above them are gone.

Follows the file format that SQLite publishes (fileformat2.html: table leaf cells, record headers, overflow chains). A
page may be stale; so only whole rows count whose checksum is right, and of several with one id the last stored.
"""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING, Any

from mempress.neuroca.store import RECORD_COLUMNS, checksum
from mempress.neuroca.wal import PAGE_BYTES

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_TABLE_LEAF = 0x0D
_MOST_LOCAL = PAGE_BYTES - 35
_LEAST_LOCAL = (PAGE_BYTES - 12) * 32 // 255 - 23
_INTEGER_BYTES = {1: 1, 2: 2, 3: 3, 4: 4, 5: 6, 6: 8}
_LARGEST_PAYLOAD = 1 << 30
_UNREADABLE = (ValueError, IndexError, struct.error)


def rows_in_leaves(path: Path) -> dict[str, tuple[Any, ...]]:
    """Give every sound row of ``records`` by id, its columns in the order of RECORD_COLUMNS."""
    content = path.read_bytes()
    arrived = RECORD_COLUMNS.index("arrived")
    found: dict[str, tuple[Any, ...]] = {}
    for start in range(0, len(content) - PAGE_BYTES + 1, PAGE_BYTES):
        if content[start] == _TABLE_LEAF:
            for row in _rows(content, start):
                if row[1] not in found or found[row[1]][arrived] < row[arrived]:
                    found[row[1]] = row
    return found


def _rows(content: bytes, start: int) -> Iterator[tuple[Any, ...]]:
    (cells,) = struct.unpack_from(">H", content, start + 3)
    for number in range(min(cells, PAGE_BYTES // 4)):
        try:
            (offset,) = struct.unpack_from(">H", content, start + 8 + 2 * number)
            row = _row(content, start, offset)
        except _UNREADABLE:
            continue
        if row is not None:
            yield row


def _row(content: bytes, start: int, offset: int) -> tuple[Any, ...] | None:
    size, at = _varint(content, start + offset)
    slot, at = _varint(content, at)
    if size > _LARGEST_PAYLOAD:
        return None
    values = _values(_payload(content, start, at, size))
    if len(values) != len(RECORD_COLUMNS):
        return None
    row = (slot, *values[1:])
    parts = (row[1], row[2], row[3])
    if not all(isinstance(part, str) for part in parts) or not isinstance(row[-1], (bytes, type(None))):
        return None
    return row if checksum(*parts, row[-1]) == row[-2] else None


def _payload(content: bytes, start: int, at: int, size: int) -> bytes:
    local = size
    if size > _MOST_LOCAL:
        local = _LEAST_LOCAL + (size - _LEAST_LOCAL) % (PAGE_BYTES - 4)
        local = local if local <= _MOST_LOCAL else _LEAST_LOCAL
    if at + local > start + PAGE_BYTES:
        raise ValueError("the cell runs over its page")
    parts, missing = [content[at : at + local]], size - local
    page = struct.unpack_from(">I", content, at + local)[0] if missing else 0
    while missing > 0:
        if not page:
            raise ValueError("the overflow chain is cut")
        begin = (page - 1) * PAGE_BYTES
        part = content[begin + 4 : begin + min(PAGE_BYTES, 4 + missing)]
        (page,) = struct.unpack_from(">I", content, begin)
        missing -= len(part)
        parts.append(part)
        if not part:
            raise ValueError("the overflow chain leaves the file")
    return b"".join(parts)


def _values(payload: bytes) -> list[Any]:
    header, at = _varint(payload, 0)
    kinds = []
    while at < header:
        kind, at = _varint(payload, at)
        kinds.append(kind)
    values = []
    for kind in kinds:
        value, at = _value(payload, at, kind)
        values.append(value)
    return values


def _value(payload: bytes, at: int, kind: int) -> tuple[Any, int]:
    if kind in _INTEGER_BYTES:
        end = at + _INTEGER_BYTES[kind]
        return int.from_bytes(payload[at:end], "big", signed=True), end
    if kind == 7:
        return struct.unpack_from(">d", payload, at)[0], at + 8
    if kind >= 12:
        end = at + (kind - 12) // 2
        if end > len(payload):
            raise ValueError("a column runs over its row")
        return (payload[at:end].decode() if kind % 2 else payload[at:end]), end
    return {0: None, 8: 0, 9: 1}[kind] if kind in {0, 8, 9} else None, at


def _varint(content: bytes, at: int) -> tuple[int, int]:
    value = 0
    for step in range(9):
        byte = content[at + step]
        if step == 8:
            return (value << 8) | byte, at + 9
        value = (value << 7) | (byte & 0x7F)
        if byte < 0x80:
            return value, at + step + 1
    raise ValueError("no end of a number")
