"""Runs checks, each in a fresh process with a fresh directory and a limit on the time of each call."""

from __future__ import annotations

import os
import select
import signal
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING

from mempress.environments import Interpreter, prepare
from mempress.systems.registry import find_system
from mempress.testing.conformance.checks import all_checks
from mempress.testing.conformance.outcome import Failed, NotApplicable, Outcome, Passed
from mempress.testing.conformance.processes import descendants
from mempress.testing.conformance.report import CheckResult, ConformanceReport
from mempress.testing.conformance.wire import LOST_PIPE_STATUS, Call, Died, Message, Task, decode

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from mempress.systems.protocol import JSON
    from mempress.testing.conformance.check import Check

_CHILD = "mempress.testing.conformance.child"
_NO_OPTIONS: Mapping[str, JSON] = {}


def _deaf(_: str) -> None: ...


@dataclass(frozen=True, slots=True)
class _Subject:
    """What is checked: a class, its options, and where it runs."""

    target: str
    options: Mapping[str, JSON]
    interpreter: Interpreter


def _subject(spec: str, options: Mapping[str, JSON], say: Callable[[str], None] = _deaf) -> _Subject:
    reference = find_system(spec)
    return _Subject(reference.target, reference.options({reference.label: options}), prepare(reference, say))


def run_conformance(
    target: str | type,
    options: Mapping[str, JSON] = _NO_OPTIONS,
    *,
    timeout_seconds: float = 30.0,
    jobs: int | None = None,
    say: Callable[[str], None] = _deaf,
) -> ConformanceReport:
    """Put an adapter through every check.

    ``target`` is what the command line takes (an entry point's name, ``package.module:Class``, ``file.py:Class``) or
    the class itself, as long as it can be imported by name. ``timeout_seconds`` is for each call into the adapter.
    ``jobs`` checks run at a time: as many as there are processors, at most 4, unless given.
    ``say`` is told each line of progress where the system's environment has to be built first.

    Raises:
        UsageError: the target names nothing.
        EnvironmentFailedError: its environment cannot be built.
    """
    spec = target_spec(target)
    subject = _subject(spec, options, say)

    def judge(check: Check) -> CheckResult:
        return CheckResult(check.name, check.title, _run_on(subject, check, timeout_seconds))

    results: list[CheckResult] = []
    for check in (check for check in all_checks() if check.basic):
        results.append(judge(check))
        if isinstance(results[-1].outcome, Failed):
            untried = NotApplicable(f"not tried, since {check.name} failed")
            results += [CheckResult(rest.name, rest.title, untried) for rest in all_checks()[len(results) :]]
            return ConformanceReport(spec, tuple(results))
    with ThreadPoolExecutor(jobs or min(4, os.cpu_count() or 1)) as pool:
        results += pool.map(judge, all_checks()[len(results) :])
    return ConformanceReport(spec, tuple(results))


def run_check(
    check: Check, target: str | type, options: Mapping[str, JSON] = _NO_OPTIONS, *, timeout_seconds: float = 30.0
) -> Outcome:
    """Put an adapter through one check; see ``run_conformance``."""
    return _run_on(_subject(target_spec(target), options), check, timeout_seconds)


def _run_on(subject: _Subject, check: Check, timeout_seconds: float) -> Outcome:
    with tempfile.TemporaryDirectory(prefix="mempress-check-", ignore_cleanup_errors=True) as scratch:
        root = Path(scratch)
        for directory in ("workdirs", "tmp"):
            (root / directory).mkdir()
        for preparing in (True, False) if check.prepare is not None else (False,):
            import_path = tuple(sys.path) if subject.interpreter.lock is None else None
            task = Task(subject.target, subject.options, check.name, preparing, str(root / "workdirs"), import_path)
            outcome = _run_task(task, subject.interpreter, root, timeout_seconds)
            if not isinstance(outcome, Passed):
                return outcome
    return Passed()


def target_spec(target: str | type) -> str:
    """Give what names this target to another process."""
    return target if isinstance(target, str) else f"{target.__module__}:{target.__qualname__}"


def _run_task(task: Task, interpreter: Interpreter, root: Path, timeout_seconds: float) -> Outcome:
    """Run one task in its own process and its own session, with its own directory for temporary files."""
    reading, writing = os.pipe()
    environment = interpreter.environment(os.environ) | {"TMPDIR": str(root / "tmp")}
    command = interpreter.command("-m", _CHILD, str(writing))
    with os.fdopen(reading, "rb", buffering=0) as pipe, (root / "stdout").open("wb") as out:
        try:
            child = subprocess.Popen(  # noqa: S603 - the command is our own
                command,
                stdin=subprocess.PIPE,
                stdout=out,
                stderr=subprocess.DEVNULL,
                pass_fds=(writing,),
                env=environment,
                start_new_session=True,
            )
        finally:
            os.close(writing)
        try:
            return _watch(child, pipe, task, timeout_seconds)
        finally:
            _end(child)


def _watch(child: subprocess.Popen[bytes], pipe: IO[bytes], task: Task, timeout_seconds: float) -> Outcome:
    assert child.stdin is not None  # noqa: S101 - Popen was given a pipe
    with child.stdin as stdin:
        stdin.write(task.to_json().encode())
    call = "the start of its process"
    try:
        for message in _messages(pipe, timeout_seconds):
            if isinstance(message, Died):
                return Failed(_describe_death(message.status, call))
            if not isinstance(message, Call):
                return message
            call = message.name
    except TimeoutError:
        return Failed(f"{call} did not return within {timeout_seconds:g} s")
    except ValueError:
        return Failed(f"the process wrote into a pipe that is not its own during {call}")
    return Failed(f"the process and its supervisor were killed during {call}")


def _messages(pipe: IO[bytes], timeout_seconds: float) -> Iterator[Message]:
    """Give the child's messages until it ends.

    Raises:
        TimeoutError: nothing came for so long.
    """
    pending = b""
    while True:
        if not select.select([pipe], [], [], timeout_seconds)[0]:
            raise TimeoutError
        data = pipe.read(65_536)
        if not data:
            return
        *lines, pending = (pending + data).split(b"\n")
        yield from map(decode, lines)


def _describe_death(status: int, call: str) -> str:
    if status < 0:
        return f"the process was killed by {signal.Signals(-status).name} during {call}"
    if status == LOST_PIPE_STATUS:
        return f"file descriptors that are not the adapter's own were closed during {call}"
    return f"the process ended with exit status {status} during {call}: an adapter raises, it does not exit"


def _end(supervisor: subprocess.Popen[bytes]) -> None:
    """End the process of the check; its supervisor ends all that it left behind, and then itself."""
    for pid in descendants(supervisor.pid):
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    supervisor.wait()
