"""What this machine can do to a worker, found out before anything is started."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from mempress.errors import UsageError
from mempress.runner.faults.orders import Interposer, Order, SizeLimit
from mempress.runner.supervisor import Launch

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from mempress.faultspec import FaultSpec
    from mempress.runner.faults.orders import Levers

_SOURCE = Path(__file__).with_name("interpose.c")
_COMPILERS = ("cc", "gcc", "clang")
_SECONDS = 60
_LEVERED = frozenset({"disk-full", "slow-disk", "clock-jump"})
_CHECK = """
import sys, time
try:
    open(sys.argv[1], "wb", buffering=0).write(b"x")
except OSError as error:
    print(error.errno, time.time() < 0)
"""


@dataclass(frozen=True, slots=True)
class Machine:
    """The means to make faults: a library that was built for them, or none."""

    directory: Path | None = None
    library: Path | None = None

    def levers(self, launch: Launch, workdir: Path) -> tuple[Launch, Levers | None]:
        """Give how a worker must be started to obey, and what it then obeys; no levers where no fault needs them."""
        if self.directory is None:
            return launch, None
        if self.library is None:
            return launch, SizeLimit()
        orders = self.directory / f"orders-{workdir.parent.name}"
        before = launch.environment.get("LD_PRELOAD")
        environment = {
            **launch.environment,
            "LD_PRELOAD": f"{self.library}:{before}" if before else str(self.library),
            "MEMPRESS_FAULT_ORDERS": str(orders),
            "MEMPRESS_FAULT_DIRECTORY": str(workdir),
        }
        return replace(launch, environment=environment), Interposer(orders)


@contextmanager
def machine_for(specs: Sequence[FaultSpec]) -> Iterator[Machine]:
    """Make ready what the faults need; what was built goes when the context ends.

    Raises:
        UsageError: this machine cannot make one of them; says what is missing.
    """
    names = {spec.name for spec in specs} & _LEVERED
    if not names:
        yield Machine()
        return
    with tempfile.TemporaryDirectory(prefix="mempress-faults-") as name:
        directory = Path(name).resolve()
        built = _build(directory)
        missing = built if isinstance(built, str) else None
        if missing is not None and (beyond := sorted(names - {"disk-full"})):
            raise UsageError(
                f"--fault: this machine cannot make {' and '.join(beyond)}: {missing}. Install a C compiler and the C "
                "library's headers (on Debian: gcc and libc6-dev), or leave them out."
            )
        yield Machine(directory, built if isinstance(built, Path) else None)


def _build(directory: Path) -> Path | str:
    """Compile the library and try it; gives its path, or what is missing."""
    compiler = next((found for name in _COMPILERS if (found := shutil.which(name))), None)
    if compiler is None:
        return f"there is no {', '.join(_COMPILERS[:-1])} or {_COMPILERS[-1]} on the PATH"
    library = directory / "interpose.so"
    words = [compiler, "-std=gnu11", "-O2", "-shared", "-fPIC", "-o", str(library), str(_SOURCE), "-ldl"]
    try:
        done = subprocess.run(words, capture_output=True, text=True, timeout=_SECONDS, check=False)  # noqa: S603 - a compiler on our own source
    except (OSError, subprocess.TimeoutExpired) as error:
        return f"{compiler} does not run ({error})"
    if done.returncode:
        last = (done.stderr.strip().splitlines() or ["it says nothing"])[-1]
        return f"{compiler} cannot compile the library that they need ({last})"
    return library if _obeyed(Machine(directory, library)) else "a preloaded library has no effect on Python here"


def _obeyed(machine: Machine) -> bool:
    """Try the library on a bare interpreter: its disk is to be full, and its clock to stand before 1970."""
    workdir = Path(tempfile.mkdtemp(dir=machine.directory)).resolve() / "workdir"
    workdir.mkdir()
    launch, levers = machine.levers(Launch((sys.executable,), dict(os.environ)), workdir)
    if levers is None:
        return False
    levers.give(Order(full=True, clock_offset_ns=-(1 << 62)), ())
    words = [sys.executable, "-I", "-S", "-c", _CHECK, str(workdir / "file")]
    done = subprocess.run(words, env=dict(launch.environment), capture_output=True, text=True, check=False)  # noqa: S603 - our own interpreter
    return done.stdout.split() == ["28", "True"]
