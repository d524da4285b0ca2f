"""Drives one system: obeys a command, times the call alone, and gives what came of it as plain data."""

from __future__ import annotations

import gc
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mempress.clock import clock_ns
from mempress.systems.protocol import Record, SystemConfig, capabilities_of, check_adapter
from mempress.systems.registry import load_class
from mempress.worker.plain import checksums, describe, plain, plain_hits
from mempress.worker.readback import look_for, wait_until
from mempress.worker.traffic import Offerer

if TYPE_CHECKING:
    from collections.abc import Callable

    from mempress.worker.channel import Frame
    from mempress.worker.vectors import PreparedVectors


class Driver:
    """One system behind its adapter. Each public method obeys the command of its name and gives the reply's header.

    ``beat`` is called before each call of the system, so that the parent can tell a slow system from a stuck one.
    """

    def __init__(self, vectors: PreparedVectors, beat: Callable[[], None]) -> None:
        self._vectors = vectors
        self._beat = beat
        self._system: Any = None
        self._offerer: Offerer | None = None
        self._stored_ns: int | None = None

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
            "scripted": callable(getattr(self._system, "scripted_maintenance", None)),
        }

    def warm(self, frame: Frame) -> dict[str, Any]:
        """Decode a batch as ``store`` would and drop it, so that the baseline holds the harness's own buffers."""
        self._records(frame)
        self._vectors.forget()
        return {}

    def store(self, frame: Frame) -> dict[str, Any]:
        """Store one batch; the payload is JSON rows, then the float32 vectors of their texts where wanted."""
        records = self._records(frame)
        reply = self._timed(lambda: self._system.store(records), keep=False)
        self._stored_ns = clock_ns()
        return reply

    def read_back(self, frame: Frame) -> dict[str, Any]:
        """Wait until a record of the last store is readable; 0 ``polls``: nothing was stored in this process."""
        command = frame.header
        if self._stored_ns is None:
            return {"after_ns": None, "polls": 0, "latency_ns": 0, "error": None}
        if frame.payload:
            self._vectors.prepare([command["text"]], frame.payload)
        try:
            found = wait_until(look_for(self._system, command), self._stored_ns, command["within_ns"], self._beat)
        except Exception as error:  # noqa: BLE001 - as in open
            return {"after_ns": None, "polls": 1, "latency_ns": 0, "error": describe(error)}
        finally:
            self._vectors.forget()
        return {**found, "error": None}

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
                answers.append(plain_hits(hits, limit))
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

    def traffic(self, frame: Frame) -> dict[str, Any]:
        """Offer a segment of single operations, see ``worker.traffic``.

        The payload is as in ``store``; its vectors are those of the records' texts and then of the queries.
        """
        records = self._records(frame)
        if self._offerer is None:
            self._offerer = Offerer(self._system, self._beat)
        reply = self._offerer.offer(frame.header, records)
        self._vectors.forget()
        return reply | {"embed_misses": self._vectors.misses}

    def call(self, frame: Frame) -> dict[str, Any]:
        """Call one of the optional methods, with keyword arguments, and give its value as plain data."""
        method = getattr(self._system, frame.header["method"])
        arguments = frame.header.get("arguments", {})
        return self._timed(lambda: method(**arguments), keep=True)

    def held(self, frame: Frame) -> dict[str, Any]:
        """Ask ``get`` for ids; gives, for each, null if it is not held, else the CRC-32 of its text."""
        ids = frame.header["ids"]
        return self._timed(lambda: self._system.get(ids), keep=False, convert=lambda texts: checksums(texts, ids))

    def delete(self, frame: Frame) -> dict[str, Any]:
        """Delete ids; gives what the system says of how many it deleted."""
        return self._timed(lambda: self._system.delete(frame.header["ids"]), keep=True)

    def close(self, frame: Frame) -> dict[str, Any]:  # noqa: ARG002 - every command has this form
        """Close the system and let go of it."""
        if self._system is None:
            return {"latency_ns": 0, "value": None, "error": None}
        reply = self._timed(self._system.close, keep=False)
        self._system = self._offerer = None
        gc.collect()
        return reply

    def _records(self, frame: Frame) -> list[Record]:
        rows_bytes = frame.header["rows_bytes"]
        records = [Record(*row) for row in json.loads(frame.payload[:rows_bytes])]
        if len(frame.payload) > rows_bytes:
            texts = [record.text for record in records] + frame.header.get("queries", [])
            self._vectors.prepare(texts, memoryview(frame.payload)[rows_bytes:])
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
