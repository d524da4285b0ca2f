"""Runs together: groups by system, condition and kind of machine; what a plan will take; what a ledger survives."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
import pytest
from click.testing import CliRunner

from mempress.campaign.book import PLAN, Plan
from mempress.campaign.estimate import Recorded, estimate, words
from mempress.campaign.executors.frames import Alive, NodeEnded, Piece, pack, unpack
from mempress.campaign.ledger import Ledger, Lost, Started, read_ledger
from mempress.campaign.matrix import PlannedRun
from mempress.campaign.merge import merge
from mempress.campaign.page import document
from mempress.cli.analyze import command as analyze
from mempress.cli.report import command as report
from mempress.comparison.result import build_result
from mempress.config import RunConfig
from mempress.machines import kind_of, labelled
from mempress.runfiles import RESULTS, RunFiles, read_head, runs_in, write_json
from mempress.runner.benchmark import Listener, run_benchmark

if TYPE_CHECKING:
    from pathlib import Path

SMALL = {"max_records": 200, "batch_size": 100, "queries": 2, "final_queries": 10, "readable_seconds": 0.1}


def planned(run: str, system: str, **settings: object) -> PlannedRun:
    config = RunConfig(systems=(system,), **{**SMALL, **settings})  # type: ignore[arg-type]
    return PlannedRun(run=run, condition="", repeat=0, config=config)


def measured(out: Path) -> None:
    """Measure a system twice, and say that the second run was on a machine with another processor."""
    config = RunConfig(systems=("plain-list",), repeats=2, **SMALL)  # type: ignore[arg-type]
    directories = list(run_benchmark(config, out, Listener()))
    head = read_head(directories[1])
    environment = head.environment | {"cpu": "another", "executor": {"name": "ray", "node": "10.0.0.2"}}
    write_json(RunFiles(directories[1]).head, msgspec.structs.replace(head, environment=environment))


def test_machines_of_two_kinds_are_told_apart_and_never_put_together(tmp_path: Path) -> None:
    """Two runs of one system on two kinds of machines: two groups, two results, and a page that says so."""
    out = tmp_path / "out"
    measured(out)
    runs = [planned(directory.name, "plain-list") for directory in runs_in(out)]
    write_json(out / PLAN, Plan(name="two", seed=1, matrix={}, runs=[*runs, planned("never", "plain-list")]))
    ledger = Ledger(out / "campaign.jsonl")
    ledger.write(Lost(run=runs[0].run, attempt=1, node="gone", reason="it went", again=True))
    ledger.close()

    result = merge(out)
    assert list(result.systems) == ["plain-list [machine A]", "plain-list [machine B]"]
    assert [len(repeats) for repeats in result.repeats.values()] == [1, 1]
    assert {group.machine for group in result.campaign.groups.values()} == {"machine A", "machine B"}
    assert sum("another" in said for said in result.campaign.machines.values()) == 1
    assert len(result.campaign.conditions) == 2
    assert result.campaign.missing == ["never"]
    findings = " ".join(document(result).sections[0].blocks[0].texts)  # type: ignore[union-attr]
    assert "2 of 3 runs have a result" in findings
    assert "never put together" in findings
    assert f"{runs[0].run} on gone: lost: it went; it was run again." in findings

    from mempress.analysis import analyse  # noqa: PLC0415 - of this line alone

    ordinary = build_result([(read_head(directory), analyse(directory)) for directory in runs_in(out)])
    assert sorted(ordinary.systems) == ["plain-list on machine A", "plain-list on machine B"]


def test_analyze_of_a_campaign_writes_what_report_writes_there(tmp_path: Path) -> None:
    """Its plan and groups stay in the result, and no file of an ordinary report comes beside it."""
    out = tmp_path / "out"
    measured(out)
    runs = [planned(directory.name, "plain-list") for directory in runs_in(out)]
    write_json(out / PLAN, Plan(name="two", seed=1, matrix={}, runs=runs))
    reported = CliRunner(catch_exceptions=False).invoke(report, [str(out)], standalone_mode=False)
    before = {path: path.read_bytes() for path in out.iterdir() if path.is_file()}
    analysed = CliRunner(catch_exceptions=False).invoke(analyze, [str(out)], standalone_mode=False)
    assert analysed.output == reported.output
    assert {path: path.read_bytes() for path in out.iterdir() if path.is_file()} == before
    assert msgspec.json.decode((out / RESULTS).read_bytes())["campaign"]["name"] == "two"


def test_memory_of_two_machines_of_a_kind_may_differ_by_a_page() -> None:
    one = {"cpu": "x", "cores": 2, "memory_bytes": (16 << 30) - 4096}
    assert kind_of(one) == kind_of(one | {"memory_bytes": 16 << 30})
    assert kind_of(one) != kind_of(one | {"memory_bytes": 32 << 30})
    assert kind_of(one) != kind_of(one | {"cores": 1})
    assert len(set(labelled((str(n),) for n in range(60)).values())) == 60


def recorded(system: str, records: int, seconds: float) -> Recorded:
    return Recorded(system, RunConfig(systems=(system,), **{**SMALL, "max_records": records}), seconds, records)  # type: ignore[arg-type]


def test_an_estimate_says_what_it_is_based_on_and_what_is_unknown() -> None:
    plan = [
        planned("a", "plain-list"),
        planned("b", "plain-list", max_records=400),
        planned("c", "neuroca"),
        planned("d", "neuroca"),
    ]
    found = estimate(plan, [recorded("plain-list", 200, 3.0), recorded("plain-list", 200, 5.0)])
    assert found.seconds == 4.0 + 8.0
    assert found.basis == {"recorded at this size": 1, "in proportion to the nearest recorded size": 1}
    assert found.unknown == {"neuroca": 2}
    said = " ".join(words(found, 2))
    assert "about 6 s for 2 of 4 runs with 2 at a time" in said
    assert "unknown, and not in the sum: neuroca: 2 runs" in said
    assert "unknown" in words(estimate(plan, []), 1)[0]


def test_an_estimate_follows_the_law_of_recorded_sizes() -> None:
    known = [recorded("plain-list", n, 1.0 + n * n / 1e6) for n in (100, 200, 400, 800, 1_000, 1_600)]
    found = estimate([planned("a", "plain-list", max_records=3_200)], known)
    assert found.basis == {"by the law that recorded sizes follow": 1}
    assert found.seconds == pytest.approx(1.0 + 3_200 * 3_200 / 1e6, rel=0.05)


def test_a_ledger_that_a_crash_cut_off_goes_on_with_a_whole_line(tmp_path: Path) -> None:
    path = tmp_path / "campaign.jsonl"
    ledger = Ledger(path)
    ledger.write(Started(run="a", attempt=1, node="n"))
    ledger.close()
    with path.open("ab") as file:
        file.write(b'{"type":"star')
    assert [entry.run for entry in read_ledger(path) if isinstance(entry, Started)] == ["a"]
    ledger = Ledger(path)
    ledger.write(Started(run="b", attempt=1, node="n"))
    ledger.close()
    assert [entry.run for entry in read_ledger(path) if isinstance(entry, Started)] == ["a", "b"]


def test_frames_bring_headers_and_bytes_and_no_path_of_a_nodes_choice() -> None:
    data = bytes(range(256)) * 10
    assert unpack(pack(Piece("events.jsonl", 7), data)) == (Piece("events.jsonl", 7), data)
    assert unpack(pack(Alive())) == (Alive(), b"")
    assert unpack(pack(NodeEnded(0, 1.5, "a\nb"))) == (NodeEnded(0, 1.5, "a\nb"), b"")
    for bad in (b"", b"{}", b"{}\n", b'{"type":"piece","file":"../../x","offset":0}\nx', b"\x80\x04\n"):
        with pytest.raises((ValueError, msgspec.DecodeError)):
            unpack(bad)
