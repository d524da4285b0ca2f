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
from mempress.systems.registry import find_system, load_system

if TYPE_CHECKING:
    from collections.abc import Callable

    from mempress.worker.channel import Frame
    from mempress.worker.vectors import PreparedVectors

MESSAGE_LIMIT = 2_000
HIT_TEXT_LIMIT = 20_000
_DEPTH_LIMIT = 6
_ITEMS_LIMIT = 1_000


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
            cls = load_system(command["spec"])
            declared = check_adapter(cls)  # type: ignore[arg-type]  # load_system gives a class
            imported = clock_ns()
            self._system = cls(Path(command["workdir"]), config)
            opened = clock_ns()
            capabilities = capabilities_of(self._system, declared)
        except Exception as error:  # noqa: BLE001 - the worker's boundary: an adapter's exception becomes data
            return {"error": describe(error)}
        reference = find_system(command["spec"])
        own_name = None if reference.named else getattr(self._system, "name", None)
        return {
            "error": None,
            "name": own_name if isinstance(own_name, str) and own_name else reference.label,
            "version": plain(getattr(self._system, "version", None)),
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
        latencies, answers, errors = [0] * len(queries), [], []
        deadline = now() + command["budget_ns"]
        for number, query in enumerate(queries):
            beat()
            try:
                start = now()
                hits = search(query, limit=limit)
                stop = now()
            except Exception as error:  # noqa: BLE001 - as in open
                stop, hits = now(), None
                errors.append([number, describe(error)])
            latencies[number] = stop - start
            answers.append(None if hits is None else _plain_hits(hits, limit))
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


def plain(value: Any, depth: int = 0) -> Any:
    """Give a value as what JSON can hold: not-a-number and infinities become None, strangers their repr, cut."""
    if value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, str):
        return value[:MESSAGE_LIMIT]
    if depth < _DEPTH_LIMIT and isinstance(value, Mapping):
        return {str(key)[:200]: plain(item, depth + 1) for key, item in list(value.items())[:_ITEMS_LIMIT]}
    if depth < _DEPTH_LIMIT and isinstance(value, Sequence | set | frozenset):
        return [plain(item, depth + 1) for item in list(value)[:_ITEMS_LIMIT]]
    return repr(value)[:200]


def _plain_hits(hits: Any, limit: int) -> dict[str, Any]:
    """Give hits as rows ``[record_id, text, score]``, cut at ``limit``; ``returned`` tells how many there were."""
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
