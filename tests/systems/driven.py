"""A shipped system in its own environment, driven call by call through the worker that a run uses."""

from __future__ import annotations

import json
import resource
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from mempress import Hit, Record
from mempress.embedding import hash_embed
from mempress.environments import prepare
from mempress.runner.client import Opening, SystemClient, WorkerSettings
from mempress.runner.environment import memory_limit, worker_environment
from mempress.runner.supervisor import Launch

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from mempress.systems.registry import SystemReference

_TIMEOUT_SECONDS = 60.0


class DrivenError(RuntimeError):
    """What the adapter raised, as its type and its text."""


class Driven:
    """An open system. Its methods are the protocol's; texts that ``get`` gives are cut to 2,000 characters."""

    def __init__(self, stable: Stable, reference: SystemReference, workdir: Path, options: Mapping[str, Any]) -> None:
        self._stable = stable
        self._reference = reference
        self._client = stable.take(reference)
        opening = self._client.open(reference, workdir, reference.options({reference.label: options}))
        if not isinstance(opening, Opening):
            stable.give_back(reference, self._client)
            raise DrivenError(opening)
        self.pid: int = self._client._worker.pid
        self.version = opening.version
        self.capabilities = opening.capabilities

    def store(self, records: Sequence[Record]) -> None:
        rows = json.dumps([[r.id, r.text, r.importance, dict(r.metadata)] for r in records]).encode()
        _judged(self._client.store(rows, [record.text for record in records]))

    def search(self, query: str, *, limit: int) -> list[Hit]:
        """Scores stay in the worker."""
        reply = self._client.search([query], limit=limit, budget_ns=1 << 62, at_least=1)
        if reply["errors"]:
            raise DrivenError(reply["errors"][0][1])
        (answer,) = reply["answers"]
        assert answer["wrong"] is None, answer["wrong"]
        assert answer["returned"] <= limit
        return [Hit(text, record_id) for record_id, text in answer["hits"]]

    def count(self) -> int:
        return int(self.call("count"))

    def get(self, ids: Sequence[str]) -> dict[str, str]:
        return dict(self.call("get", ids=list(ids)))

    def delete(self, ids: Sequence[str]) -> int:
        return int(self.call("delete", ids=list(ids)))

    def call(self, method: str, **arguments: Any) -> Any:
        """Call any optional method of the protocol."""
        return _judged(self._client.call(method, **arguments))

    def close(self) -> None:
        """Close the system; its process waits for the next test."""
        _judged(self._client.close())
        self._stable.give_back(self._reference, self._client)

    def kill(self) -> None:
        """End its process as a crash would."""
        self._client.release()

    @property
    def output(self) -> str:
        """What its process has printed so far."""
        self._client.settle()
        return self._client.output[1]

    @contextmanager
    def files_limited_to(self, size_bytes: int) -> Iterator[None]:
        """Let the kernel refuse any write of it beyond this offset of a file, as on a full disk."""
        soft, hard = resource.prlimit(self.pid, resource.RLIMIT_FSIZE, (size_bytes, resource.RLIM_INFINITY))
        try:
            yield
        finally:
            resource.prlimit(self.pid, resource.RLIMIT_FSIZE, (soft, hard))


class Stable:
    """Processes that have imported a system and wait for a workdir: an import is most of a short test's time."""

    def __init__(self) -> None:
        self._idle: dict[str, list[SystemClient]] = {}

    def take(self, reference: SystemReference) -> SystemClient:
        idle = self._idle.get(reference.spec)
        return idle.pop() if idle else _started(reference)

    def give_back(self, reference: SystemReference, client: SystemClient) -> None:
        self._idle.setdefault(reference.spec, []).append(client)

    def end(self) -> None:
        for client in (client for idle in self._idle.values() for client in idle):
            client.release()


def _started(reference: SystemReference) -> SystemClient:
    interpreter = prepare(reference, lambda _: None)
    launch = Launch(tuple(interpreter.command()), interpreter.environment(worker_environment()))
    settings = WorkerSettings(
        launch=launch,
        config={"capacity_records": None, "capacity_bytes": None, "dimension": 384},
        timeout_seconds=_TIMEOUT_SECONDS,
        memory_limit=memory_limit(None)[0],
        embed=lambda texts: b"".join(vector.tobytes() for vector in hash_embed(texts)),
    )
    return SystemClient(settings)


def _judged(reply: Mapping[str, Any]) -> Any:
    if reply["error"] is not None:
        raise DrivenError(reply["error"])
    return reply.get("value")
