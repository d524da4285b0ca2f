"""From a record as given to what can be stored: every fault is found here, before anything is written."""

from __future__ import annotations

import json
import math
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec
import numpy as np

from mempress.neuroca.errors import RecordError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from mempress.neuroca.index import Vectors
    from mempress.neuroca.record import Record

OVERHEAD_BYTES = 130
"""A record's ledger line, its entry in the index of ids, and cell headers."""
_ENCODER = json.JSONEncoder(allow_nan=False, ensure_ascii=False, separators=(",", ":"))
_PLAIN_ENCODER = msgspec.json.Encoder()
_PLAIN_DECODER = msgspec.json.Decoder()
_MAX_ID_BYTES = 1024
_MAX_METADATA_BYTES = 1 << 20
_LATEST = sys.float_info.max
_NO_UNIT = "A vector of {} is zero or not finite: an embedder must give unit vectors."


class Draft(NamedTuple):
    """A checked record: its metadata as JSON, its time (NaN: unknown), its size in bytes without the vector."""

    id: str
    text: str
    importance: float
    metadata: str
    occurred_at: float
    pinned: bool
    size: int


@dataclass(frozen=True, slots=True)
class Batch:
    """Checked records as columns, in the order of ``Draft``."""

    ids: list[str]
    texts: list[str]
    importance: list[float]
    metadata: list[str]
    occurred_at: list[float]
    pinned: list[bool]
    sizes: list[int]

    @classmethod
    def of_one(cls, item: Draft) -> Batch:
        """Make columns of a single record."""
        columns: Any = ([value] for value in item)
        return cls(*columns)

    def __len__(self) -> int:
        return len(self.ids)

    def part(self, places: Sequence[int]) -> Batch:
        """Give the records at these places."""
        columns: Any = (self.ids, self.texts, self.importance, self.metadata, self.occurred_at, self.pinned, self.sizes)
        return Batch(*([column[at] for at in places] for column in columns))


def batch(records: Sequence[Record], max_text_bytes: int) -> Batch:
    """Check records, together where nothing is out of the ordinary about them, else one after the other.

    Raises:
        RecordError: names the first record that cannot be used, the field and the remedy.
    """
    plain = _plain(records, max_text_bytes) if records else None
    if plain is not None:
        return plain
    drafts = [draft(record, max_text_bytes) for record in records]
    columns: Any = ([item[at] for item in drafts] for at in range(len(Draft._fields)))
    return Batch(*columns)


def draft(record: Record, max_text_bytes: int) -> Draft:
    """Check a record.

    Raises:
        RecordError: names the record, the field and the remedy.
    """
    id_bytes = _utf8(record.id, "id", record.id)
    if not 0 < id_bytes <= _MAX_ID_BYTES:
        raise RecordError(f"A record's id has {id_bytes} bytes: give one of 1 to {_MAX_ID_BYTES}.")
    text_bytes = _utf8(record.text, "text", record.id)
    if text_bytes > max_text_bytes:
        raise RecordError(
            f"Record {record.id!r}: its text has {text_bytes} bytes, the limit is {max_text_bytes}: "
            "split it, or raise max_text_bytes."
        )
    metadata = _json(record.metadata, record.id)
    return Draft(
        id=record.id,
        text=record.text,
        importance=_share(record.importance, record.id),
        metadata=metadata,
        occurred_at=_time(record.timestamp, record.id),
        pinned=bool(record.pinned),
        size=2 * id_bytes + text_bytes + _length(metadata) + OVERHEAD_BYTES,
    )


def unit_vectors(vectors: Sequence[Any], dimension: int, what: str) -> Vectors:
    """Give the vectors as float32 of shape (n, dimension), scaled to length 1.

    Raises:
        RecordError: another length, a value that is not finite, or a vector of zeros.
    """
    try:
        rows = [np.asarray(vector, dtype=np.float32) for vector in vectors]
    except (TypeError, ValueError) as error:
        raise RecordError(f"The vector of {what} is not a sequence of numbers: {error}.") from error
    wrong = {row.shape for row in rows} - {(dimension,)}
    if wrong:
        raise RecordError(
            f"A vector of {what} has shape {wrong.pop()}, the store has dimension {dimension}: "
            "use the embedder that the store was made with, or set dimension."
        )
    if not rows:
        return np.empty((0, dimension), np.float32)
    if len(rows) == 1:
        return _unit(rows[0], what)[None]
    matrix = np.concatenate(rows).reshape(-1, dimension)
    norms = np.sqrt(np.einsum("ij,ij->i", matrix, matrix))
    if not (norms > 0).all() or not (norms < np.inf).all():
        raise RecordError(_NO_UNIT.format(what))
    matrix /= norms[:, None]
    return matrix


