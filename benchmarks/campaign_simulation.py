"""What a campaign costs on many nodes, and where it breaks: its own scheduler, driven by recorded run times.

    python benchmarks/campaign_simulation.py CAMPAIGN [--runs 10000] [--nodes 100] [--seed 1] [--merge 60 240]

CAMPAIGN is a directory that `mempress campaign --out` wrote: how long its runs took, what their journals weigh and how
they ended is drawn from its ledger. The scheduler is the real one (mempress.campaign.scheduler); the nodes are not: a
clock that jumps from one end of a run to the next stands for them, and some nodes die, at a rate given in deaths a node
and day, and come back ten minutes later. Printed are the time the campaign takes, how much of the nodes' time was
measuring, what was lost, and what the one process that holds it all has to do: its own processor time a run, and the
journals that pass through it. With --merge the recorded runs are copied until there are so many, in groups of as many
runs as the campaign's own, and merged: seconds, peak memory and the bytes written.
"""

from __future__ import annotations

import argparse
import heapq
import json
import random
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from mempress.campaign.book import LEDGER, PLAN, read_plan
from mempress.campaign.executors.base import Began, Done, Gone
from mempress.campaign.ledger import Ended, Lost, read_ledger
from mempress.campaign.matrix import PlannedRun
from mempress.campaign.merge import merge
from mempress.campaign.page import write_pages
from mempress.campaign.scheduler import Scheduler, Watcher
from mempress.config import RunConfig
from mempress.format import duration
from mempress.runfiles import RESULTS, RunFiles, read_head, run_files, write_json
from mempress.runner.environment import read_noise

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mempress.campaign.executors.base import Attempt, Report
    from mempress.campaign.ledger import Entry

DEATHS_A_NODE_AND_DAY = (0.0, 0.1, 1.0, 10.0, 100.0)
DAY_S = 86_400.0
BACK_AFTER_S = 600.0
HEARTBEAT_S = 1.0
"""A node sends a frame a second, with what its journal grew by."""
_MIB = 1 << 20


class Memory:
    """A ledger and a shelf that keep nothing but counts."""

    def __init__(self) -> None:
        self.ended = self.lost = self.given_up = 0

    def files(self, run: str) -> RunFiles:
        """Give a place that is never looked at."""
        return RunFiles(Path("/simulated") / run)

    def put_aside(self, run: str) -> None:
        """Do nothing."""

    def write(self, entry: Entry) -> None:
        """Count."""
        self.ended += isinstance(entry, Ended) and entry.kept
        self.lost += isinstance(entry, Lost)
        self.given_up += isinstance(entry, Lost) and not entry.again


class SimulatedNodes:
    """An executor whose clock is a number."""

    words = "simulated"

    def __init__(self, recorded: Sequence[Ended], nodes: int, deaths_a_day: float, seed: int) -> None:
        self._recorded = recorded
        self._random = random.Random(seed)  # noqa: S311 - a simulation
        self._deaths_a_second = deaths_a_day / DAY_S
        self._free = [f"node-{number}" for number in range(nodes)]
        self._pending: list[tuple[float, int, str, Report]] = []
        self._back: list[tuple[float, str]] = []
        self._began: list[Report] = []
        self._number = 0
        self.now_s = self.measured_s = self.wasted_s = 0.0
        self.journal_bytes = 0

    def slots(self) -> int:
        """Give the nodes that live."""
        return len(self._free) + len(self._pending)

    def start(self, attempt: Attempt) -> None:
        """Draw how the attempt will end, and when."""
        node, drawn = self._free.pop(), self._random.choice(self._recorded)
        run, self._number = attempt.planned.run, self._number + 1
        self._began.append(Began(run, node))
        dies_s = self._random.expovariate(self._deaths_a_second) if self._deaths_a_second else float("inf")
        if dies_s < drawn.wall_s:
            self.wasted_s += dies_s
            end: Report = Gone(run, node, "its node died")
            heapq.heappush(self._pending, (self.now_s + dies_s, self._number, node, end))
            return
        self.measured_s += drawn.wall_s
        self.journal_bytes += drawn.journal_bytes
        end = Done(run, node, drawn.status, drawn.wall_s, drawn.journal_bytes)
        heapq.heappush(self._pending, (self.now_s + drawn.wall_s, self._number, node, end))

    def reports(self) -> Sequence[Report]:
        """Let time pass until something happens."""
        if self._began:
            told, self._began = self._began, []
            return told
        if self._back and (not self._pending or self._back[0][0] <= self._pending[0][0]):
            self.now_s, node = heapq.heappop(self._back)
            self._free.append(node)
            return []
        self.now_s, _, node, report = heapq.heappop(self._pending)
        if isinstance(report, Gone):
            heapq.heappush(self._back, (self.now_s + BACK_AFTER_S, node))
        else:
            self._free.append(node)
        return [report]

    def close(self) -> None:
        """Do nothing."""


