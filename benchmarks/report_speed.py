"""How long the reports of a very long journal take, and how much memory.

    python benchmarks/report_speed.py [--operations 10000000] [--keep DIR]

The journal is made, not measured: seeded single operations on a Poisson schedule, half of them stores, and what a
checkpoint tells after each batch of 10,000 records, written with the journal writer of a run. Each command is a process
of its own; its memory is the largest resident size that the kernel saw. Exit status 1 where a bar is missed.
"""

from __future__ import annotations

import argparse
import base64
import os
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from neuroca_material import load, table

from mempress.config import RunConfig
from mempress.journal import (
    Asked,
    DiskRead,
    Ended,
    JournalWriter,
    MemoryRead,
    NoiseRead,
    Opened,
    PhaseBegan,
    Retained,
    Sampled,
    Settled,
    Spent,
    Stored,
    TrafficSegment,
)
from mempress.model import RunHead, WorkloadHead
from mempress.runfiles import run_files, write_json
from mempress.traffic import make_traffic

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from mempress.journal import Event

BAR_SECONDS = 60.0
BAR_MIB = 1_000.0
RATE = 5_000.0
SEGMENT = 1_000
BATCH_SEGMENTS = 20
_MS = 1_000_000


class Made:
    """The events of a journal of so many operations, in order."""

    def __init__(self, operations: int, seed: int = 0) -> None:
        self._draw = np.random.default_rng(seed)
        self._batches = max(1, operations // (SEGMENT * BATCH_SEGMENTS))
        self.records = self._batches * SEGMENT * BATCH_SEGMENTS // 2
        self.capacity = self.records // 2
        self._t_ns = self._due_ns = 0

    def events(self) -> Iterator[Event]:
        """Give the events."""
        capabilities = ["bounded", "count", "get", "importance"]
        yield PhaseBegan(t_ns=0, phase="setup")
        yield Opened(t_ns=1, name="made", version="1", capabilities=capabilities, import_ns=1, init_ns=1)
        yield Settled(t_ns=2, mark="baseline", memory=self._memory(0))
        yield PhaseBegan(t_ns=3, phase="load")
        for batch in range(self._batches):
            for segment in range(BATCH_SEGMENTS):
                yield from self._segment((batch * BATCH_SEGMENTS + segment) * SEGMENT // 2)
            yield self._sampled("batch", (batch + 1) * SEGMENT * BATCH_SEGMENTS // 2, 50)
        yield self._sampled("final", self.records, 1_000)
        yield Settled(t_ns=self._t_ns, mark="final", memory=self._memory(self.records))
        bits = np.packbits(self._draw.random(self.records) < 0.5, bitorder="little").tobytes()
        held = base64.b64encode(bits).decode()
        yield Retained(t_ns=self._t_ns, records=self.records, method="get", asked=None, held=held, altered=0)
        yield Spent(t_ns=self._t_ns, system_ns=self._t_ns // 2, waiting_ns=self._t_ns // 4)
        reason = f"all {self.records} records were offered"
        yield Ended(t_ns=self._t_ns, status="completed", reason=reason, phase="teardown", records=self.records)

    def _segment(self, first: int) -> Iterator[Event]:
        """Give the operations of a segment, half of them stores, and the stores as they are told."""
        draw, stores = self._draw, SEGMENT // 2
        kinds = draw.permutation(np.repeat([ord("s"), ord("q")], stores)).astype(np.uint8)
        gaps = draw.exponential(1e9 / RATE, SEGMENT).astype(np.int64)
        gaps[0] += self._due_ns
        service = (draw.lognormal(0.0, 0.4, SEGMENT) * 1e5).astype(np.int64)
        due = np.cumsum(gaps)
        ended = self._ended(due, service)
        began_ns, self._due_ns, self._t_ns = self._t_ns, int(due[-1]), int(ended[-1])
        recall: list[float | None] = [float(value) for value in draw.random(stores) < 0.6]
        yield TrafficSegment(
            t_ns=self._t_ns,
            phase="load",
            clients=1,
            first=first,
            kinds=kinds.tobytes().decode("ascii"),
            gap_ns=gaps.tolist(),
            wait_ns=(ended - service - due).tolist(),
            service_ns=service.tolist(),
            failed=[],
            recall=recall,
            targets=[],
            removed=[],
            began_ns=began_ns,
            ended_ns=self._t_ns,
            drain_ns=0,
            maintained=None,
        )
        importance = draw.random(stores).round(4).tolist()
        latency_ns = int(service[kinds == ord("s")].sum())
        yield Stored(
            t_ns=self._t_ns,
            phase="load",
            first=first,
            importance=importance,
            latency_ns=latency_ns,
            error=None,
            calls=stores,
        )

    def _ended(self, due: NDArray[np.int64], service: NDArray[np.int64]) -> NDArray[np.int64]:
        """Give when each returns that waits for the one before: a queue with one server (Lindley, 1952)."""
        served = np.cumsum(service)
        free = np.maximum(due - (served - service), self._t_ns)
        return np.maximum.accumulate(free) + served

    def _sampled(self, mark: str, records: int, queries: int) -> Sampled:
        asked = [self._asked(records) for _ in range(queries)]
        ticks, stall_us = self._t_ns // 10_000_000, self._t_ns // 100_000
        return Sampled(
            t_ns=self._t_ns,
            phase="load",
            mark=mark,
            records=records,
            memory=self._memory(records),
            disk=DiskRead(used_bytes=400 * min(records, self.capacity), files=4),
            held=min(records, self.capacity),
            health=None,
            flush_ns=10 * _MS,
            limit=10,
            searches=asked,
            noise=NoiseRead(cpu_ticks=ticks, steal_ticks=0, stall_us=stall_us, load_1m=1.0),
            embed_misses=0,
            over_limit=0,
        )

    def _asked(self, records: int) -> Asked:
        hits = self._draw.integers(0, records, 10).tolist()
        answer = hits[3] if self._draw.random() < 0.6 else int(self._draw.integers(0, records))
        return Asked(int(self._draw.lognormal(0.0, 0.4) * _MS), 1, [answer], hits, None)

    def _memory(self, records: int) -> MemoryRead:
        used = 30_000_000 + 1_200 * min(records, self.capacity) + int(self._draw.normal(0.0, 1e5))
        return MemoryRead(used, used, used, used, 0, used, 1)


def make(out: Path, operations: int) -> Path:
    """Write the run; gives its directory."""
    made, files = Made(operations), run_files(out, "made")
    files.directory.mkdir(parents=True)
    config = RunConfig(
        systems=("made",),
        max_records=made.records,
        batch_size=SEGMENT * BATCH_SEGMENTS // 2,
        capacity_records=made.capacity,
        traffic=make_traffic(RATE, None, None, None),
    )
    head = RunHead(
        run="made",
        system="made",
        label="made",
        repeat=0,
        started="2026-01-01T00:00:00.000+00:00",
        config=config,
        workload=WorkloadHead(name="made", sha256="0" * 64, records=made.records, facts={}),
        environment={},
        harness=None,
    )
    write_json(files.head, head)
    with JournalWriter(files.journal) as journal:
        for event in made.events():
            journal.write(event)
    return files.directory


def measured(*words: str) -> tuple[float, float, float]:
    """Run a command of mempress; gives its seconds, those of a processor, and the MiB of its largest resident size."""
    began = time.perf_counter()
    process = os.posix_spawn(
        sys.executable,
        [sys.executable, "-m", "mempress", *words],
        os.environ,
        file_actions=[(os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0)],
    )
    _, status, usage = os.wait4(process, 0)
    if status:
        raise SystemExit(f"mempress {' '.join(words)} ended with status {os.waitstatus_to_exitcode(status)}")
    return time.perf_counter() - began, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1_024


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--operations", type=int, default=10_000_000)
    parser.add_argument("--keep", type=Path, help="make the run here, or take the one that is here, and keep it")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        out = options.keep or Path(scratch) / "out"
        run = out / "runs" / "made"
        if not run.is_dir():
            make(out, options.operations)
        size = (run / "events.jsonl").stat().st_size
        commands = {
            "analyze": ("analyze", str(run)),
            "report": ("report", str(out)),
            "report --csv": ("report", str(out), "--csv"),
            "report --parquet": ("report", str(out), "--parquet"),
        }
        bars = f"bars {BAR_SECONDS:g} s, {BAR_MIB:g} MiB"
        print(f"{options.operations:,} operations, {size / 1e6:,.0f} MB; {bars}; {load()}")
        rows, missed = [], False
        for name, words in commands.items():
            seconds, busy, mib = measured(*words)
            met = seconds <= BAR_SECONDS and mib <= BAR_MIB
            missed |= not met
            rows.append([name, f"{seconds:.1f}", f"{busy:.1f}", f"{mib:,.0f}", "yes" if met else "no"])
        table(("command", "seconds", "of a processor", "MiB at most", "within the bars"), rows)
    sys.exit(missed)


if __name__ == "__main__":
    main()
