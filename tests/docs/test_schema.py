"""The published schema of results.json: it is that of the types, and what is written holds to it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import jsonschema
import pytest

from mempress.comparison.result import build_result
from mempress.report.schema import results_schema_json
from mempress.report.write import write_texts
from mempress.runfiles import read_head, runs_in
from tests.report.handmade import broken, completed, crashed, hostile, interrupted, result_of, saturated, unavailable

if TYPE_CHECKING:
    from mempress.model import Result
    from tests.conftest import Bench

SCHEMA = Path(__file__).parents[2] / "docs" / "results.schema.json"


@pytest.fixture(scope="module")
def validator() -> jsonschema.Draft202012Validator:
    schema = json.loads(SCHEMA.read_text("utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator(schema)


def test_the_published_schema_is_that_of_the_types(request: pytest.FixtureRequest) -> None:
    if request.config.getoption("--update-golden", default=False):
        SCHEMA.write_text(results_schema_json(), "utf-8")
    assert SCHEMA.read_text("utf-8") == results_schema_json(), "it is out of date: make docs"


@pytest.mark.parametrize(
    "result",
    [
        result_of(completed(), saturated(), crashed(), interrupted(), unavailable()),
        result_of(hostile()),
        result_of(broken(), saturated()),
    ],
)
def test_results_of_every_kind_hold_to_it(
    result: Result, tmp_path: Path, validator: jsonschema.Draft202012Validator
) -> None:
    write_texts(result, tmp_path)
    validator.validate(json.loads((tmp_path / "results.json").read_text("utf-8")))


def test_the_results_of_a_real_run_hold_to_it(
    bench: Bench, tmp_path: Path, validator: jsonschema.Draft202012Validator
) -> None:
    summaries = bench("null", "mempress.testing.controls:PlainList")
    heads = [read_head(directory) for directory in runs_in(tmp_path / "out")]
    write_texts(build_result(list(zip(heads, summaries, strict=True))), tmp_path)
    validator.validate(json.loads((tmp_path / "results.json").read_text("utf-8")))


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("systems", "neuroca", "metrics", "max_records"), None),
        (("systems", "neuroca", "metrics", "disk_mb"), "10"),
        (("systems", "neuroca", "status"), "fine"),
        (("comparison", "findings"), None),
    ],
)
def test_what_does_not_hold_to_it_is_found(
    path: tuple[str, ...], value: Any, tmp_path: Path, validator: jsonschema.Draft202012Validator
) -> None:
    write_texts(result_of(completed(), saturated()), tmp_path)
    found = json.loads((tmp_path / "results.json").read_text("utf-8"))
    inner = found
    for key in path[:-1]:
        inner = inner[key]
    inner[path[-1]] = value
    assert not validator.is_valid(found)
