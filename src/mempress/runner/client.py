"""One system as a run sees it: its worker's commands by name, what it can do, and what it weighs."""

from __future__ import annotations

import os
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from mempress.clock import clock_ns
from mempress.journal import DiskRead, MemoryRead
from mempress.runner.processes import memory_of, reset_peaks
from mempress.runner.spent import Spent
from mempress.runner.supervisor import Supervisor, WorkerLostError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from mempress.runner.leftovers import Killed
    from mempress.runner.limits import MemoryLimit
    from mempress.runner.supervisor import Launch
    from mempress.systems.registry import SystemReference

_BLOCK_BYTES = 512


@dataclass(frozen=True, slots=True)
class WorkerSettings:
    """What a worker is started with; the same for every system of a run."""

    launch: Launch
    config: Mapping[str, Any]
    """The fields of ``SystemConfig`` but ``embed``, the options aside."""
    timeout_seconds: float
    memory_limit: MemoryLimit
    embed: Callable[[Sequence[str]], bytes]
    allow_network: bool = False
    """Whether the system may reach beyond this machine; see ``worker.network``."""


@dataclass(frozen=True, slots=True)
class Opening:
    """What a system said of itself when it was opened."""

    name: str
    version: str | None
    capabilities: frozenset[str]
    import_ns: int
    init_ns: int


