"""``mempress campaign`` on this machine: one directory a run, merged results, and no loss by kill -9 or Ctrl-C."""

from __future__ import annotations

import os
import re
import signal
import sys
from pathlib import Path
from subprocess import run as run_process

import pytest

from mempress.runfiles import read_head
from tests.campaign.kit import SCRIPTED, campaign, finish, journals, results, wait_for_line, write_campaign
from tests.cli.conftest import command, wait_for_death

WAITING = "waiting.py:Waiting"


def children_of(pid: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text("ascii").split()]


@pytest.mark.timeout(300)
@pytest.mark.long
def test_a_campaign_is_planned_measured_and_merged(tmp_path: Path) -> None:
    """Two systems, two sizes, one pair excluded: three runs, three groups, a result for each size; then an estimate."""
    exclusion = '\n[[exclude]]\nsystems = "plain-list"\nsizes = 200\n'
    write_campaign(tmp_path, f'systems = ["{SCRIPTED}", "plain-list"]\nsizes = [100, 200]{exclusion}')
    planned = run_process(
        command("campaign", "c.toml", "--dry-run"), cwd=tmp_path, capture_output=True, text=True, check=True, timeout=60
    ).stdout
    assert "2 systems x 2 sizes, 3 runs in this order (seed 7)" in planned
    assert "time and disk unknown" in planned
    assert not (tmp_path / "campaign_results").exists()

    process = campaign(tmp_path)
    said = finish(process)
    assert process.returncode == 0, said
    out = tmp_path / "out"
    found = results(out)
    assert list(found)[:6] == ["schema", "config", "environment", "workload", "harness", "time"]
    assert set(found["systems"]) == {"scripted [100 records]", "plain-list [100 records]", "scripted [200 records]"}
    assert found["campaign"]["planned"] == found["campaign"]["complete"] == 3
    assert found["campaign"]["executors"] == ["local, one run at a time"]
    for size, systems in ((100, {"scripted", "plain-list"}), (200, {"scripted"})):
        part = results(out / "conditions" / f"{size}-records")
        assert set(part["systems"]) == systems
        assert {system["metrics"]["max_records"] for system in part["systems"].values()} == {size}
    assert "3 of 3 runs have a result" in (out / "memory_pressure_report.html").read_text("utf-8")
    index = (out / "conditions" / "index.html").read_text("utf-8")
    linked = {
        (out / "conditions" / link).resolve()
        for link in re.findall(r'href="([^"]+/memory_pressure_report\.html)"', index)
    }
    assert linked == {out.resolve() / f"conditions/{size}-records/memory_pressure_report.html" for size in (100, 200)}
    assert all(page.is_file() for page in linked)

    order = [line.split(":")[0] for line in said.splitlines() if ": started on" in line]
    assert order == [line.split()[1] for line in planned.splitlines()[1:4]]
    head = read_head(out / "runs" / order[0])
    assert head.run == order[0]
    assert head.environment["executor"]["name"] == "local"

    again = run_process(
        command("campaign", "c.toml", "--dry-run", "--like", "out"),
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    ).stdout
    assert "recorded at this size: 3 runs" in again
    before = (out / "results.json").read_bytes()
    run_process(command("report", "out"), cwd=tmp_path, check=True, capture_output=True, timeout=60)
    assert (out / "results.json").read_bytes() == before


@pytest.mark.long
@pytest.mark.timeout(600)
def test_killed_in_mid_campaign_it_goes_on_and_repeats_nothing(tmp_path: Path) -> None:
    write_campaign(tmp_path, f'systems = ["{SCRIPTED}", "{WAITING}"]\nsizes = [300]\nseeds = [1, 2]')
    process = campaign(tmp_path)
    out = tmp_path / "out"
    line = wait_for_line(process, "waiting.py-waiting")
    broken_off = line.split(":")[0]
    (measuring,) = children_of(process.pid)
    journal = out / "runs" / broken_off / "events.jsonl"
    wait_until_written(journal, b'"records":200')
    process.kill()
    finish(process)
    assert wait_for_death(measuring)
    cut_off = journal.read_bytes()
    kept = {run: data for run, data in journals(out).items() if run != broken_off}

    refused = campaign(tmp_path)
    assert "Add --resume" in finish(refused)
    assert refused.returncode == 2

    (tmp_path / "go").touch()
    process = campaign(tmp_path, "--resume")
    said = finish(process)
    assert process.returncode == 0, said
    assert results(out)["campaign"]["complete"] == 4
    after = journals(out)
    assert {run: after[run] for run in kept} == kept
    assert not any(f"{run}: started" in said for run in kept)
    assert (out / "broken_off" / broken_off / "events.jsonl").read_bytes() == cut_off
    assert not (out / "broken_off" / broken_off / "workdir").exists()

    process = campaign(tmp_path, "--resume")
    assert ": started" not in finish(process)
    assert journals(out) == after


