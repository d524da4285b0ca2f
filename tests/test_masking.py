"""No secret of a system's options stands in a file of a run, and the system gets them as they are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mempress.masking import masked

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import Bench


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("postgres://ann:hunter2@db:5432/m", "postgres://ann:***@db:5432/m"),
        ("redis://:hunter2@db", "redis://:***@db"),
        ("postgres://ann:hun/ter@2@db/m", "postgres://ann:***@db/m"),
        ("mongodb+srv://ann:hunter2@one/m then text", "mongodb+srv://ann:***@one/m then text"),
        ("http://db:8080/path", "http://db:8080/path"),
        ("https://api/v1?api_key=hunter2&limit=3", "https://api/v1?api_key=***&limit=3"),
        ("host=db user=ann password='hunter 2' port=1", "host=db user=ann password=*** port=1"),
        ("ann@example.org", "ann@example.org"),
    ],
)
def test_secrets_within_a_text_are_hidden_and_the_rest_stands(text: str, shown: str) -> None:
    assert masked({"url": [text]}) == {"url": [shown]}


@pytest.mark.parametrize(
    "key", ["password", "DB_PASSWORD", "token", "access_token", "clientSecret", "API-KEY", "apikey"]
)
@pytest.mark.parametrize("value", ["hunter2", 12345, {"a": "hunter2"}, ["hunter2"], True])
def test_a_value_whose_name_tells_of_a_secret_is_hidden_at_any_depth(key: str, value: Any) -> None:
    assert masked({"db": {key: value, "size": 5}}) == {"db": {key: "***", "size": 5}}
    assert masked({key: None}) == {key: None}


@given(st.recursive(st.none() | st.integers() | st.text(alphabet="abc ./@"), st.lists))
def test_what_holds_no_secret_stays_as_it_is(value: Any) -> None:
    assert masked({"a": value}) == {"a": value}


ADAPTER = """
from mempress.testing.controls import PlainList

class ReadsItsSecret(PlainList):
    def __init__(self, workdir, config):
        super().__init__(workdir, config)
        assert config.options["url"] == "postgres://ann:hunter2@db/m", "the system needs its password"
        assert config.options["token"] == "hunter2"
"""


def test_a_run_tells_its_system_the_secrets_and_its_files_do_not(bench: Bench, tmp_path: Path) -> None:
    file = tmp_path / "adapter.py"
    file.write_text(ADAPTER, "utf-8")
    secrets = {"url": "postgres://ann:hunter2@db/m", "token": "hunter2"}
    (summary,) = bench(f"{file}:ReadsItsSecret", max_records=250, options={"readsitssecret": secrets})
    assert summary.status == "completed", summary.reason
    written = [path for path in (tmp_path / "out").rglob("*") if path.is_file()]
    assert {"run.json", "events.jsonl"} <= {path.name for path in written}
    assert all(b"hunter2" not in path.read_bytes() for path in written)
    assert b"postgres://ann:***@db/m" in (tmp_path / "out/runs/readsitssecret/run.json").read_bytes()
