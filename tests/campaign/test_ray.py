"""Campaigns on a real Ray cluster: two raylets of this machine, each with its slot, on addresses of their own."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from mempress.journal import Sampled, Settled, read_journal
from mempress.runfiles import RunFiles, read_head, runs_in
from mempress.versus import judge, read_side
from tests.campaign import cluster
from tests.campaign.kit import SCRIPTED, campaign, finish, journals, results, wait_for_line, write_campaign

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mempress.versus import Versus

pytestmark = [pytest.mark.long, pytest.mark.alone, pytest.mark.timeout(900)]
SYSTEMS = f'systems = ["neuroca", "plain-list", "{SCRIPTED}"]'
_STOP_SECONDS = 60
_STARTS = 3


@dataclass(frozen=True, slots=True)
class Nodes:
    """The cluster's address, and the program that holds it."""

    address: str
    process: subprocess.Popen[str]

    def kill_the_other(self) -> None:
        """Kill the second node without a word to it."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write("kill\n")
        self.process.stdin.flush()
        assert self.process.stdout.readline().strip() == "killed"


@contextmanager
def two_nodes() -> Iterator[Nodes]:
    """Start the cluster, and take it down whatever happens; its sockets need a short path.

    A raylet that does not answer in time, as on a very busy machine, is Ray's own failure: the cluster is started anew.
    """
    for left in reversed(range(_STARTS)):
        scratch = Path(tempfile.mkdtemp(prefix="mp-", dir="/tmp"))
        process = _start(scratch)
        try:
            assert process.stdout is not None
            address = process.stdout.readline().strip()
            if address.startswith(cluster.HEAD):
                yield Nodes(address, process)
                return
            assert left, (scratch / "errors").read_text("utf-8", "replace")
        finally:
            _stop(process)
            shutil.rmtree(scratch, ignore_errors=True)


def _start(scratch: Path) -> subprocess.Popen[str]:
    words = [sys.executable, cluster.__file__, str(scratch)]
    with (scratch / "errors").open("wb") as errors:
        return subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=errors, text=True)


def _stop(process: subprocess.Popen[str]) -> None:
    with process:
        assert process.stdin is not None
        process.stdin.close()
        try:
            process.wait(_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()


def test_two_nodes_find_what_one_machine_finds(tmp_path: Path) -> None:
    """Three systems, two sizes, two seeds: the same workloads, the same verdicts, no more told apart than by chance."""
    here, there = tmp_path / "here", tmp_path / "there"
    for directory in (here, there):
        directory.mkdir()
        write_campaign(directory, f"{SYSTEMS}\nsizes = [200, 400]\nseeds = [1, 2]")
    process = campaign(here)
    said = finish(process)
    assert process.returncode == 0, said
    with two_nodes() as nodes:
        process = campaign(there, "--executor", "ray", "--address", nodes.address)
        said = finish(process)
        assert process.returncode == 0, said

    ours, theirs = results(here / "out"), results(there / "out")
    assert ours["campaign"]["complete"] == theirs["campaign"]["complete"] == 12
    assert ours["campaign"]["workloads"] == theirs["campaign"]["workloads"]
    assert all(len(hashes) == 1 for hashes in theirs["campaign"]["workloads"].values())
    assert theirs["campaign"]["again"] == []
    assert {node.split()[0] for node in theirs["campaign"]["nodes"]} == {cluster.HEAD, cluster.OTHER}
    for name, system in ours["systems"].items():
        other = theirs["systems"][name]
        assert (system["status"], system["recovery"]) == (other["status"], other["recovery"])
        for key in ("max_records", "retained_records", "maintenance_events", "errors_encountered"):
            assert system["metrics"][key] == other["metrics"][key], (name, key)

    assert_the_system_alone_was_measured(there / "out")
    versus = judge(read_side(here / "out"), read_side(there / "out"))
    assert len(versus.systems) == 6
    assert_no_more_differs_than_by_chance(versus)


def assert_no_more_differs_than_by_chance(versus: Versus) -> None:
    """Of some 140 rows a few differ by chance; what is systematic differs in most of the six groups."""
    rows = [row for system in versus.systems for row in system.rows]
    told = Counter(row.key for row in rows if row.standing in ("better", "worse", "different"))
    print(f"{told.total()} of {len(rows)} rows differ: {dict(told)}")  # noqa: T201 - shown by `pytest -rP`
    assert len(rows) > 100
    assert told.total() <= 0.05 * len(rows), told
    assert max(told.values(), default=0) <= 2, told


def assert_the_system_alone_was_measured(out: Path) -> None:
    """Each reading of memory is that of one process: the system's, none of Ray's and none that measures."""
    readings = [
        event.memory
        for directory in runs_in(out)
        for event in read_journal(RunFiles(directory).journal)
        if isinstance(event, Settled | Sampled) and event.memory is not None
    ]
    assert len(readings) > 24
    assert {reading.processes for reading in readings} == {1}


def test_a_lost_node_costs_the_run_in_hand_alone(tmp_path: Path) -> None:
    """One node waits in mid-run and is killed: the run is measured on the other one, and the report says so."""
    waits = "systems = ['waiting.py:Waiting']\nsizes = [300]\nseeds = [1, 2, 3]"
    write_campaign(tmp_path, waits)
    out = tmp_path / "out"
    with two_nodes() as nodes:
        process = campaign(tmp_path, "--executor", "ray", "--address", nodes.address)
        line = wait_for_line(process, f"started on {cluster.OTHER}")
        lost = line.split(":")[0]
        journal = out / "runs" / lost / "events.jsonl"
        while not journal.exists() or b'"records":200' not in journal.read_bytes():
            assert process.poll() is None
        nodes.kill_the_other()
        told = wait_for_line(process, f"{lost} on {cluster.OTHER}")
        (tmp_path / "go").touch()  # not before: a worker outlives its node by a moment, and could end the run in it
        said = finish(process)
    assert process.returncode == 0, said
    assert "lost with its node" in told
    found = results(out)
    assert found["campaign"]["complete"] == 3
    (again,) = found["campaign"]["again"]
    assert again["run"] == lost
    assert again["node"].startswith(cluster.OTHER)
    assert again["what"].startswith("lost: ")
    assert read_head(out / "runs" / lost).environment["executor"]["node"].startswith(cluster.HEAD)
    assert "it was run again" in (out / "memory_pressure_report.md").read_text("utf-8")
    assert b'"records":200' in (out / "broken_off" / lost / "events.jsonl").read_bytes()
    assert set(journals(out)) == {path.name for path in (out / "runs").iterdir()}
