"""Holds one worker process: starts it, talks to it, and survives whatever it does."""

from __future__ import annotations

import fcntl
import mmap
import os
import select
import signal
import struct
import subprocess
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from mempress.clock import clock_ns
from mempress.format import measure
from mempress.runner.leftovers import Killed, Output, how_it_ended
from mempress.runner.processes import is_alive, memory_of, resident_bytes, tree_of
from mempress.worker.channel import Frame, FrameBuffer, encode

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from mempress.journal import Status
    from mempress.runner.limits import MemoryLimit

_BEAT = struct.Struct("<Q")
_POLL_MS = 50
_WATCH_NS = 50_000_000
_TREE_SCAN_NS = 1_000_000_000
_PIPE_BYTES = 1 << 20
_DRAIN_PIECES = 64
_REPLY_LIMIT_BYTES = 256 << 20
_NS_PER_SECOND = 1_000_000_000
_NS_PER_MS = 1_000_000
_CALL_WAIT_NS = 1_000_000
_MIB = 1 << 20


class WorkerLostError(Exception):
    """The worker is gone: ``status`` is crashed, timed_out or killed_at_limit, ``reason`` says it in words."""

    def __init__(self, status: Status, reason: str) -> None:
        super().__init__(reason)
        self.status = status
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Launch:
    """How a worker's process is started: the words that start its interpreter, and its environment variables."""

    python: tuple[str, ...]
    environment: Mapping[str, str]