def wait_until_written(path: Path, text: bytes) -> None:
    """Look at a file until it holds a text; the test's own time limit ends it otherwise."""
    while not path.exists() or text not in path.read_bytes():
        os.sched_yield()


@pytest.mark.long
@pytest.mark.timeout(600)
def test_interrupted_it_reports_what_was_measured(tmp_path: Path) -> None:
    """Ctrl-C ends the run under way, which is run anew later; what was measured before stands."""
    write_campaign(tmp_path, f'systems = ["{WAITING}"]\nsizes = [100, 300]')
    process = campaign(tmp_path)
    wait_for_line(process, "completed")
    wait_for_line(process, "started on")
    process.send_signal(signal.SIGINT)
    finish(process)
    assert process.returncode == 130
    (tmp_path / "go").touch()
    process = campaign(tmp_path, "--resume")
    said = finish(process)
    assert process.returncode == 0, said
    assert said.count("started on") == 1
    assert results(tmp_path / "out")["campaign"]["complete"] == 2


@pytest.mark.long
@pytest.mark.timeout(600)
def test_what_dies_is_tried_once_more_and_then_recorded(tmp_path: Path) -> None:
    write_campaign(tmp_path, 'systems = ["waiting.py:FailsOnce", "waiting.py:Dies"]\nsizes = [100]')
    process = campaign(tmp_path)
    said = finish(process)
    assert process.returncode == 3, said
    found = results(tmp_path / "out")
    assert {name: system["status"] for name, system in found["systems"].items()} == {
        "fails-once": "completed",
        "dies": "crashed",
    }
    again = found["campaign"]["again"]
    assert len(again) == 2
    assert all(entry["again"] and "crashed" in entry["what"] for entry in again)
    assert len(list((tmp_path / "out" / "broken_off").iterdir())) == 2


@pytest.mark.long
@pytest.mark.timeout(600)
def test_a_file_that_changed_cannot_be_gone_on_with(tmp_path: Path) -> None:
    write_campaign(tmp_path, f'systems = ["{SCRIPTED}"]\nsizes = [100]')
    finish(campaign(tmp_path))
    before = journals(tmp_path / "out")
    write_campaign(tmp_path, f'systems = ["{SCRIPTED}"]\nsizes = [200]')
    process = campaign(tmp_path, "--resume")
    said = finish(process)
    assert process.returncode == 2
    assert "are not of this campaign as its file is now" in said
    assert journals(tmp_path / "out") == before


@pytest.mark.long
@pytest.mark.timeout(600)
def test_runs_beside_each_other_are_bound_to_cores_that_the_result_states(tmp_path: Path) -> None:
    write_campaign(tmp_path, f'systems = ["{SCRIPTED}"]\nsizes = [100]\nseeds = [1, 2]')
    process = campaign(tmp_path, "--parallel", "1")
    said = finish(process)
    assert process.returncode == 0, said
    cores = sorted(os.sched_getaffinity(0))
    for run in journals(tmp_path / "out"):
        environment = read_head(tmp_path / "out" / "runs" / run).environment
        assert environment["executor"]["bound_to_cores"] == cores
        assert environment["cores"] == len(cores)
    (told,) = results(tmp_path / "out")["campaign"]["executors"]
    assert "each bound to cores of its own" in told
    too_many = campaign(tmp_path, "--parallel", str(len(cores) + 1), "--resume")
    assert f"give 1 to {len(cores)}" in finish(too_many)


def test_help_neither_imports_ray_nor_the_campaign() -> None:
    code = (
        "import sys\nfrom mempress.cli import main\n"
        "try:\n    main(sys.argv[1:])\nfinally:\n"
        "    print([name for name in sys.modules if name.partition('.')[0] == 'ray' or 'campaign' in name])"
    )
    done = run_process([sys.executable, "-c", code, "--help"], capture_output=True, text=True, check=True, timeout=60)
    assert "campaign" in done.stdout
    assert done.stdout.splitlines()[-1] == "[]"
    done = run_process(
        [sys.executable, "-c", code, "campaign", "--help"], capture_output=True, text=True, check=True, timeout=60
    )
    assert "ray" not in done.stdout.splitlines()[-1].replace("mempress.cli.campaign", "")


def test_ray_without_an_address_says_what_to_give(tmp_path: Path) -> None:
    write_campaign(tmp_path, f'systems = ["{SCRIPTED}"]')
    process = campaign(tmp_path, "--executor", "ray")
    assert "--address HOST:PORT" in finish(process)
    assert process.returncode == 2


def test_an_address_at_which_no_cluster_answers_is_named_at_once(tmp_path: Path) -> None:
    write_campaign(tmp_path, f'systems = ["{SCRIPTED}"]')
    process = campaign(tmp_path, "--executor", "ray", "--address", "127.0.0.1:1")
    said = finish(process)
    assert process.returncode == 2
    assert "no Ray cluster answers" in said
    assert not (tmp_path / "out" / "runs").exists()
