from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING

import msgspec

from mempress.comparison.metrics import METRICS
from mempress.model import Result
from mempress.report.names import picture_names
from mempress.report.write import write_reports
from tests.report.handmade import completed, hostile, result_of, saturated

if TYPE_CHECKING:
    from pathlib import Path


def test_all_files_of_the_contract_are_written_and_nothing_else(tmp_path: Path) -> None:
    written = write_reports(result_of(completed(), saturated()), tmp_path)
    names = {
        "results.json",
        "memory_pressure_report.md",
        "memory_pressure_report.html",
        "neuroca_pressure_metrics.png",
        "agno_pressure_metrics.png",
        "pressure_comparison.png",
        *(f"{name}.svg" for name in ("neuroca_pressure_metrics", "agno_pressure_metrics", "pressure_comparison")),
    }
    assert {path.name for path in written} == {path.name for path in tmp_path.iterdir()} == names


def test_the_pictures_that_markdown_links_to_are_there(tmp_path: Path) -> None:
    write_reports(result_of(hostile(), completed()), tmp_path)
    text = (tmp_path / "memory_pressure_report.md").read_text("utf-8")
    for name in picture_names([hostile().name, "neuroca"]).values():
        assert f"]({name})" in text
        assert (tmp_path / name).read_bytes().startswith(b"\x89PNG")


def test_every_key_of_the_contract_stands_where_it_should(tmp_path: Path) -> None:
    write_reports(result_of(completed(), saturated()), tmp_path)
    found = json.loads((tmp_path / "results.json").read_text("utf-8"))
    assert {"schema", "config", "environment", "systems", "comparison"} <= found.keys()
    system = found["systems"]["agno"]
    assert system["status"] == "saturated"
    assert system["recovery"]["verdict"] == "partly"
    assert {"version", "capabilities", "growth", "maintenance_events", "errors"} <= system.keys()
    assert found["systems"]["neuroca"]["recovery"] is None
    assert system["metrics"]["final_query_latency_ms"].keys() == {"mean", "p50", "p95", "p99", "max", "n"}
    assert system["metrics"]["store_records_per_second"].keys() == {"mean", "first_batch", "last_batch"}
    event = found["systems"]["neuroca"]["maintenance_events"][0]
    assert {"records", "phase", "origin", "reasons", "effects", "evidence"} <= event.keys()
    assert event["effects"]["held"] == {"before": 10_900.0, "after": 10_000.0}


def test_every_metric_of_the_contract_has_a_row_under_its_path() -> None:
    metrics = msgspec.to_builtins(completed().metrics)
    paths = {
        f"{key}.{part}" if part else key
        for key, value in metrics.items()
        for part in (value if isinstance(value, dict) else [""])
    }
    assert {metric.key for metric in METRICS} == paths


def test_results_read_back_are_the_same_result(tmp_path: Path) -> None:
    result = result_of(completed(), saturated())
    write_reports(result, tmp_path)
    assert msgspec.json.decode((tmp_path / "results.json").read_bytes(), type=Result) == result


def test_no_name_leaves_the_directory_and_no_two_share_a_file() -> None:
    names = picture_names(["../../etc/passwd", "..", "a/b", "a-b", "A-B", "", "x" * 500, "\x00", "ü"])
    assert len({name.casefold() for name in names.values()}) == len(names)
    for name in names.values():
        assert name.endswith("_pressure_metrics.png")
        assert not set(name) & set("/\\\x00 ")
        assert not name.startswith(".")
        assert len(name) < 100


def test_importing_the_reports_loads_neither_plots_nor_templates() -> None:
    code = (
        "import sys, mempress.report.write, mempress.comparison.result, mempress.comparison.compare;"
        "print(sorted({'matplotlib', 'jinja2', 'rich'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
