"""``mempress run``: files, exit statuses, and what is kept when it is stopped."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.conftest import SLOW, SOUND, Mempress, command, wait_for_death, workers_of

SMALL = ("--max-records", "1000", "--batch-size", "250", "--queries", "5")
METRICS = {
    "max_records",
    "retained_records",
    "final_memory_mb",
    "peak_memory_mb",
    "memory_per_record_bytes",
    "disk_mb",
    "final_query_latency_ms",
    "store_records_per_second",
    "health_score",
    "maintenance_events",
    "errors_encountered",
    "recall_at_k",
    "importance_retention",
    "retention_regret",
    "saturated_at_records",
}


def test_two_systems_give_all_files_and_all_metrics(mempress: Mempress, tmp_path: Path) -> None:
    done = mempress("run", SOUND, "mempress.testing.controls:PlainList", *SMALL, "--out", "out")
    assert done.returncode == 0, done.stderr
    out = tmp_path / "out"
    for name in ("results.json", "memory_pressure_report.md", "memory_pressure_report.html"):
        assert (out / name).stat().st_size > 500
    results = json.loads((out / "results.json").read_text("utf-8"))
    assert set(results) >= {"schema", "config", "environment", "systems", "comparison"}
    assert set(results["systems"]) == {"scripted", "plainlist"} or len(results["systems"]) == 2
    for name, system in results["systems"].items():
        assert set(system["metrics"]) >= METRICS
        assert (out / f"{name}_pressure_metrics.png").read_bytes().startswith(b"\x89PNG")
    for run in (out / "runs").iterdir():
        assert {path.name for path in run.iterdir()} == {"run.json", "events.jsonl", "summary.json"}


def test_results_go_to_stdout_and_progress_to_stderr(mempress: Mempress) -> None:
    done = mempress("run", SOUND, *SMALL, "--json")
    assert json.loads(done.stdout)["systems"]["scripted"]["status"] == "completed"
    assert "1,000 records" in done.stderr


def test_where_the_time_went_is_printed_adds_up_and_is_kept_by_a_later_report(
    mempress: Mempress, tmp_path: Path
) -> None:
    done = mempress("run", SOUND, *SMALL, "--out", "out")
    results = tmp_path / "out" / "results.json"
    time = json.loads(results.read_text("utf-8"))["time"]
    assert set(time["own_s"]) >= {"workload", "calibration", "runs", "judging", "pictures", "other"}
    assert all(spent > 0 for spent in time["own_s"].values())
    assert sum(time["own_s"].values()) + time["systems_s"] + time["waiting_s"] == pytest.approx(time["whole_s"])
    assert time["own_share"] == pytest.approx(sum(time["own_s"].values()) / time["whole_s"])
    assert f"{time['own_share']:.1%} the harness's own." in " ".join(done.stdout.split())
    assert "Where the time went" in (tmp_path / "out" / "memory_pressure_report.md").read_text("utf-8")
    assert mempress("report", "out").returncode == 0
    assert json.loads(results.read_text("utf-8"))["time"] == time


def test_analyzing_a_finished_run_anew_gives_the_same_bytes(mempress: Mempress, tmp_path: Path) -> None:
    mempress("run", SOUND, *SMALL, "--out", "out")
    summary = tmp_path / "out" / "runs" / "scripted" / "summary.json"
    before = summary.read_bytes()
    summary.unlink()
    assert mempress("analyze", "out/runs/scripted").returncode == 0
    assert summary.read_bytes() == before


@pytest.mark.long
def test_the_same_seed_gives_the_same_workload_hash_and_another_seed_another(mempress: Mempress) -> None:
    hashes = [
        json.loads(mempress("run", "null", *SMALL, "--seed", seed, "--json").stdout)["workload"]["sha256"]
        for seed in ("7", "7", "8")
    ]
    assert hashes[0] == hashes[1] != hashes[2]


def test_a_system_that_dies_gives_exit_status_3_and_the_other_one_its_result(mempress: Mempress) -> None:
    done = mempress("run", "mempress.testing.faulty:DiesInStore", SOUND, *SMALL, "--json")
    assert done.returncode == 3
    statuses = {name: system["status"] for name, system in json.loads(done.stdout)["systems"].items()}
    assert sorted(statuses.values()) == ["completed", "crashed"]


def test_saturation_is_a_finding_not_a_failure(mempress: Mempress) -> None:
    done = mempress("run", "mempress.testing.faulty:RefusesAfter", *SMALL, "--json")
    assert done.returncode == 0
    (system,) = json.loads(done.stdout)["systems"].values()
    assert system["status"] == "saturated"
    assert system["recovery"]["verdict"] in {"recovered", "partly", "not", "unknown"}


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("nerouca",), "Did you mean 'neuroca'"),
        (("no/such/file.py:Class",), "there is no file"),
        ((SOUND, "--max-records", "0"), "--max-records is 0"),
        ((SOUND, "--memory-limit", "plenty"), "no size"),
        ((SOUND, "--option", "scripted.search_ns"), "SYSTEM.KEY=VALUE"),
        ((SOUND, "--option", "other.search_ns=1"), "not in this run"),
        ((SOUND, SOUND), "named twice"),
        ((SOUND, "--capacity-records", "many"), "neither a whole number nor"),
        ((SOUND, "--workload", "nothing.jsonl"), "nothing.jsonl"),
        ((SOUND, "--workload", "fcats"), "facts"),
        ((SOUND, "--rate", "0"), "--rate is 0"),
        ((SOUND, "--mix", "store=50,serach=50"), "Did you mean 'search'"),
        ((SOUND, "--mix", "search=100"), "--mix has no stores"),
        ((SOUND, "--clients", "2"), "give --rate OPS or --mix too"),
        ((SOUND, "--arrival", "constant"), "give --rate OPS too"),
        ((SOUND, "--rate", "10", "--fault", "kill@load:0.5"), "--fault strikes at whole batches"),
        ((SOUND, "--fault", "kil@load:0.5"), "Did you mean kill?"),
        ((SOUND, "--fault", "kill@load:2"), "give a number from 0 to 1"),
    ],
)
def test_bad_usage_says_what_to_do_and_starts_nothing(
    mempress: Mempress, tmp_path: Path, arguments: tuple[str, ...], words: str
) -> None:
    done = mempress("run", *arguments, "--out", "out")
    assert done.returncode == 2, done.stderr
    assert words in done.stderr
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "out").exists()


BAD_LINES = {
    "no JSON": b'{"id": "a", "text": "x"',
    "NaN importance": b'{"id": "a", "text": "x", "importance": NaN}',
    "negative importance": b'{"id": "a", "text": "x", "importance": -0.1}',
    "missing text": b'{"id": "a"}',
    "duplicate id": b'{"id": "first", "text": "x"}',
    "empty text": b'{"id": "a", "text": ""}',
    "10 MB text": b'{"id": "a", "text": "' + b"x" * 10_000_000 + b'"}',
    "lone surrogate": b'{"id": "a", "text": "\\ud800"}',
    "probe with unknown answer": b'{"probe": "who?", "answers": ["nobody"]}',
    "invalid UTF-8": b'{"id": "a", "text": "\xff"}',
    "wrong type": b'{"id": 7, "text": "x"}',
}


@pytest.mark.parametrize("line", BAD_LINES.values(), ids=BAD_LINES.keys())
def test_a_bad_line_is_named_with_file_line_and_remedy(mempress: Mempress, tmp_path: Path, line: bytes) -> None:
    (tmp_path / "notes.jsonl").write_bytes(b'{"id": "first", "text": "a note"}\n' + line + b"\n")
    done = mempress("run", SOUND, "--workload", "notes.jsonl", "--out", "out")
    assert done.returncode == 2
    assert "notes.jsonl:2: " in done.stderr
    assert len(done.stderr) < 1_000
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("name", ["missing.jsonl", "a-directory.jsonl"])
def test_a_missing_file_and_a_directory_are_named(mempress: Mempress, tmp_path: Path, name: str) -> None:
    (tmp_path / "a-directory.jsonl").mkdir()
    done = mempress("run", SOUND, "--workload", name, "--out", "out")
    assert done.returncode == 2
    assert name in done.stderr


def start_and_wait_for_a_sample(tmp_path: Path) -> subprocess.Popen[str]:
    """Start a run that would take minutes, and wait for its first sample."""
    slow = ("--option", "linearsearch.ns_per_record=2000", "--continue-after-saturation")
    arguments = command("run", SLOW, SOUND, "--max-records", "100000", "--out", "out", *slow)
    process = subprocess.Popen(arguments, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert process.stderr is not None
    for line in process.stderr:
        if "load" in line:
            return process
    raise AssertionError("the run ended before its first sample")


def test_ctrl_c_writes_the_reports_and_says_so_in_the_exit_status(tmp_path: Path) -> None:
    process = start_and_wait_for_a_sample(tmp_path)
    (worker,) = workers_of(process)
    process.send_signal(signal.SIGINT)
    out, _ = process.communicate(timeout=60)
    assert process.returncode == 130
    assert wait_for_death(worker)
    assert "interrupted" in out
    results = json.loads((tmp_path / "out" / "results.json").read_text("utf-8"))
    system = results["systems"]["linear-search"]
    assert system["status"] == "interrupted"
    assert system["metrics"]["max_records"] >= 1_000
    assert (tmp_path / "out" / "memory_pressure_report.md").exists()


def test_kill_9_leaves_a_journal_that_analyze_judges_and_no_worker(mempress: Mempress, tmp_path: Path) -> None:
    process = start_and_wait_for_a_sample(tmp_path)
    (worker,) = workers_of(process)
    process.kill()
    process.communicate(timeout=60)
    assert wait_for_death(worker)
    done = mempress("analyze", "out/runs/linearsearch", "--json")
    assert done.returncode == 0, done.stderr
    summary = json.loads(done.stdout)
    assert summary["status"] == "interrupted"
    assert "breaks off in phase load after" in summary["reason"]
    assert summary["ended_at_records"] >= 1_000
    assert "interrupted" in mempress("analyze", "out/runs/linearsearch").stdout
    assert mempress("report", "out").returncode == 0


def test_the_classic_command_is_the_same(tmp_path: Path) -> None:
    front = Path(__file__).parents[2] / "agno_vs_neuroca_bench" / "run_all_benchmarks.py"
    arguments = [sys.executable, str(front), "--pressure", SOUND, *SMALL, "--json"]
    done = subprocess.run(arguments, cwd=tmp_path, capture_output=True, text=True, timeout=100, check=False)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["systems"]["scripted"]["metrics"]["max_records"] == 1_000


def test_a_system_by_path_is_found_from_the_users_directory(mempress: Mempress, tmp_path: Path) -> None:
    (tmp_path / "mine.py").write_text(
        "from mempress import Hit\n\n\n"
        "class MyMemory:\n"
        "    def __init__(self, workdir, config):\n"
        "        self.records = []\n\n"
        "    def store(self, records):\n"
        "        self.records.extend(records)\n\n"
        "    def search(self, query, *, limit):\n"
        "        return [Hit(record.text, record.id) for record in self.records[-limit:]]\n\n"
        "    def close(self):\n"
        "        self.records.clear()\n",
        encoding="utf-8",
    )
    done = mempress("run", "mine.py:MyMemory", *SMALL, "--json")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["systems"]["mymemory"]["status"] == "completed"


def test_help_names_every_command_and_each_command_has_help(mempress: Mempress) -> None:
    text = mempress("--help").stdout
    for name in ("run", "analyze", "report", "systems", "check", "env"):
        assert name in text
        assert mempress(name, "--help").returncode == 0


def test_options_of_a_toml_file_stand_below_those_of_the_command_line(mempress: Mempress, tmp_path: Path) -> None:
    (tmp_path / "run.toml").write_text("max-records = 500\nbatch-size = 100\nqueries = 3\n", encoding="utf-8")
    done = mempress("run", SOUND, "--config", "run.toml", "--batch-size", "250", "--json")
    config = json.loads(done.stdout)["config"]
    assert (config["max_records"], config["batch_size"]) == (500, 250)
    (tmp_path / "run.toml").write_text("max-recrods = 500\n", encoding="utf-8")
    refused = mempress("run", SOUND, "--config", "run.toml").stderr
    assert "run.toml, line 1: unknown key 'max-recrods'" in " ".join(refused.split())
