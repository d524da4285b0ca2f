"""What runs on a node of a Ray cluster: one measuring process, its files sent back in pieces while it works.

The task that this is does not measure: the system's worker is a grandchild in a session of its own, and only that
session and its descendants are counted as the system's.
"""

from __future__ import annotations

import tempfile
from importlib import import_module
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from mempress.campaign.executors.base import TICK_SECONDS, Order
from mempress.campaign.executors.frames import FILES, MOST_BYTES, Alive, File, NodeBegan, NodeEnded, Piece, pack
from mempress.campaign.process import Measuring, wait_for_any

if TYPE_CHECKING:
    from collections.abc import Iterator


def measure_here(order: bytes, node: str | None = None) -> Iterator[bytes]:
    """Measure the run that an order (JSON) asks for; gives frames, the last of which says how it ended."""
    node = node or _node()
    yield pack(NodeBegan(node, version("mempress")))
    asked = msgspec.json.decode(order, type=Order)
    asked = msgspec.structs.replace(asked, executor={**asked.executor, "node": node})
    with tempfile.TemporaryDirectory(prefix="mempress-node-") as scratch:
        directory = Path(scratch) / asked.planned.run
        measuring = Measuring(asked, directory)
        sent = dict.fromkeys(FILES, 0)
        try:
            while measuring.exit_status is None:
                wait_for_any([measuring.pidfd], TICK_SECONDS)
                fresh = False
                for frame in _fresh(directory, sent):
                    fresh = True
                    yield frame
                if not fresh:
                    yield pack(Alive())
            yield from _fresh(directory, sent)
            yield pack(NodeEnded(measuring.exit_status, measuring.wall_s, measuring.last_words()))
        finally:
            measuring.stop()


def _fresh(directory: Path, sent: dict[File, int]) -> Iterator[bytes]:
    """Give what the files have grown by."""
    for name in FILES:
        path = directory / name
        if not path.exists():
            continue
        with path.open("rb") as file:
            file.seek(sent[name])
            while data := file.read(MOST_BYTES):
                yield pack(Piece(name, sent[name]), data)
                sent[name] += len(data)


def _node() -> str:
    ray: Any = import_module("ray")  # it is there: it runs this

    return f"{ray.util.get_node_ip_address()} ({ray.get_runtime_context().get_node_id()[:8]})"
