"""Soaks of a minute with real leaks, and the harness's own memory over ten million operations."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

from mempress.detect.trend import LEAST_VALUES, find_trend
from mempress.journal import Soaked, read_journal
from mempress.runner.stretch import MOST_STRETCHES

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.long

SOAKING = "mempress.testing.soaking"
MIB = 1 << 20


@pytest.mark.alone
@pytest.mark.timeout(500)
def test_in_a_minute_a_leak_of_fifteen_mib_is_found_by_clock_and_by_record_and_garbage_is_none(tmp_path: Path) -> None:
    """A tenth of ten minutes, and more than ten times 1 MiB a minute; all four at once, in processes of their own."""
    systems = {
        "leaks-by-clock": (f"{SOAKING}:LeaksByClock", "leaksbyclock.mib_per_minute=15"),
        "leaker": ("mempress.testing.scripted:Leaker", "leaker.bytes_per_record=1500"),
        "sawtooth": (f"{SOAKING}:Sawtooth", "sawtooth.period_seconds=1.7"),
        "bounded": (f"{SOAKING}:Bounded", "bounded.search_ns=20000"),
    }
    soaks = {}
    for name, (spec, option) in systems.items():
        words = ["--duration", "60s", "--live-records", "1000", "--pause", "0.05", "--option", option, "--json"]
        command = [sys.executable, "-m", "mempress", "soak", spec, *words, "--out", str(tmp_path / name)]
        soaks[name] = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    found = {name: soaked(process, name) for name, process in soaks.items()}
    assert found["leaks-by-clock"]["verdict"] == "leaks"
    slope = found["leaks-by-clock"]["trends"][0]
    assert slope["low"] - 1.0 <= 15.0 <= slope["high"] + 1.0
    assert found["leaker"]["verdict"] == "leaks"
    assert found["sawtooth"]["verdict"] in {"flat", "undecided"}
    assert found["bounded"]["verdict"] == "flat"
    for soak in found.values():
        assert soak["trends"][-1]["figure"] == "harness_memory"
        assert soak["trends"][-1]["judgement"] == "flat"


def soaked(process: subprocess.Popen[str], name: str) -> dict[str, Any]:
    out, _ = process.communicate(timeout=400)
    found: dict[str, Any] = json.loads(out)["systems"][name]["soak"]
    return found


OPERATIONS = 10_000_000
COUNTED = """
import signal, sys
from pathlib import Path
from mempress.config import RunConfig
from mempress.runner.benchmark import Listener, run_benchmark
from mempress.soaking import SoakTerms

class Until(Listener):
    judged = 0

    def sampled(self, sample, health=None):
        self.judged += sample.mark == "soak"
        if sample.records + sample.deleted >= int(sys.argv[2]) and self.judged > int(sys.argv[3]):
            raise KeyboardInterrupt

terms = SoakTerms(duration_seconds=500.0, live_records=5_000)
config = RunConfig(
    systems=("mempress.testing.soaking:Sink",), max_records=terms.pool_records, batch_size=1_000, queries=1, soak=terms
)
try:
    for _ in run_benchmark(config, Path(sys.argv[1]), Until()):
        pass
except KeyboardInterrupt:
    print("stopped")
"""


@pytest.mark.timeout(900)
def test_the_harness_neither_grows_nor_fills_its_journal_over_ten_million_operations(tmp_path: Path) -> None:
    """Records stored in and deleted from a system that keeps none, in stretches of half a second, until the trend of
    the harness's own memory can be judged too."""
    done = subprocess.run(
        [sys.executable, "-c", COUNTED, str(tmp_path / "out"), str(OPERATIONS), str(LEAST_VALUES)],
        capture_output=True,
        text=True,
        timeout=850,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    if done.stdout != "stopped\n":
        pytest.skip(f"this machine does not do {OPERATIONS:,} operations within the soak's 500 s now")
    (journal,) = (tmp_path / "out" / "runs").glob("*/events.jsonl")
    stretches = [event for event in read_journal(journal) if isinstance(event, Soaked)]
    last = stretches[-1]
    assert last.records + last.deleted >= OPERATIONS
    assert len(stretches) <= MOST_STRETCHES
    assert journal.stat().st_size < 6_000 * (len(stretches) + 10)
    own = [event.harness_rss_bytes / MIB for event in stretches if event.mark == "soak"]
    operations = [float(event.records + event.deleted) for event in stretches if event.mark == "soak"]
    grown = max(own[len(own) // 10 :]) - own[len(own) // 10]
    assert grown < 3.0, "a third of a byte for each operation"
    trend = find_trend(operations, own, floor=3.0 / OPERATIONS, envelope="lowest")
    assert trend is not None
    assert trend.judgement == "flat"
