"""Measures on the nodes of a Ray cluster: one run at a time on each node that has the resource ``mempress_slot``."""

from __future__ import annotations

import os
import socket
import time
from contextlib import suppress
from importlib import import_module
from typing import TYPE_CHECKING, Any

import msgspec

from mempress.campaign.executors.base import TICK_SECONDS, Began, Broken, Done, Gone, Order
from mempress.campaign.executors.frames import NodeBegan, NodeEnded, Piece, unpack
from mempress.campaign.executors.node import measure_here
from mempress.clock import clock_ns
from mempress.errors import MempressError, UsageError
from mempress.runner.resume import status_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from mempress.campaign.executors.base import Attempt, Report

SLOT = "mempress_slot"
_PATIENCE_SECONDS = 120.0
"""How long a campaign waits for a node when it has none left."""
_QUIET_SECONDS = 120.0
"""A node that says nothing for so long is given up, though Ray still holds it for alive."""
_CONNECT_SECONDS = 10.0
_NS_PER_SECOND = 1_000_000_000
_START = (
    "Start a node with RAY_USAGE_STATS_ENABLED=0 ray start --head --include-dashboard=false "
    """--resources='{"mempress_slot": 1}' and join others with --address; see docs/campaigns.md"""
)


class _UnderWay:
    """An attempt on its way, with the node that has it."""

    def __init__(self, attempt: Attempt, frames: Any) -> None:
        self.attempt = attempt
        self.frames = frames
        self.node = "no node yet"
        self.heard_ns: int | None = None


class RayExecutor:
    """Gives attempts to a cluster as tasks that stream a run's files back.

    Orders and frames are JSON and bytes. Ray itself ships its own calls, and trusts whoever reaches its ports.
    """

    words = "Ray, one run at a time on each node"

    def __init__(self, address: str) -> None:
        self._ray = _connect(address)
        self._task = self._ray.remote(num_returns="streaming", num_cpus=0, max_retries=0, resources={SLOT: 1})(
            measure_here
        )
        self._under_way: dict[Any, _UnderWay] = {}
        self._slotless_since_ns: int | None = None
        self._asked_ns: int | None = None
        self._known: dict[str, float] = {}
        if not self._node_slots():
            self.close()
            raise UsageError(f"No node at {address} has the resource {SLOT}. {_START}.")

    def slots(self) -> int:
        """Give how many nodes measure now.

        Raises:
            UsageError: a node offers more than one slot, on which runs would disturb each other.
        """
        for node, offered in self._node_slots().items():
            if offered != 1:
                raise UsageError(
                    f"The node {node} offers {offered:g} {SLOT}: give each node one, for runs share cores."
                )
        return len(self._node_slots())

    def start(self, attempt: Attempt) -> None:
        """Ask the cluster for an attempt."""
        order = Order(planned=attempt.planned, executor={"name": "ray", "runs_at_a_time": 1})
        frames = self._task.remote(msgspec.json.encode(order))
        self._under_way[frames] = _UnderWay(attempt, frames)

    def reports(self) -> Sequence[Report]:
        """Take what has come from the nodes, and give what it tells."""
        self._see_to_slots()
        if not self._under_way:
            return []
        asked = list(self._under_way)
        ready, rest = self._ray.wait(asked, num_returns=1, timeout=TICK_SECONDS)
        if rest:
            more, _ = self._ray.wait(rest, num_returns=len(rest), timeout=0)
            ready += more
        found = [report for frames in ready for report in self._next(self._under_way[frames])]
        return [*found, *self._silent()]

    def close(self) -> None:
        """Leave the cluster, which ends the tasks of this command."""
        self._ray.shutdown()

    def _next(self, under_way: _UnderWay) -> Iterator[Report]:
        """Take one frame."""
        run = under_way.attempt.planned.run
        try:
            header, data = unpack(self._ray.get(next(under_way.frames)))
            if isinstance(header, Piece):
                _append(under_way.attempt, header, data)
        except (StopIteration, ValueError, msgspec.DecodeError) as error:
            yield self._drop(under_way, Gone(run, under_way.node, f"what it sent cannot be used: {error}"))
            return
        except self._ray.exceptions.RayTaskError as error:
            yield self._drop(under_way, Broken(run, under_way.node, str(error.cause)[-1_000:]))
            return
        except self._ray.exceptions.RayError as error:
            reason = f"{type(error).__name__}: {str(error).partition('.')[0]}"
            yield self._drop(under_way, Gone(run, under_way.node, reason))
            return
        under_way.heard_ns = clock_ns()
        match header:
            case NodeBegan(node=node):
                under_way.node = node
                yield Began(run, node)
            case NodeEnded():
                yield self._drop(under_way, self._ended(under_way, header))
            case _:
                pass

    def _ended(self, under_way: _UnderWay, header: NodeEnded) -> Report:
        run, node, files = under_way.attempt.planned.run, under_way.node, under_way.attempt.files
        if header.exit_status == 0 and (status := status_of(files.directory)) is not None:
            return Done(run, node, status, header.wall_s, files.journal.stat().st_size)
        if header.exit_status < 0:
            return Gone(run, node, f"its process was ended by signal {-header.exit_status}")
        return Broken(run, node, header.words or f"its process ended with status {header.exit_status}, without a word")

    def _drop(self, under_way: _UnderWay, report: Report) -> Report:
        del self._under_way[under_way.frames]
        return report

    def _silent(self) -> Iterator[Report]:
        """Give up nodes that have said nothing for long."""
        now = clock_ns()
        for under_way in list(self._under_way.values()):
            if under_way.heard_ns is not None and now - under_way.heard_ns > _QUIET_SECONDS * _NS_PER_SECOND:
                with suppress(self._ray.exceptions.RayError):
                    self._ray.cancel(under_way.frames, force=True)
                reason = f"nothing was heard of it for {_QUIET_SECONDS:.0f} s"
                yield self._drop(under_way, Gone(under_way.attempt.planned.run, under_way.node, reason))

    def _node_slots(self) -> dict[str, float]:
        """Give the slots of each living node; asked of the cluster once a tick."""
        now = clock_ns()
        if self._asked_ns is None or now - self._asked_ns > TICK_SECONDS * _NS_PER_SECOND:
            alive = [node for node in self._ray.nodes() if node["Alive"]]
            self._known = {node["NodeID"]: node["Resources"][SLOT] for node in alive if SLOT in node["Resources"]}
            self._asked_ns = now
        return self._known

    def _see_to_slots(self) -> None:
        if self._node_slots():
            self._slotless_since_ns = None
            return
        self._slotless_since_ns = self._slotless_since_ns or clock_ns()
        if clock_ns() - self._slotless_since_ns > _PATIENCE_SECONDS * _NS_PER_SECOND:
            raise MempressError(f"The cluster has had no node with {SLOT} for {_PATIENCE_SECONDS:.0f} s. {_START}.")
        if not self._under_way:
            time.sleep(TICK_SECONDS)


