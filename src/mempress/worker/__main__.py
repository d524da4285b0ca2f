"""The worker's process: ``python -m mempress.worker READ_FD WRITE_FD BEAT_FD DIMENSION PARENT_PID``."""

from __future__ import annotations

import contextlib
import ctypes
import faulthandler
import gc
import mmap
import os
import signal
import struct
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from mempress.worker.channel import BlockingChannel, Frame
from mempress.worker.driver import Driver
from mempress.worker.network import NetworkGuard
from mempress.worker.vectors import PreparedVectors

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

_PR_SET_PDEATHSIG = 1
_BEAT = struct.Struct("<Q")
_COMMANDS = frozenset({"open", "warm", "store", "read_back", "search", "call", "held", "delete", "traffic", "close"})


def main(arguments: Sequence[str]) -> None:
    """Serve commands until the parent says so or is gone."""
    read_fd, write_fd, beat_fd, dimension, parent_pid = (int(argument) for argument in arguments)
    libc = ctypes.CDLL(None, use_errno=True)
    _die_with_parent(libc, parent_pid)
    faulthandler.enable()
    channel = BlockingChannel(read_fd, write_fd)

    def ask_parent(texts: Sequence[str]) -> bytes:
        channel.send({"ask": "embed", "texts": list(texts)})
        return channel.receive().payload

    driver = Driver(PreparedVectors(dimension, ask_parent), _heartbeat(beat_fd))
    with contextlib.suppress(EOFError, BrokenPipeError):
        guard = NetworkGuard()
        while (frame := channel.receive()).header["do"] != "exit":
            if frame.header["do"] == "open" and not frame.header["allow_network"]:
                guard.install()
            reply = _obey(driver, libc, frame)
            if refused := guard.told():
                reply["refused"] = refused
            channel.send(reply)


def _obey(driver: Driver, libc: ctypes.CDLL, frame: Frame) -> dict[str, object]:
    command = frame.header["do"]
    if command == "settle":
        gc.collect()
        if hasattr(libc, "malloc_trim"):
            libc.malloc_trim(0)
        return {}
    if command not in _COMMANDS:
        raise ValueError(f"unknown command {command!r}")
    reply: dict[str, object] = getattr(driver, command)(frame)
    return reply


def _heartbeat(beat_fd: int) -> Callable[[], None]:
    """Give a function that raises the shared counter by one; the parent reads it without stopping the worker."""
    shared = mmap.mmap(beat_fd, _BEAT.size)
    count = 0

    def beat() -> None:
        nonlocal count
        count += 1
        _BEAT.pack_into(shared, 0, count)

    return beat


def _die_with_parent(libc: ctypes.CDLL, parent_pid: int) -> None:
    """Ask the kernel for SIGKILL when the parent dies, and offer this process first when memory runs out."""
    if sys.platform == "linux":
        libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
        if os.getppid() != parent_pid:
            os.kill(os.getpid(), signal.SIGKILL)
        with contextlib.suppress(OSError):
            Path("/proc/self/oom_score_adj").write_text("1000", encoding="ascii")


if __name__ == "__main__":
    main(sys.argv[1:])
