"""A measuring process as its parent sees it."""

from __future__ import annotations

import os
import select
import signal
import subprocess
import tempfile
from typing import TYPE_CHECKING

import msgspec

from mempress.campaign.measure import command, environment
from mempress.clock import clock_ns

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from mempress.campaign.executors.base import Order

_LAST_BYTES = 2_000
_STOP_SECONDS = 15.0
_NS_PER_SECOND = 1e9


class Measuring:
    """A process that measures one run into a directory; in a session of its own, so that Ctrl-C does not reach it."""

    def __init__(self, order: Order, directory: Path) -> None:
        self._began_ns = clock_ns()
        self._errors = tempfile.TemporaryFile()  # noqa: SIM115 - it lives as long as the process
        self._process = subprocess.Popen(  # noqa: S603 - our own module
            command(directory),
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=self._errors,
            env=environment(os.environ),
            start_new_session=True,
        )
        assert self._process.stdin is not None  # noqa: S101 - it was asked for
        try:
            self._process.stdin.write(msgspec.json.encode(order))
            self._process.stdin.close()
        except BrokenPipeError:
            pass  # it died at once: its exit status tells
        self.pidfd = os.pidfd_open(self._process.pid)

    @property
    def pid(self) -> int:
        """The process's number."""
        return self._process.pid

    @property
    def exit_status(self) -> int | None:
        """None while it is under way; negative where a signal ended it."""
        return self._process.poll()

    @property
    def wall_s(self) -> float:
        """Seconds since it was started."""
        return (clock_ns() - self._began_ns) / _NS_PER_SECOND

    def last_words(self) -> str:
        """Give the end of what it wrote to stderr."""
        size = self._errors.seek(0, os.SEEK_END)
        self._errors.seek(max(0, size - _LAST_BYTES))
        return self._errors.read().decode("utf-8", "replace").strip()

    def stop(self) -> None:
        """End it, by an interrupt, so that its journal gets its end; by force where that takes too long."""
        if self._process.poll() is None:
            self._process.send_signal(signal.SIGINT)
            try:
                self._process.wait(_STOP_SECONDS)
            except subprocess.TimeoutExpired:
                self._process.kill()
        self.release()

    def release(self) -> None:
        """Let go of a process that has ended."""
        self._process.wait()
        self._errors.close()
        os.close(self.pidfd)


def wait_for_any(descriptors: Sequence[int], seconds: float) -> None:
    """Wait until one of the processes behind the pidfds has ended, or so many seconds have passed."""
    poll = select.poll()
    for descriptor in descriptors:
        poll.register(descriptor, select.POLLIN)
    poll.poll(seconds * 1_000)