class SystemClient:
    """A system in its worker. What the system raises stands in the reply's ``error``.

    Every method raises WorkerLostError when the worker is gone. ``hear_refused`` is told each place beyond this machine
    that the system asked for and was refused.
    """

    def __init__(self, settings: WorkerSettings, hear_refused: Callable[[str], None] = lambda _: None) -> None:
        self._settings = settings
        self._hear_refused = hear_refused
        self._worker = Supervisor(
            launch=settings.launch,
            dimension=settings.config["dimension"],
            timeout_seconds=settings.timeout_seconds,
            memory_limit=settings.memory_limit,
            embed=settings.embed,
        )
        self._servers: frozenset[int] = frozenset()
        self.capabilities: frozenset[str] = frozenset()
        self.spent = Spent()
        self.scripted = False
        """Whether it is a control that can tell its own script."""

    def open(self, reference: SystemReference, workdir: Path, options: Mapping[str, Any]) -> Opening | str:
        """Import and construct the system; gives the error's text where that fails."""
        config = {**self._settings.config, "options": dict(options)}
        names = {"target": reference.target, "label": reference.label, "named": reference.named}
        command = {"do": "open", "workdir": str(workdir), "allow_network": self._settings.allow_network}
        reply = self._ask("error", command | {"config": config} | names)
        if reply["error"] is not None:
            return str(reply["error"])
        self.capabilities = frozenset(reply["capabilities"])
        self.scripted = reply.get("scripted") is True
        if "processes" in self.capabilities:
            value = self.call("process_ids").get("value") or []
            self._servers = frozenset(pid for pid in value if isinstance(pid, int))
        version = reply["version"]
        return Opening(
            reply["name"],
            version if isinstance(version, str) else None,
            self.capabilities,
            reply["import_ns"],
            reply["init_ns"],
        )

    def warm(self, rows: bytes, texts: Sequence[str]) -> None:
        """Let the worker decode a batch and drop it."""
        self._worker.ask({"do": "warm", "rows_bytes": len(rows)}, rows + self._vectors(texts))

    def store(self, rows: bytes, texts: Sequence[str]) -> dict[str, Any]:
        """Store a batch: its JSON rows, and its texts where the system wants vectors of them."""
        return self._ask("latency_ns error", {"do": "store", "rows_bytes": len(rows)}, rows + self._vectors(texts))

    def store_and_kill(self, rows: bytes, texts: Sequence[str], after_ns: int) -> Killed:
        """Store a batch and kill the worker's tree so long into the call; see ``Supervisor.ask_and_kill``."""
        header = {"do": "store", "rows_bytes": len(rows)}
        return self._worker.ask_and_kill(header, rows + self._vectors(texts), after_ns)

    def kill(self) -> None:
        """Kill the worker's tree, as it stands."""
        self._worker.kill()

    def delete(self, ids: Sequence[str]) -> dict[str, Any]:
        """Delete records; in ``value`` how many the system says it deleted."""
        return self._ask("latency_ns value error", {"do": "delete", "ids": list(ids)})

    def read_back(self, record_id: str, text: str, *, method: str, limit: int, within_ns: int) -> dict[str, Any]:
        """Wait until a record of the last store is readable by ``method``: get, or search for its own text."""
        command = {"do": "read_back", "id": record_id, "text": text, "method": method, "limit": limit}
        vectors = self._vectors([text]) if method == "search" else b""
        return self._ask("after_ns polls latency_ns error", command | {"within_ns": within_ns}, vectors)

    def search(self, queries: Sequence[str], *, limit: int, budget_ns: int, at_least: int) -> dict[str, Any]:
        """Search for each query in turn, until the budget is spent."""
        command = {"do": "search", "queries": list(queries), "limit": limit}
        return self._ask(
            "latency_ns answers errors embed_misses",
            command | {"budget_ns": budget_ns, "at_least": at_least},
            self._vectors(queries),
        )

    def traffic(self, command: dict[str, Any], rows: bytes, texts: Sequence[str]) -> dict[str, Any]:
        """Offer a segment of single operations, see ``worker.traffic``; ``texts`` as in ``store``, then the queries."""
        return self._ask(
            "started_ns service_ns values errors ended_ns drain_ns maintained embed_misses",
            command | {"do": "traffic", "rows_bytes": len(rows)},
            rows + self._vectors(texts),
        )

    def call(self, method: str, **arguments: Any) -> dict[str, Any]:
        """Call an optional method of the system."""
        return self._ask("latency_ns value error", {"do": "call", "method": method, "arguments": arguments})

    def held(self, ids: Sequence[str]) -> dict[str, Any]:
        """Ask which ids are held: in ``value``, null or the CRC-32 of the text for each."""
        return self._ask("value error", {"do": "held", "ids": list(ids)})

    def close(self) -> dict[str, Any]:
        """Close the system; the worker lives on until ``release``."""
        return self._ask("error", {"do": "close"})

    def rest(self, seconds: float) -> None:
        """Ask nothing for a while, as was asked for, and watch the worker."""
        began_ns = clock_ns()
        self._worker.rest(seconds)
        self.spent.waiting_ns += clock_ns() - began_ns

    def settle(self) -> None:
        """Collect garbage and give free memory back to the system."""
        self._worker.ask({"do": "settle"})

    def memory(self) -> MemoryRead | None:
        """Measure the worker's tree and the servers it names, then start a new interval for the peak."""
        processes = self._worker.processes() | self._servers
        use = memory_of(processes)
        reset_peaks(processes)
        return None if use is None else msgspec.convert(asdict(use), MemoryRead)

    @property
    def processes(self) -> frozenset[int]:
        """The worker and all its descendants that live."""
        return self._worker.processes()

    @property
    def wants_vectors(self) -> bool:
        """Whether the system declared that it calls ``embed``."""
        return "embedding" in self.capabilities

    @property
    def output(self) -> tuple[int, str]:
        """How many bytes the worker has printed, and the end of them as text."""
        return self._worker.output.total_bytes, self._worker.output.tail.decode("utf-8", "replace")

    def stop(self) -> int:
        """End the worker in order; gives how many processes it left behind."""
        return self._worker.stop()

    def release(self) -> None:
        """Kill what lives and let go of it."""
        self._worker.release()

    def _ask(self, keys: str, header: dict[str, Any], payload: bytes = b"") -> dict[str, Any]:
        """Give a reply that has these keys; one without was not written by the worker's driver."""
        began_ns = clock_ns()
        try:
            reply = self._worker.ask(header, payload)
        except WorkerLostError:
            self.spent.lost(clock_ns() - began_ns)
            raise
        self.spent.note(reply, clock_ns() - began_ns)
        for place in reply.get("refused", ()):
            self._hear_refused(str(place))
        if missing := set(keys.split()) - set(reply):
            self._worker.kill()
            raise WorkerLostError(
                "crashed", f"the worker's line carried something else: no {', '.join(sorted(missing))}"
            )
        return reply

    def _vectors(self, texts: Sequence[str]) -> bytes:
        return self._settings.embed(texts) if self.wants_vectors else b""


def disk_of(workdir: Path) -> DiskRead:
    """Give the bytes allocated and the files under a directory; links are not followed."""
    used_bytes = files = 0
    for folder, _, names in os.walk(workdir):
        for name in names:
            try:
                status = os.lstat(Path(folder, name))
            except FileNotFoundError:
                continue
            used_bytes += status.st_blocks * _BLOCK_BYTES
            files += 1
    return DiskRead(used_bytes, files)
