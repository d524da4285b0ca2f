"""A server process of an adapter: started, waited for, stopped; it dies with the process that started it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

_LAUNCH = Path(__file__).with_name("launch.py")
_POLL_SECONDS = 0.01
_LOG_CHARACTERS = 1_000


class ServerError(RuntimeError):
    """A server did not start or did not stop; the text ends with the end of its log."""


class ServerProcess:
    """One server, its output in a log file.

    ``ready`` is asked again and again until it says yes; ServerError where the process ends before, or takes too long.
    """

    def __init__(
        self,
        command: Sequence[str | Path],
        log: Path,
        *,
        ready: Callable[[], bool],
        environment: Mapping[str, str] | None = None,
        patience_seconds: float = 60.0,
    ) -> None:
        self.name = Path(command[0]).name
        self._log = log
        with log.open("ab") as output:
            self._log_start = output.tell()
            self._process = subprocess.Popen(  # noqa: S603 - a program of the project's environment
                launched(command),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                env=None if environment is None else {**os.environ, **environment},
            )
        try:
            self._wait_until(ready, patience_seconds)
        except BaseException:
            self._process.kill()
            self._process.wait()
            raise

    @property
    def pid(self) -> int:
        """The process that was started; what it starts itself descends from it."""
        return self._process.pid

    def stop(self, how: signal.Signals = signal.SIGTERM, patience_seconds: float = 20.0) -> None:
        """Ask it to stop and wait until it has.

        Raises:
            ServerError: it had to be killed.
        """
        if self._process.poll() is None:
            self._process.send_signal(how)
        try:
            self._process.wait(patience_seconds)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
            raise ServerError(f"{self.name} did not stop within {patience_seconds:g} s{self._last_words()}") from None

    def _wait_until(self, ready: Callable[[], bool], patience_seconds: float) -> None:
        deadline = time.monotonic() + patience_seconds
        while not ready():
            if self._process.poll() is not None:
                raise ServerError(f"{self.name} ended with status {self._process.returncode}{self._last_words()}")
            if time.monotonic() > deadline:
                raise ServerError(f"{self.name} was not ready within {patience_seconds:g} s{self._last_words()}")
            time.sleep(_POLL_SECONDS)

    def _last_words(self) -> str:
        log = self._log.read_bytes()[self._log_start :].decode("utf-8", "replace")
        return f": {log[-_LOG_CHARACTERS:].strip()}"


def launched(command: Sequence[str | Path]) -> list[str]:
    """Give a command that ends with this process and does not run as root."""
    return [sys.executable, "-I", "-S", str(_LAUNCH), str(os.getpid()), *map(str, command)]
