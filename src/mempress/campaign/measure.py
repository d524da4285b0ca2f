"""``python -m mempress.campaign.measure DIRECTORY PARENT``: one run in a process of its own; its order comes on stdin.

Exit status: 0 the run's journal is complete, whatever it says; another one, the harness failed, with its words on
stderr. The process dies with its parent, and the system's worker with it.
"""

from __future__ import annotations

import ctypes
import os
import signal
import sys
import traceback
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from mempress.campaign.executors.base import Order
from mempress.errors import MempressError
from mempress.runfiles import RunFiles, write_json

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_PR_SET_PDEATHSIG = 1
_INTERRUPTED = 130
_OF_RAY = "RAY_"


def command(directory: Path) -> list[str]:
    """Give the words that start it from this process; its order goes to its standard input."""
    return [sys.executable, "-m", "mempress.campaign.measure", str(directory), str(os.getpid())]


def environment(given: Mapping[str, str]) -> dict[str, str]:
    """Give its environment variables: the given ones without a scheduler's own."""
    return {name: value for name, value in given.items() if not name.startswith(_OF_RAY)}


def main(arguments: Sequence[str]) -> int:
    """Measure; gives the exit status."""
    directory, parent = Path(arguments[0]), int(arguments[1])
    _die_with(parent)
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    order = msgspec.json.decode(sys.stdin.buffer.read(), type=Order)
    if order.cores is not None:
        os.sched_setaffinity(0, order.cores)
    try:
        _measure(order, directory)
    except KeyboardInterrupt:
        return _INTERRUPTED
    except MempressError as error:
        sys.stderr.write(f"{error}\n")
        return error.exit_status
    except Exception:  # noqa: BLE001 - the harness's boundary: its failure is a line of the campaign's ledger
        traceback.print_exc()
        return 1
    return 0


def _measure(order: Order, directory: Path) -> None:
    from mempress.analysis import analyse  # noqa: PLC0415 - once the process is bound to its cores
    from mempress.runner.benchmark import Listener  # noqa: PLC0415 - as above
    from mempress.runner.single import SingleRun, run_single  # noqa: PLC0415 - as above

    planned = order.planned
    asked = SingleRun(planned.config, RunFiles(directory), planned.condition, planned.repeat, order.executor)
    run_single(asked, Listener())
    # Judged here and not where all runs come together: a hundred machines judge while one would be the bottleneck.
    write_json(asked.files.summary, analyse(directory))


def _die_with(parent: int) -> None:
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != parent:
        os.kill(os.getpid(), signal.SIGKILL)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
