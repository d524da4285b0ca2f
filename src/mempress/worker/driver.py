"""Drives one system: obeys a command, times the call alone, and turns what came of it into plain data."""

from __future__ import annotations

import gc
import json
import math
import traceback
import zlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mempress.clock import clock_ns
from mempress.errors import AdapterError
from mempress.systems.protocol import Hit, Record, SystemConfig, capabilities_of, check_adapter
from mempress.systems.registry import load_class

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from mempress.worker.channel import Frame
    from mempress.worker.vectors import PreparedVectors

MESSAGE_LIMIT = 2_000
HIT_TEXT_LIMIT = 20_000
_DEPTH_LIMIT = 6
_ITEMS_LIMIT = 100_000
_INT_LIMIT = 1 << 63


class Driver:
    """One system behind its adapter. Each public method obeys the command of its name and gives the reply's header.

    ``beat`` is called before each call of the system, so that the parent can tell a slow system from a stuck one.
    """

    def __init__(self, vectors: PreparedVectors, beat: Callable[[], None]) -> None:
        self._vectors = vectors
        self._beat = beat
        self._system: Any = None

    def open(self, frame: Frame) -> dict[str, Any]:
        """Import the adapter, check it against the protocol, and construct it in its workdir."""
        command = frame.header
        config = SystemConfig(**command["config"], embed=self._vectors.embed)
        self._beat()
        started = clock_ns()
        try:
            cls = load_class(command["target"])
            declared = check_adapter(cls)
            imported = clock_ns()
            self._system = cls(Path(command["workdir"]), config)
            opened = clock_ns()
            capabilities = capabilities_of(self._system, declared)
            name, version = getattr(self._system, "name", None), plain(getattr(self._system, "version", None))
        except Exception as error:  # noqa: BLE001 - the worker's boundary: an adapter's exception becomes data
            return {"error": describe(error)}
        return {
            "error": None,
            "name": name if isinstance(name, str) and name and not command["named"] else command["label"],
            "version": version,
            "capabilities": sorted(capabilities),
            "import_ns": imported - started,
            "init_ns": opened - imported,
        }

    def warm(self, frame: Frame) -> dict[str, Any]:
        """Decode a batch as ``store`` would and drop it, so that the baseline holds the harness's own buffers."""
        self._records(frame)
        self._vectors.forget()
        return {}

    def store(self, frame: Frame) -> dict[str, Any]:
        """Store one batch; the payload is JSON rows, then the float32 vectors of their texts where wanted."""
        records = self._records(frame)
        return self._timed(lambda: self._system.store(records), keep=False)

    def search(self, frame: Frame) -> dict[str, Any]:
        """Search for each query in turn; stops early once ``budget_ns`` are spent, not before ``at_least`` calls."""
        command = frame.header
        queries, limit = command["queries"], command["limit"]
        if frame.payload:
            self._vectors.prepare(queries, frame.payload)
        search, beat, now = self._system.search, self._beat, clock_ns
        latencies, errors = [0] * len(queries), []
        answers: list[dict[str, Any] | None] = []
        deadline = now() + command["budget_ns"]
        for number, query in enumerate(queries):
            beat()
            try:
                start = now()
                hits = search(query, limit=limit)
                stop = now()
                answers.append(_plain_hits(hits, limit))
            except Exception as error:  # noqa: BLE001 - as in open
                stop = now()
                answers.append(None)
                errors.append([number, describe(error)])
            latencies[number] = stop - start
            if stop > deadline and number + 1 >= command["at_least"]:
                break
        self._vectors.forget()
        return {
            "latency_ns": latencies[: len(answers)],
            "answers": answers,
            "errors": errors,
            "embed_misses": self._vectors.misses,
        }

    def call(self, frame: Frame) -> dict[str, Any]:
        """Call one of the optional methods, with keyword arguments, and give its value as plain data."""
        method = getattr(self._system, frame.header["method"])
        arguments = frame.header.get("arguments", {})
        return self._timed(lambda: method(**arguments), keep=True)

    def held(self, frame: Frame) -> dict[str, Any]:
        """Ask ``get`` for ids; gives, for each, null if it is not held, else the CRC-32 of its text."""
        ids = frame.header["ids"]
        return self._timed(lambda: self._system.get(ids), keep=False, convert=lambda texts: _checksums(texts, ids))

    def delete(self, frame: Frame) -> dict[str, Any]:
        """Delete ids; gives what the system says of how many it deleted."""
        return self._timed(lambda: self._system.delete(frame.header["ids"]), keep=True)

    def close(self, frame: Frame) -> dict[str, Any]:  # noqa: ARG002 - every command has this form
        """Close the system and let go of it."""
        if self._system is None:
            return {"latency_ns": 0, "value": None, "error": None}
        reply = self._timed(self._system.close, keep=False)
        self._system = None
        gc.collect()
        return reply

    def _records(self, frame: Frame) -> list[Record]:
        rows_bytes = frame.header["rows_bytes"]
        records = [Record(*row) for row in json.loads(frame.payload[:rows_bytes])]
        if len(frame.payload) > rows_bytes:
            self._vectors.prepare([record.text for record in records], memoryview(frame.payload)[rows_bytes:])
        return records

    def _timed(
        self, call: Callable[[], Any], *, keep: bool, convert: Callable[[Any], Any] | None = None
    ) -> dict[str, Any]:
        """Call and time; the value is kept as plain data where wanted. What it raises is described, not raised."""
        self._beat()
        start = clock_ns()
        try:
            value = call()
            stop = clock_ns()
            kept = convert(value) if convert else plain(value) if keep else None
        except Exception as error:  # noqa: BLE001 - as in open
            return {"latency_ns": clock_ns() - start, "value": None, "error": describe(error)}
        finally:
            self._vectors.forget()
        return {"latency_ns": stop - start, "value": kept, "error": None}


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


def _plain_hits(hits: Any, limit: int) -> dict[str, Any]:
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


def _checksums(texts: Mapping[str, str], ids: Sequence[str]) -> list[int | None]:
    found = (texts.get(record_id) for record_id in ids)
    return [None if text is None else zlib.crc32(text.encode("utf-8", "surrogatepass")) for text in found]