def _append(attempt: Attempt, piece: Piece, data: bytes) -> None:
    """Put a piece where it belongs; its name is one of a closed set, so that no node chooses a path.

    Raises:
        ValueError: what came before it is missing.
    """
    directory = attempt.files.directory
    directory.mkdir(parents=True, exist_ok=True)
    with (directory / piece.file).open("ab") as file:
        if file.tell() != piece.offset:
            raise ValueError(f"{piece.file} goes on at {piece.offset}, and {file.tell()} bytes of it are here")
        file.write(data)


def _connect(address: str) -> Any:
    """Join a cluster; gives the module.

    Raises:
        UsageError: the extra is not installed, or no cluster answers.
    """
    os.environ["RAY_USAGE_STATS_ENABLED"] = "0"
    host = _host(address)
    if host in ("127.0.0.1", "localhost", "::1"):
        # Ray takes these for "the address that others reach me by" unless it holds the machine for one without a
        # network; a cluster on the loopback device alone would not be found.
        os.environ.setdefault("RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER", "0")
    try:
        ray: Any = import_module("ray")  # an extra, and seconds to load
    except ImportError as error:
        raise UsageError('--executor ray needs the extra: pip install "mempress[ray]".') from error
    own = {"_node_ip_address": host} if host.startswith("127.") else {}
    try:
        ray.init(address=address, log_to_driver=False, logging_level="ERROR", configure_logging=False, **own)
    except (ConnectionError, RuntimeError, ValueError) as error:
        raise UsageError(f"--address {address}: no Ray cluster answers there ({error}). {_START}.") from error
    return ray


def _host(address: str) -> str:
    """Give the host of an address at which something listens: Ray itself would try for minutes.

    Raises:
        UsageError: it is no address, or nothing answers.
    """
    host, _, port = address.rpartition(":")
    host = host.strip("[]")
    if not host or not port.isdigit():
        raise UsageError(f"--address {address!r}: write HOST:PORT, such as 10.0.0.1:6379.")
    try:
        socket.create_connection((host, int(port)), _CONNECT_SECONDS).close()
    except (OSError, OverflowError) as error:
        raise UsageError(f"--address {address}: no Ray cluster answers there ({error}). {_START}.") from error
    return host
