"""Turns what a system gives or raises into plain data that any reader of JSON takes."""

from __future__ import annotations

import math
import traceback
import zlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mempress.errors import AdapterError
from mempress.systems.protocol import Hit

if TYPE_CHECKING:
    from collections.abc import Iterator

MESSAGE_LIMIT = 2_000
HIT_TEXT_LIMIT = 20_000
_DEPTH_LIMIT = 6
_ITEMS_LIMIT = 100_000
_INT_LIMIT = 1 << 63


def describe(error: BaseException) -> str:
    """Give an exception as one text: type, message, and the place that raised it, cut to MESSAGE_LIMIT characters."""
    try:
        text = str(error)
    except Exception:  # noqa: BLE001 - a hostile __str__ must not end the run
        text = "(its message cannot be shown)"
    place = ""
    frames = traceback.extract_tb(error.__traceback__)
    if frames and not isinstance(error, AdapterError):
        place = f" ({Path(frames[-1].filename).name}:{frames[-1].lineno})"
    return f"{type(error).__name__}: {text[:MESSAGE_LIMIT]}{place}"


def plain(value: Any) -> Any:
    """Give a value as what any JSON reader takes, with at most _ITEMS_LIMIT items in all, _DEPTH_LIMIT deep.

    Not-a-number, infinities and integers beyond 64 bits become None, lone surrogates escapes, strangers their repr.
    """
    return _plain(value, 0, iter(range(_ITEMS_LIMIT)))


def _plain(value: Any, depth: int, budget: Iterator[int]) -> Any:
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, int):
        return value if -_INT_LIMIT <= value < _INT_LIMIT else None
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, str):
        return _clean(value, MESSAGE_LIMIT)
    if isinstance(value, Mapping | Sequence | set | frozenset) and not isinstance(value, bytes | bytearray):
        return _plain_items(value, depth + 1, budget) if depth < _DEPTH_LIMIT else f"({type(value).__name__})"
    return _clean(repr(value), 200)


def _plain_items(value: Any, depth: int, budget: Iterator[int]) -> Any:
    if isinstance(value, Mapping):
        pairs = zip(value.items(), budget, strict=False)
        return {_clean(str(key), 200): _plain(item, depth, budget) for (key, item), _ in pairs}
    return [_plain(item, depth, budget) for item, _ in zip(value, budget, strict=False)]


def _clean(text: str, limit: int) -> str:
    return text[:limit].encode("utf-8", "backslashreplace").decode("utf-8")


def plain_hits(hits: Any, limit: int) -> dict[str, Any]:
    """Give hits as rows ``[record_id, text]``, cut at ``limit``; ``returned`` tells how many there were."""
    if not isinstance(hits, Sequence) or isinstance(hits, str | bytes):
        return {"returned": 0, "hits": [], "wrong": f"search returned {type(hits).__name__}, not a sequence of Hit"}
    rows, wrong = [], None
    for hit in hits[:limit]:
        if isinstance(hit, Hit) and isinstance(hit.text, str):
            rows.append([hit.record_id if isinstance(hit.record_id, str) else None, hit.text[:HIT_TEXT_LIMIT]])
        else:
            wrong = f"search returned a {type(hit).__name__} among its hits, not a Hit with a text"
    return {"returned": len(hits), "hits": rows, "wrong": wrong}


def checksums(texts: Mapping[str, str], ids: Sequence[str]) -> list[int | None]:
    """Give the CRC-32 of each id's text; None where there is none."""
    found = (texts.get(record_id) for record_id in ids)
    return [None if text is None else zlib.crc32(text.encode("utf-8", "surrogatepass")) for text in found]