def main() -> None:
    """Simulate, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("campaign", type=Path)
    parser.add_argument("--runs", type=int, default=10_000)
    parser.add_argument("--nodes", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--merge", type=int, nargs="*", default=[], help="sizes of campaigns to merge")
    parser.add_argument("--merge-one", type=Path, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.merge_one is not None:
        print(json.dumps(merged(arguments.merge_one)))
        return
    recorded = [e for e in read_ledger(arguments.campaign / LEDGER) if isinstance(e, Ended) and e.kept]
    if not recorded:
        parser.error(f"{arguments.campaign} has no recorded run: give a campaign's directory")
    walls = sorted(entry.wall_s for entry in recorded)
    print(
        f"load {read_noise().load_1m}; {len(recorded)} recorded runs of {walls[0]:.1f} to {walls[-1]:.1f} s, median "
        f"{walls[len(walls) // 2]:.1f} s; {arguments.runs:,} runs on {arguments.nodes:,} nodes"
    )
    print("| deaths a node and day | takes | measuring | lost | given up | journals | frames/s | scheduler, us a run |")
    print("| ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |")
    for deaths in DEATHS_A_NODE_AND_DAY:
        print(simulate(recorded, arguments.runs, arguments.nodes, deaths, arguments.seed))
    if arguments.merge:
        print("\n| runs merged | groups | seconds | peak memory | results.json and page |")
        print("| ---: | ---: | ---: | ---: | ---: |")
        for runs in arguments.merge:
            print(merge_cost(arguments.campaign, runs), flush=True)


def merge_cost(campaign: Path, runs: int) -> str:
    """Merge a campaign of so many runs, made of the recorded ones; gives its row."""
    with tempfile.TemporaryDirectory(prefix="mempress-merge-") as scratch:
        multiply(campaign, Path(scratch), runs)
        words = [sys.executable, __file__, str(campaign), "--merge-one", scratch]
        done = subprocess.run(words, stdout=subprocess.PIPE, check=True)  # noqa: S603 - this file
        seconds, peak_mib, groups, written = json.loads(done.stdout)
    return f"| {runs:,} | {groups} | {seconds:.1f} | {peak_mib:,.0f} MiB | {written:,.1f} MiB |"


def multiply(campaign: Path, out: Path, runs: int) -> None:
    """Copy the runs of a campaign under other names and conditions until there are so many."""
    plan, planned = read_plan(campaign), []
    for number in range(runs):
        part, place = divmod(number, len(plan.runs))
        source = plan.runs[place]
        copy = msgspec.structs.replace(source, run=f"{source.run}-{part}", condition=f"{source.condition} part {part}")
        files = run_files(out, copy.run)
        shutil.copytree(run_files(campaign, source.run).directory, files.directory)
        head = read_head(files.directory)
        write_json(files.head, msgspec.structs.replace(head, run=copy.run, condition=copy.condition))
        planned.append(copy)
    write_json(out / PLAN, msgspec.structs.replace(plan, runs=planned))


def merged(out: Path) -> tuple[float, float, int, float]:
    """Merge, and write the page; gives seconds, peak MiB, groups and the MiB of results.json and the page."""
    began = time.perf_counter()
    result = merge(out)
    pages = write_pages(result, out)
    seconds = time.perf_counter() - began
    peak_mib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    written = sum(path.stat().st_size for path in (*pages, out / RESULTS)) / _MIB
    return seconds, peak_mib, len(result.campaign.groups), written


def simulate(recorded: Sequence[Ended], runs: int, nodes: int, deaths: float, seed: int) -> str:
    """Take a campaign through the scheduler; gives its row."""
    config = RunConfig(systems=("null",))
    planned = [PlannedRun(run=f"run-{n}", condition="", repeat=0, config=config) for n in range(runs)]
    executor, memory = SimulatedNodes(recorded, nodes, deaths, seed), Memory()
    began = time.process_time()
    Scheduler(planned, executor, memory, memory, Watcher()).run()
    own_us = (time.process_time() - began) / runs * 1e6
    assert memory.ended + memory.given_up == runs
    share = executor.measured_s / (executor.now_s * nodes)
    frames = (executor.measured_s + executor.wasted_s) / HEARTBEAT_S / executor.now_s
    cells = (
        f"{deaths:g}",
        duration(executor.now_s),
        f"{share:.1%}",
        f"{memory.lost:,}",
        f"{memory.given_up:,}",
        f"{executor.journal_bytes / _MIB:,.0f} MiB",
        f"{frames:,.0f}",
        f"{own_us:,.0f}",
    )
    return f"| {' | '.join(cells)} |"


if __name__ == "__main__":
    main()
