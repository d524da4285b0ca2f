"""From `mempress run` to the first record stored, each environment built: what of it is mempress, and what the system.

    python benchmarks/time_to_first_record.py [SYSTEM...]     # default: every shipped system whose environment is built

Bar on a quiet machine: under 2 s beyond the system's own import. Opening it (a server's start, say) is the system's own
time too, shown beside; the smallest of several runs counts, for what disturbs them only adds. What processor time the
command itself took until then hardly depends on the load of the machine.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mempress.environments import EnvironmentFailedError, is_ready
from mempress.systems.registry import known_systems

REPEATS = 3
BAR_S = 2.0
_POLL_SECONDS = 0.002
_LONGEST_SECONDS = 300.0


@dataclass(frozen=True, slots=True)
class Start:
    """Seconds from the start of the command to the first store's return, and what of them the system took."""

    whole_s: float
    import_s: float
    open_s: float
    store_s: float
    cpu_s: float
    """Of processor time, in the command itself and the worker that it calibrates with."""

    @property
    def beyond_s(self) -> float:
        """All but the import and the store itself."""
        return self.whole_s - self.import_s - self.store_s

    @property
    def harness_s(self) -> float:
        """What is neither the system's import, nor its opening, nor its store."""
        return self.beyond_s - self.open_s


def measure(system: str) -> Start:
    """Run a system at the defaults until its first batch is stored, then stop it."""
    with tempfile.TemporaryDirectory(prefix="mempress-first-") as out:
        began = time.perf_counter()
        with subprocess.Popen(  # noqa: S603 - our own command
            [sys.executable, "-m", "mempress", "run", system, "--out", out],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        ) as process:
            try:
                lines = _until_stored(Path(out), process, began)
                whole_s = time.perf_counter() - began
            finally:
                process.kill()
                _, _, used = os.wait4(process.pid, 0)
    told = {line["type"]: line for line in lines}
    opened = told["opened"]
    return Start(
        whole_s=whole_s,
        import_s=opened["import_ns"] / 1e9,
        open_s=opened["init_ns"] / 1e9,
        store_s=told["stored"]["latency_ns"] / 1e9,
        cpu_s=used.ru_utime + used.ru_stime,
    )


def _until_stored(out: Path, process: subprocess.Popen[bytes], began: float) -> list[dict[str, Any]]:
    """Read the journal until a store stands in it."""
    while time.perf_counter() - began < _LONGEST_SECONDS:
        for journal in out.glob("runs/*/events.jsonl"):
            whole = journal.read_text("utf-8").rpartition("\n")[0].splitlines()
            if any('"type":"stored"' in line for line in whole):
                return [json.loads(line) for line in whole]
        if process.poll() is not None:
            break
        time.sleep(_POLL_SECONDS)
    raise RuntimeError("no record was stored: run `mempress run` by hand to see why")


def ready_systems() -> list[str]:
    """Give the shipped systems whose environments are built."""
    names = []
    for reference in known_systems():
        try:
            if reference.offer is not None and not reference.offer.control and is_ready(reference):
                names.append(reference.label)
        except EnvironmentFailedError as error:
            print(f"{reference.label}: {error}", file=sys.stderr)
    return names


def main() -> None:
    """Measure and print a table; exits with 1 where the bar is missed."""
    print(f"load average {os.getloadavg()[0]:.2f}, smallest of {REPEATS}; seconds")
    print(f"{'system':<26}{'in all':>8}{'import':>8}{'open':>8}{'store':>8}", end="")
    print(f"{'mempress':>10}{'its CPU':>9}{'beyond import':>15}")
    missed = []
    for system in sys.argv[1:] or ready_systems():
        start = min((measure(system) for _ in range(REPEATS)), key=lambda found: found.beyond_s)
        row = (start.whole_s, start.import_s, start.open_s, start.store_s)
        mempress = f"{start.harness_s:10.2f}{start.cpu_s:9.2f}"
        print(f"{system:<26}{''.join(f'{value:8.2f}' for value in row)}{mempress}{start.beyond_s:15.2f}", flush=True)
        if start.beyond_s >= BAR_S:
            missed.append(system)
    print(f"over the bar of {BAR_S:g} s beyond the import: {', '.join(missed) or 'none'}")
    sys.exit(bool(missed))


if __name__ == "__main__":
    main()