def _unit(row: NDArray[np.float32], what: str) -> NDArray[np.float32]:
    norm = math.sqrt(float(row @ row))
    if not 0 < norm < math.inf:
        raise RecordError(_NO_UNIT.format(what))
    return row / np.float32(norm)


def _plain(records: Sequence[Record], max_text_bytes: int) -> Batch | None:
    """Check all at once; None: one of them must be looked at by itself."""
    ids, texts = [record.id for record in records], [record.text for record in records]
    importance = _plain_shares([record.importance for record in records])
    occurred_at = _plain_moments([record.timestamp for record in records])
    metadata = _plain_json([record.metadata for record in records])
    id_bytes, text_bytes = _plain_lengths(ids), _plain_lengths(texts)
    if importance is None or occurred_at is None or metadata is None or id_bytes is None or text_bytes is None:
        return None
    if min(id_bytes) == 0 or max(id_bytes) > _MAX_ID_BYTES or max(text_bytes) > max_text_bytes:
        return None
    parts = zip(id_bytes, text_bytes, map(_length, metadata), strict=True)
    sizes = [2 * one + text + other + OVERHEAD_BYTES for one, text, other in parts]
    return Batch(ids, texts, importance, metadata, occurred_at, [bool(record.pinned) for record in records], sizes)


def _plain_lengths(values: Sequence[Any]) -> list[int] | None:
    """Give the bytes of texts in UTF-8; None: one is no text, or has a lone surrogate."""
    try:
        return [len(value) if str.isascii(value) else len(value.encode()) for value in values]
    except (TypeError, UnicodeEncodeError):
        return None


def _plain_shares(values: Sequence[Any]) -> list[float] | None:
    if {*map(type, values)} - {float, int} or not all(0 <= value <= 1 for value in values):
        return None
    return [*map(float, values)]


def _plain_moments(values: Sequence[Any]) -> list[float] | None:
    if {*map(type, values)} - {float, int, type(None)}:
        return None
    try:
        moments = [math.nan if value is None else float(value) for value in values]
    except OverflowError:
        return None
    finite = sum(map(math.isfinite, moments))
    return moments if finite + values.count(None) == len(values) else None


def _plain_json(metadata: Sequence[Any]) -> list[str] | None:
    """Write objects as JSON; None: there is something that does not read back as it was.

    So it is with what msgspec writes and ``json`` refuses: numbers that are not finite, sets, dates, bytes, decimals.
    """
    try:
        objects = [one if type(one) is dict else dict(one) for one in metadata]
        joined = _PLAIN_ENCODER.encode_lines(objects)
        lines = joined.decode().split("\n")
        if _PLAIN_DECODER.decode_lines(joined) != objects or len(lines) != len(objects) + 1:
            return None
    except (msgspec.MsgspecError, TypeError, ValueError, OverflowError, RecursionError):
        return None
    return lines[:-1] if max(map(_length, lines)) <= _MAX_METADATA_BYTES else None


def _length(text: str) -> int:
    """Give the bytes that a text takes in UTF-8."""
    return len(text) if text.isascii() else len(text.encode())


def _utf8(value: Any, name: str, record_id: Any) -> int:
    if not isinstance(value, str):
        raise RecordError(f"Record {record_id!r}: its {name} is a {type(value).__name__}: give a string.")
    try:
        return _length(value)
    except UnicodeEncodeError as error:
        raise RecordError(
            f"Record {record_id!r}: its {name} has a lone surrogate at character {error.start}, which UTF-8 cannot "
            "hold: "
            "decode the source with errors='replace'."
        ) from error


def _json(metadata: Mapping[str, Any], record_id: str) -> str:
    plain = _plain_json((metadata,))
    if plain is not None:
        return plain[0]
    try:
        text = _ENCODER.encode(dict(metadata))
        length = len(text.encode())
    except (TypeError, ValueError, RecursionError) as error:
        raise RecordError(
            f"Record {record_id!r}: its metadata is not a JSON object ({error}): use "
            "strings, finite numbers, lists and dicts."
        ) from error
    if length > _MAX_METADATA_BYTES:
        raise RecordError(f"Record {record_id!r}: its metadata has {length} bytes: give at most {_MAX_METADATA_BYTES}.")
    return text


def _share(importance: Any, record_id: str) -> float:
    if isinstance(importance, bool) or not isinstance(importance, (int, float)) or not 0 <= importance <= 1:
        raise RecordError(f"Record {record_id!r}: its importance is {importance!r}: give a number from 0 to 1.")
    return float(importance)


def _time(timestamp: Any, record_id: str) -> float:
    if timestamp is None:
        return math.nan
    if isinstance(timestamp, bool) or not isinstance(timestamp, (int, float)) or not abs(timestamp) <= _LATEST:
        raise RecordError(f"Record {record_id!r}: its timestamp is {timestamp!r}: give seconds since 1970, or None.")
    return float(timestamp)