class Supervisor:
    """A worker process from start to end; one command is under way at a time.

    While it waits for a reply it drains the worker's output, answers its questions for vectors, and watches three
    things: that the process lives, that its heartbeat moves within ``timeout_seconds``, and that its memory stays
    under ``memory_limit``, which a control group of the kernel keeps where there is one.
    """

    def __init__(
        self,
        *,
        launch: Launch,
        dimension: int,
        timeout_seconds: float,
        memory_limit: MemoryLimit,
        embed: Callable[[Sequence[str]], bytes],
    ) -> None:
        self._timeout_ns = int(timeout_seconds * _NS_PER_SECOND)
        self._limit = memory_limit
        self._embed = embed
        self._buffer = FrameBuffer(_REPLY_LIMIT_BYTES)
        self.output = Output()
        self._start(launch, dimension)

    def _start(self, launch: Launch, dimension: int) -> None:
        child_read, self._to_worker = os.pipe()
        self._from_worker, child_write = os.pipe()
        self._printed, child_output = os.pipe()
        beat_fd = os.memfd_create("mempress-beat")
        os.ftruncate(beat_fd, _BEAT.size)
        self._beat = mmap.mmap(beat_fd, _BEAT.size)
        arguments = [str(number) for number in (child_read, child_write, beat_fd, dimension, os.getpid())]
        try:
            self._process = subprocess.Popen(  # noqa: S603 - our own module, in the system's interpreter
                [*launch.python, "-m", "mempress.worker", *arguments],
                stdin=subprocess.DEVNULL,
                stdout=child_output,
                stderr=child_output,
                env=dict(launch.environment),
                pass_fds=(child_read, child_write, beat_fd),
                start_new_session=True,
            )
        finally:
            for descriptor in (child_read, child_write, child_output, beat_fd):
                os.close(descriptor)
        self.pid = self._process.pid
        self._enforcer = self._limit.hold(self.pid)
        self._pidfd = os.pidfd_open(self.pid)
        self._known: dict[int, int] = {}
        self._tree = frozenset({self.pid})
        self._tree_scanned_ns = self._watched_ns = 0
        fcntl.fcntl(self._to_worker, fcntl.F_SETPIPE_SZ, _PIPE_BYTES)
        for descriptor in (self._from_worker, self._printed):
            os.set_blocking(descriptor, False)
        os.set_blocking(self._to_worker, False)
        self._poll = select.poll()
        for descriptor in (self._from_worker, self._printed, self._pidfd):
            self._poll.register(descriptor, select.POLLIN)

    def ask(
        self, header: dict[str, Any], payload: bytes = b"", *, timeout_seconds: float | None = None
    ) -> dict[str, Any]:
        """Give the reply to a command.

        Raises:
            WorkerLostError: the worker died, hung or outgrew its limit; it is dead by then.
        """
        timeout_ns = self._timeout_ns if timeout_seconds is None else int(timeout_seconds * _NS_PER_SECOND)
        self._send(Frame(header, payload))
        seen_beat, seen_ns = self.beats(), clock_ns()
        while True:
            self._wait()
            if (reply := self._reply()) is not None:
                return reply
            if (beat := self.beats()) != seen_beat:
                seen_beat, seen_ns = beat, clock_ns()
            elif clock_ns() - seen_ns > timeout_ns:
                self.kill()
                raise WorkerLostError("timed_out", f"no answer within {timeout_ns / _NS_PER_SECOND:g} s")

    def rest(self, seconds: float) -> None:
        """Ask nothing for a while; the worker's output, life and size are watched all the same.

        Raises:
            WorkerLostError: the worker died or outgrew its limit.
        """
        until_ns = clock_ns() + int(seconds * _NS_PER_SECOND)
        while (left_ns := until_ns - clock_ns()) > 0:
            self._wait(min(_POLL_MS, left_ns // _NS_PER_MS + 1))

    def ask_and_kill(self, header: dict[str, Any], payload: bytes, after_ns: int) -> Killed:
        """Send a command and kill the worker's tree ``after_ns`` into the call of the system that it makes.

        A reply that comes first is given back, and nothing is killed.

        Raises:
            WorkerLostError: the worker was lost before.
        """
        self.processes()
        seen_beat, asked_ns = self.beats(), clock_ns()
        self._send(Frame(header, payload))
        began_ns: int | None = None
        while began_ns is None or clock_ns() - began_ns < after_ns:
            if (reply := self._reply()) is not None:
                return Killed(reply, None)
            if began_ns is None and self.beats() != seen_beat:
                began_ns = clock_ns()
            left_ns = _CALL_WAIT_NS if began_ns is None else after_ns - (clock_ns() - began_ns)
            self._wait(max(0, left_ns) // _NS_PER_MS)  # under a millisecond it spins: the moment is the point
            if began_ns is None and clock_ns() - asked_ns > self._timeout_ns:
                self.kill()
                raise WorkerLostError("timed_out", "the call did not begin")
        into_call_ns = clock_ns() - began_ns
        self.kill()
        self._read()
        frame = self._buffer.take()
        return Killed(None if frame is None else frame.header, into_call_ns)

    def _reply(self) -> dict[str, Any] | None:
        """Give the reply that has come, if it has; the worker's questions for vectors are answered on the way."""
        while (frame := self._take()) is not None:
            if frame.header.get("ask") != "embed":
                return frame.header
            self._send(Frame({}, self._embed(frame.header["texts"])))
        return None

    def beats(self) -> int:
        """How many calls of the system the worker has begun."""
        return int(_BEAT.unpack_from(self._beat)[0])

    def processes(self) -> frozenset[int]:
        """Give the worker and all its descendants that live, looked up now, those that left its tree among them."""
        found = tree_of(self.pid)
        self._known = {pid: start for pid, start in self._known.items() if is_alive(pid, start)} | found
        self._tree = frozenset(self._known)
        self._tree_scanned_ns = clock_ns()
        return self._tree

    def kill(self) -> None:
        """Kill the worker and its descendants; harmless when they are dead."""
        if self._process.poll() is None:
            os.killpg(self.pid, signal.SIGKILL)  # its session at once, before the rest is looked up
        for pid in self.processes():
            self._signal(pid)
        self._process.kill()
        self._process.wait()

    def stop(self, patience_seconds: float = 5.0) -> int:
        """End a worker whose system is closed; gives how many processes it left behind, all dead by then."""
        self.processes()
        if self._process.poll() is None:
            try:
                self._send(Frame({"do": "exit"}))
                self._process.wait(patience_seconds)
            except (WorkerLostError, subprocess.TimeoutExpired):
                pass
        left = self.processes() - {self.pid}
        self.kill()
        return len(left)

    def release(self) -> None:
        """Kill what lives and close all descriptors."""
        self.kill()
        self._drain(self._printed)
        for descriptor in (self._to_worker, self._from_worker, self._printed, self._pidfd):
            os.close(descriptor)
        self._beat.close()
        self._enforcer.close()

    def _signal(self, pid: int) -> None:
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            return

    def _send(self, frame: Frame) -> None:
        """Write a frame; a worker that stopped reading must not block the parent, so the pipe is polled."""
        data = memoryview(encode(frame))
        while data:
            try:
                data = data[os.write(self._to_worker, data) :]
            except BlockingIOError:
                self._wait(writing=True)
            except BrokenPipeError:
                raise self._died() from None

    def _wait(self, timeout_ms: int = _POLL_MS, *, writing: bool = False) -> None:
        """Wait a moment for the worker; drain its output; notice its death and its size."""
        if writing:
            select.select([self._printed, self._pidfd], [self._to_worker], [], _POLL_MS / 1000)
            ready = {self._printed}
        else:
            ready = {descriptor for descriptor, _ in self._poll.poll(timeout_ms)}
        if self._printed in ready:
            self._drain(self._printed)
        if self._pidfd in ready and self._from_worker not in ready:
            raise self._died()
        if clock_ns() - self._watched_ns > _WATCH_NS:
            self._watch_memory()

    def _drain(self, descriptor: int) -> None:
        """Take what was printed, a bounded piece of it: a flood must not keep the parent here."""
        try:
            for _ in range(_DRAIN_PIECES):
                if not (data := os.read(descriptor, 1 << 16)):
                    self._poll.unregister(descriptor)
                    return
                self.output.add(data)
        except (BlockingIOError, KeyError):
            return

    def _take(self) -> Frame | None:
        """Read what has come and give the next whole frame; the end of the stream is the worker's end."""
        try:
            ended = self._read()
            frame = self._buffer.take()
        except ValueError as error:
            self.kill()
            raise WorkerLostError("crashed", f"the worker's line carried something else: {error}") from error
        if frame is None and ended:
            raise self._died()
        return frame

    def _read(self) -> bool:
        """Feed the buffer with what stands in the pipe; gives whether the other end is closed."""
        try:
            while data := os.read(self._from_worker, _PIPE_BYTES):
                self._buffer.feed(data)
        except BlockingIOError:
            return False
        return True

    def _watch_memory(self) -> None:
        self._watched_ns = clock_ns()
        if self._watched_ns - self._tree_scanned_ns > _TREE_SCAN_NS:
            self.processes()
        if self._enforcer.was_exceeded():
            raise self._died()
        if resident_bytes(self._tree) > self._enforcer.watchdog_bytes:
            use = memory_of(self._tree)
            if use is not None and use.pss_bytes > self._enforcer.watchdog_bytes:
                self.kill()
                raise self._over_limit(f"reached {measure(use.pss_bytes / _MIB, 'MiB')} of PSS,", "the watchdog")

    def _died(self) -> WorkerLostError:
        self.kill()
        self._drain(self._printed)
        if self._enforcer.was_exceeded():
            return self._over_limit("went", f"the kernel ({self._enforcer.mechanism})")
        return WorkerLostError("crashed", f"the process {how_it_ended(self._process.returncode)}")

    def _over_limit(self, how: str, who: str) -> WorkerLostError:
        limit = measure(self._limit.limit_bytes / _MIB, "MiB")
        return WorkerLostError("killed_at_limit", f"its memory {how} over the limit of {limit}: killed by {who}")
