"""Starts uv, hands on what it says while it works, and keeps its last words for when it fails."""

from __future__ import annotations

import os
import signal
import subprocess
from collections import deque
from typing import TYPE_CHECKING

from mempress.errors import MempressError
from mempress.masking import masked

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

_LAST_LINES = 12
_NOISE = ("Using Python ", "+ ", "- ")
"""What we know already, and one line for each package: the journal names them."""
_PLAIN = {"NO_COLOR": "1", "UV_NO_PROGRESS": "1"}


class EnvironmentFailedError(MempressError):
    """An environment could not be built; the text ends with uv's own words."""

    exit_status = 3


def run_uv(arguments: Sequence[str], *, cwd: Path, say: Callable[[str], None], held: int | None = None) -> str:
    """Run uv to its end; gives what it wrote to stdout.

    ``held`` is a descriptor that it inherits: a lock is kept until uv has ended, even where this process is killed.

    Raises:
        EnvironmentFailedError: it failed, or is not there.
    """
    last: deque[str] = deque(maxlen=_LAST_LINES)
    with subprocess.Popen(  # noqa: S603 - uv's own program, with arguments made here
        [_program(), *arguments],
        cwd=cwd,
        env={**os.environ, **_PLAIN},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        errors="replace",
        pass_fds=() if held is None else (held,),
        process_group=0,
    ) as process:
        try:
            assert process.stderr is not None and process.stdout is not None  # noqa: S101 - both are pipes
            for line in process.stderr:
                if (text := spoken(line)) and not text.startswith(_NOISE):
                    last.append(text)
                    say(text)
            output = process.stdout.read()
        except BaseException:
            os.killpg(process.pid, signal.SIGKILL)  # it, and what it builds with
            raise
    if process.returncode != 0:
        raise EnvironmentFailedError(" ".join(last) or f"uv ended with status {process.returncode}")
    return output


def spoken(line: str) -> str:
    """Give a line of another program as it may stand in a report: no secrets, no control characters."""
    shown = "".join(letter if letter.isprintable() else " " for letter in line)
    return str(masked(" ".join(shown.split())))


def _program() -> str:
    try:
        from uv import find_uv_bin  # noqa: PLC0415 - needed where something is built, and by no worker

        return find_uv_bin()
    except (ImportError, FileNotFoundError) as error:
        raise EnvironmentFailedError(f"uv is not installed beside mempress: {error}") from error
