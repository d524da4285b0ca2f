"""Campaigns for tests: files, processes, and systems that wait for leave to go on."""

from __future__ import annotations

import json
import subprocess
from typing import TYPE_CHECKING, Any

from tests.cli.conftest import command

if TYPE_CHECKING:
    from pathlib import Path

SCRIPTED = "mempress.testing.scripted:Scripted"
SETTINGS = """
[settings]
batch-size = 100
queries = 5
final-queries = 50
final-budget-seconds = 1.0
readable-seconds = 0.1
"""
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

class FailsOnce(Scripted):
    """Dies in its first run, and never again."""

    name = "fails-once"
    failed = Path(__file__).with_name("failed")

    def store(self, records):
        if not self.failed.exists():
            self.failed.touch()
            __import__("os")._exit(3)
        super().store(records)

class Dies(Scripted):
    """Dies in every run."""

    name = "dies"

    def store(self, records):
        __import__("os")._exit(3)
'''


def write_campaign(directory: Path, matrix: str, name: str = "c.toml") -> None:
    """Write a campaign of small runs, and the systems that it may name as ``waiting.py:CLASS``."""
    (directory / name).write_text(f"[campaign]\nseed = 7\n\n[matrix]\n{matrix}\n{SETTINGS}", "utf-8")
    (directory / "waiting.py").write_text(WAITING, "utf-8")


def campaign(directory: Path, *arguments: str) -> subprocess.Popen[str]:
    """Start `mempress campaign c.toml --out out`."""
    words = command("campaign", "c.toml", "--out", "out", *arguments)
    return subprocess.Popen(words, cwd=directory, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def finish(process: subprocess.Popen[str], seconds: float = 500.0) -> str:
    """Wait for its end; gives what it said on stderr."""
    try:
        _, said = process.communicate(timeout=seconds)
    except subprocess.TimeoutExpired:
        process.kill()
        _, said = process.communicate()
        raise AssertionError(f"it did not end: {said}") from None
    return said


def wait_for_line(process: subprocess.Popen[str], text: str) -> str:
    """Read its stderr up to a line that has the text; gives that line."""
    assert process.stderr is not None
    seen = []
    for line in process.stderr:
        seen.append(line)
        if text in line:
            return line
    raise AssertionError(f"it never said {text!r}: {''.join(seen)}")


def results(out: Path) -> dict[str, Any]:
    """Give results.json."""
    found: dict[str, Any] = json.loads((out / "results.json").read_text("utf-8"))
    return found


def journals(out: Path) -> dict[str, bytes]:
    """Give the journal of each run."""
    return {path.parent.name: path.read_bytes() for path in (out / "runs").glob("*/events.jsonl")}
