"""The process of one check: ``python -m mempress.testing.conformance.child FD``, its task on stdin.

It splits in two. The worker drives the adapter and writes to the pipe FD which call is under way and what came of the
check. The supervisor outlives whatever the adapter does to the worker, says so on the pipe if the worker died, and
ends every process that was left behind.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from mempress.testing.conformance.checks import all_checks
from mempress.testing.conformance.driver import Driver
from mempress.testing.conformance.processes import adopt_orphans, kill_descendants
from mempress.testing.conformance.wire import LOST_PIPE_STATUS, Call, Died, Message, Task, encode

if TYPE_CHECKING:
    from mempress.testing.conformance.check import Check


def main() -> None:
    """Do the task in a worker, and clean up after it."""
    pipe = int(sys.argv[1])
    os.set_inheritable(pipe, False)
    adopt_orphans()
    task = Task.from_json(sys.stdin.read())
    worker = os.fork()
    if worker == 0:
        _work(task, pipe)
        os._exit(0)  # without waiting for threads that the adapter left
    status = os.waitstatus_to_exitcode(os.waitpid(worker, 0)[1])
    os.write(pipe, encode(Died(status)))  # not read where the worker gave an outcome
    kill_descendants(os.getpid())


def _work(task: Task, pipe: int) -> None:
    def send(message: Message) -> None:
        try:
            os.write(pipe, encode(message))
        except OSError:
            os._exit(LOST_PIPE_STATUS)

    if task.import_path is not None:
        sys.path[:] = task.import_path
    driver = Driver(task.target, task.options, Path(task.root), lambda call: send(Call(call)))
    send(_check_named(task.check).run(driver, preparing=task.preparing))


def _check_named(name: str) -> Check:
    return next(check for check in all_checks() if check.name == name)


if __name__ == "__main__":
    main()
