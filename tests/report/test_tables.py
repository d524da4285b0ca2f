"""Samples and operations as CSV and Parquet: the same figures as everywhere, and nothing that a spreadsheet obeys."""

from __future__ import annotations

import csv
import json
import sys
import unicodedata
from typing import TYPE_CHECKING, Any

import pyarrow.parquet  # type: ignore[import-untyped]  # it has no types
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mempress.config import RunConfig
from mempress.errors import UsageError
from mempress.journal import Asked, JournalWriter, Maintained, TrafficSegment
from mempress.model import RunHead
from mempress.report.tables import write_tables
from mempress.report.tables.as_csv import cell
from mempress.report.tables.operations import operations_table
from mempress.runfiles import RunFiles, write_json
from mempress.traffic import make_traffic
from tests.report.handmade import WORKLOAD, completed, hostile
from tests.samples_kit import sampled, stored

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from mempress.journal import Event

SEGMENT = TrafficSegment(
    t_ns=900,
    phase="load",
    clients=1,
    first=7,
    kinds="sqqud",
    gap_ns=[100, 50, 25, 10, 5],
    wait_ns=[0, 5, 0, 0, 1],
    service_ns=[11, 22, 33, 44, 55],
    failed=[2],
    recall=[0.5, None],
    targets=[3, 4],
    removed=[1, 1],
    began_ns=0,
    ended_ns=300,
    drain_ns=0,
    maintained=None,
)
CHECKPOINT = sampled(searches=[Asked(1_234, 1, [3], [3, 4], None), Asked(5_678, 0, [], None, None)])
MAINTAINED = Maintained(t_ns=950, phase="load", records=7, emergency=True, latency_ns=77, value=None, error="=no()")


def run_of(directory: Path, *events: Event, traffic: bool) -> Path:
    config = RunConfig(traffic=make_traffic(100.0, None, None, None) if traffic else None)
    head = RunHead(
        run="one",
        system="neuroca",
        label="neuroca",
        repeat=0,
        started="2026-01-01T00:00:00.000+00:00",
        config=config,
        workload=WORKLOAD,
        environment={},
        harness=None,
    )
    directory.mkdir(parents=True, exist_ok=True)
    write_json(RunFiles(directory).head, head)
    with JournalWriter(RunFiles(directory).journal) as journal:
        for event in events:
            journal.write(event)
    return directory


def read_csv(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def as_csv(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else str(value)


def test_operations_and_samples_are_as_agreed(tmp_path: Path, same_as_golden: Callable[[str, str], None]) -> None:
    run = run_of(tmp_path / "traffic", SEGMENT, stored(7, [0.5]), CHECKPOINT, MAINTAINED, traffic=True)
    write_tables(run, completed(), ["csv"])
    for name in ("operations", "samples"):
        same_as_golden(f"{name}.csv", (run / "tables" / f"{name}.csv").read_bytes().decode().replace("\r\n", "\n"))


def test_whole_batches_are_told_by_their_stores(tmp_path: Path) -> None:
    run = run_of(tmp_path, stored(0, [0.5] * 3), stored(3, [0.5], error="full"), traffic=False)
    rows = [row for chunk in operations_table(run).chunks for row in zip(*(chunk.values()), strict=True)]
    columns = [column.name for column in operations_table(run).columns]
    found = [dict(zip(columns, row, strict=True)) for row in rows]
    assert [(row["operation"], row["record"], row["records"], row["failed"]) for row in found] == [
        ("store", 0, 3, False),
        ("store", 3, 1, True),
    ]


def test_csv_parquet_and_results_have_the_same_figures(tmp_path: Path) -> None:
    run = run_of(tmp_path, SEGMENT, CHECKPOINT, MAINTAINED, traffic=True)
    summary = completed()
    write_tables(run, summary, ["csv", "parquet"])
    for name in ("operations", "samples"):
        rows = read_csv(run / "tables" / f"{name}.csv")
        columns: dict[str, list[Any]] = pyarrow.parquet.read_table(run / "tables" / f"{name}.parquet").to_pydict()
        assert [list(row.values()) for row in rows] == [
            [as_csv(value) for value in row] for row in zip(*columns.values(), strict=True)
        ]
        assert rows
    results = json.loads(json.dumps([{"records": row.records, "p95": row.latency_ms.p95} for row in summary.samples]))
    found = read_csv(run / "tables" / "samples.csv")
    assert [(int(row["records"]), float(row["search_p95_ms"])) for row in found] == [
        (row["records"], row["p95"]) for row in results
    ]


def test_what_a_hostile_system_wrote_is_no_formula_and_no_escape(tmp_path: Path) -> None:
    run = run_of(tmp_path, MAINTAINED, traffic=False)
    write_tables(run, hostile(), ["csv"])
    text = (run / "tables" / "samples.csv").read_text("utf-8")
    assert all(letter.isprintable() or letter in "\r\n" for letter in text)
    assert len(text) < 200_000


@given(st.text() | st.text(alphabet="=+-@\t\r\n\"',;|\x1b\u202e\uff1dA", max_size=8))
def test_no_text_begins_as_a_formula_does(text: str) -> None:
    shown = cell(text)
    assert shown[:1] not in tuple("=+-@\t\r\n\uff1d\uff0b\uff0d\uff20")
    assert not {unicodedata.category(letter) for letter in shown} & {"Cc", "Cf", "Cs", "Zl", "Zp"}
    assert len(shown) < 400


def test_parquet_without_its_library_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    run = run_of(tmp_path, MAINTAINED, traffic=False)
    with pytest.raises(UsageError, match=r"mempress\[parquet\]"):
        write_tables(run, completed(), ["parquet"])
    assert not list((run / "tables").iterdir())
