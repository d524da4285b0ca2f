"""From a record as given to what can be stored: every fault is found here, before anything is written."""

from __future__ import annotations

import json
import math
from typing import TYPE_CHECKING, Any, NamedTuple

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
_MAX_ID_BYTES = 1024
_MAX_METADATA_BYTES = 1 << 20
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
        size=2 * id_bytes + text_bytes + len(metadata.encode()) + OVERHEAD_BYTES,
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
    wrong = next((row.shape for row in rows if row.shape != (dimension,)), None)
    if wrong is not None:
        raise RecordError(
            f"A vector of {what} has shape {wrong}, the store has dimension {dimension}: "
            "use the embedder that the store was made with, or set dimension."
        )
    if not rows:
        return np.empty((0, dimension), np.float32)
    if len(rows) == 1:
        return _unit(rows[0], what)[None]
    matrix = np.stack(rows)
    norms = np.sqrt(np.einsum("ij,ij->i", matrix, matrix))
    if not (norms > 0).all() or not (norms < np.inf).all():
        raise RecordError(_NO_UNIT.format(what))
    return np.asarray(matrix / norms[:, None], np.float32)


def _unit(row: NDArray[np.float32], what: str) -> NDArray[np.float32]:
    norm = math.sqrt(float(row @ row))
    if not 0 < norm < math.inf:
        raise RecordError(_NO_UNIT.format(what))
    return row / np.float32(norm)


def _utf8(value: Any, name: str, record_id: Any) -> int:
    if not isinstance(value, str):
        raise RecordError(f"Record {record_id!r}: its {name} is a {type(value).__name__}: give a string.")
    try:
        return len(value.encode())
    except UnicodeEncodeError as error:
        raise RecordError(
            f"Record {record_id!r}: its {name} has a lone surrogate at character {error.start}, which UTF-8 cannot "
            "hold: "
            "decode the source with errors='replace'."
        ) from error


def _json(metadata: Mapping[str, Any], record_id: str) -> str:
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
    if isinstance(timestamp, bool) or not isinstance(timestamp, (int, float)) or not math.isfinite(timestamp):
        raise RecordError(f"Record {record_id!r}: its timestamp is {timestamp!r}: give seconds since 1970, or None.")
    return float(timestamp)
