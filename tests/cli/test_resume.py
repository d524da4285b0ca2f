"""``mempress run --resume``: what was measured stands to the byte, what was broken off is run again."""

from __future__ import annotations

import json
import subprocess
from typing import TYPE_CHECKING

from tests.cli.conftest import SOUND, Mempress, command, wait_for_death, workers_of

if TYPE_CHECKING:
    from pathlib import Path

SMALL = ("--max-records", "600", "--batch-size", "100", "--queries", "2", "--out", "out")
SYSTEMS = (SOUND, "waiting.py:Waiting", "mempress.testing.controls:PlainList")
WAITING = '''
from pathlib import Path
from time import sleep
from mempress.testing.scripted import Scripted

class Waiting(Scripted):
    """Waits before its third batch until there is a file named go beside it."""

    name = "waiting"
    go = Path(__file__).with_name("go")

    def store(self, records):
        while len(self._held) >= 200 and not self.go.exists():
            sleep(0.01)
        super().store(records)
'''


def files_of(run: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in run.iterdir() if path.is_file()}


def break_off(tmp_path: Path) -> None:
    """Kill a benchmark of three systems while the second one waits, and let it wait no more."""
    (tmp_path / "waiting.py").write_text(WAITING, "utf-8")
    arguments = command("run", *SYSTEMS, *SMALL)
    process = subprocess.Popen(arguments, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert process.stderr is not None
    for line in process.stderr:
        if line.startswith("waiting: load"):
            break
    (worker,) = workers_of(process)
    process.kill()
    process.communicate(timeout=60)
    assert wait_for_death(worker)
    (tmp_path / "go").touch()


def test_a_benchmark_that_was_killed_goes_on_where_it_was(mempress: Mempress, tmp_path: Path) -> None:
    break_off(tmp_path)
    runs = tmp_path / "out" / "runs"
    before = files_of(runs / "scripted")
    written = (runs / "scripted" / "events.jsonl").stat().st_mtime_ns
    cut_off = (runs / "waiting" / "events.jsonl").read_bytes()

    done = mempress("run", *SYSTEMS, *SMALL, "--seed", "7", "--resume")
    assert done.returncode == 2
    assert "--seed was 42 and is 7" in done.stderr
    assert "leave out --resume to begin anew" in done.stderr

    done = mempress("run", *SYSTEMS, *SMALL, "--resume", "--json")
    assert done.returncode == 0, done.stderr
    systems = json.loads(done.stdout)["systems"]
    assert [system["status"] for system in systems.values()] == ["completed"] * 3
    assert set(systems) == {"scripted", "waiting", "plain-list"}
    assert "scripted: up to" not in done.stderr
    assert files_of(runs / "scripted") == before
    assert (runs / "scripted" / "events.jsonl").stat().st_mtime_ns == written
    assert {path.name for path in runs.iterdir()} == {"scripted", "waiting", "plainlist"}
    aside = tmp_path / "out" / "broken_off" / "waiting"
    assert (aside / "events.jsonl").read_bytes() == cut_off
    assert not (aside / "workdir").exists()
