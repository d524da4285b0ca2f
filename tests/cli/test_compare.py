"""``mempress compare`` and ``--fail-if``, with runs that really ran."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tests.cli.conftest import SOUND, Mempress

if TYPE_CHECKING:
    from pathlib import Path

SMALL = ("--max-records", "200", "--batch-size", "100", "--queries", "50", "--repeats", "3")


@pytest.mark.alone
def test_a_search_half_as_slow_again_is_worse_and_fails_the_rule_that_forbids_it(
    mempress: Mempress, tmp_path: Path
) -> None:
    """A search takes 0.2 ms, or 0.3 ms; three runs each; then one run each."""
    for out, search_ns in (("fast", "200000"), ("slow", "300000")):
        done = mempress("run", SOUND, *SMALL, "--option", f"scripted.search_ns={search_ns}", "--out", out)
        assert done.returncode == 0, done.stderr
    done = mempress("compare", "fast", "slow", "--fail-on", "final_query_latency_ms.p50:10")
    assert done.returncode == 4, done.stderr
    (line,) = [line for line in done.stdout.splitlines() if line.startswith("final_query_latency_ms.p50")]
    assert line.endswith(" worse")
    assert "! The settings differ: options" in done.stdout
    assert max(map(len, done.stdout.splitlines())) <= 100
    assert "--fail-on failed: scripted: final_query_latency_ms.p50 went from 0." in done.stderr
    assert "10% is allowed" in done.stderr

    allowed = mempress("compare", "fast", "slow", "--fail-on", "scripted:final_query_latency_ms.p50:80")
    assert (allowed.returncode, allowed.stderr) == (0, "")
    faster = mempress("compare", "slow", "fast", "--fail-on", "final_query_latency_ms.p50:0", "--json")
    assert faster.returncode == 0
    outcome = json.loads(faster.stdout)
    assert outcome["rulings"] == []
    rows = {row["key"]: row for row in outcome["comparison"]["systems"][0]["rows"]}
    latency = rows["final_query_latency_ms.p50"]
    assert latency["standing"] == "better"
    assert latency["difference"] == pytest.approx(-0.1, abs=0.03)
    assert latency["low"] <= latency["difference"] <= latency["high"] < 0.0
    assert (latency["base_runs"], latency["other_runs"]) == (3, 3)
    assert latency["effect_size"] < -0.5

    done = mempress("compare", "fast/runs/scripted-1", "slow/runs/scripted-1")
    assert done.returncode == 0, done.stderr
    (line,) = [line for line in done.stdout.splitlines() if line.startswith("final_query_latency_ms.p50")]
    assert line.endswith(" unknown")
    assert "give --repeats 3 or more" in " ".join(done.stdout.split())


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("nowhere", "."), "nowhere"),
        ((".", "."), "neither a benchmark nor a run"),
        ((".", ".", "--fail-on", "final_latency_ms.p95:10"), "Did you mean final_query_latency_ms.p95"),
        ((".", ".", "--fail-on", "disk_mb"), "METRIC:PERCENT"),
    ],
)
def test_bad_usage_says_what_to_do(mempress: Mempress, arguments: tuple[str, ...], words: str) -> None:
    done = mempress("compare", *arguments)
    assert done.returncode == 2
    assert words in done.stderr
    assert "Traceback" not in done.stderr


def test_a_condition_that_holds_is_exit_status_4_and_says_by_which_figures(mempress: Mempress, tmp_path: Path) -> None:
    conditions = ("null.max_records < 100", "null.max_records == 200 and null.status == 'completed'")
    arguments = [word for condition in conditions for word in ("--fail-if", condition)]
    done = mempress("run", "null", "--max-records", "200", "--batch-size", "100", *arguments, "--json")
    assert done.returncode == 4, done.stderr
    assert json.loads(done.stdout)["systems"]["null"]["status"] == "completed"
    told = [line for line in done.stderr.splitlines() if line.startswith("--fail-if")]
    assert told == [f"--fail-if {conditions[1]} holds: null.max_records is 200, null.status is 'completed'"]


def test_an_unknown_figure_holds_nothing_and_is_never_silent(mempress: Mempress) -> None:
    done = mempress("run", "null", "--max-records", "200", "--fail-if", "null.saturated_at_records < 100")
    assert done.returncode == 0
    assert "is unknown, so it does not hold: null.saturated_at_records is unknown" in done.stderr


def test_a_condition_that_names_a_death_outweighs_it(mempress: Mempress) -> None:
    run = ("run", "mempress.testing.faulty:DiesInStore", *SMALL[:4], "--option", "diesinstore.at=150")
    assert mempress(*run, "--fail-if", "'dies-in-store'.status == 'timed_out'").returncode == 3
    assert mempress(*run, "--fail-if", "'dies-in-store'.status == 'crashed'").returncode == 4


@pytest.mark.parametrize(
    ("condition", "words"),
    [
        ("null.disk_mb >", "is no condition"),
        ("null.disc_mb > 5", "Did you mean disk_mb"),
        ("nul.disk_mb > 5", "'nul' is not in this run, which has null"),
        ("__import__('os').abort()", "is no comparison"),
    ],
)
def test_a_bad_condition_is_a_usage_error_before_anything_starts(
    mempress: Mempress, tmp_path: Path, condition: str, words: str
) -> None:
    done = mempress("run", "null", "--fail-if", condition, "--out", "out")
    assert done.returncode == 2
    assert words in done.stderr
    assert not (tmp_path / "out").exists()
