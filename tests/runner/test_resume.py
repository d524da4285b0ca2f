"""Which runs of an earlier benchmark stand when it is resumed, and when they do not."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from mempress.config import RunConfig
from mempress.errors import UsageError
from mempress.runfiles import read_head, runs_in
from mempress.runner.benchmark import Listener, run_benchmark

if TYPE_CHECKING:
    from pathlib import Path

NULL = "mempress.testing.controls:Null"
PERFECT = "mempress.testing.controls:Perfect"
SMALL: dict[str, Any] = {
    "systems": (NULL,),
    "max_records": 40,
    "batch_size": 20,
    "queries": 2,
    "final_queries": 2,
    "options": {"null": {"password": "hidden"}},
}


def run(out: Path, *, resume: bool = True, **changes: Any) -> list[str]:
    """Run or resume a benchmark; gives the names of the runs that it made."""
    config = RunConfig(**(SMALL | changes))
    return [directory.name for directory in run_benchmark(config, out, Listener(), resume=resume)]


@pytest.fixture(scope="module")
def earlier(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A benchmark that came to its end."""
    out = tmp_path_factory.mktemp("earlier") / "out"
    assert run(out, resume=False) == ["null"]
    return out


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"seed": 7}, "--seed was 42 and is 7"),
        ({"objective_ms": 5.0}, "--objective-ms was not given and is 5.0"),
        ({"faults": ("kill@load:0.5",)}, r'--fault was \[\] and is \["kill@load:0.5"\]'),
        ({"options": {"null": {"size": 1}}}, "--option was"),
        ({"systems": (NULL, PERFECT)}, "SYSTEM was"),
        ({"max_records": 60, "batch_size": 30}, "--max-records was 40 and is 60, --batch-size was 20 and is 30"),
    ],
)
def test_another_configuration_is_refused_and_every_option_that_differs_is_named(
    earlier: Path, changes: dict[str, Any], words: str
) -> None:
    before = {path: path.read_bytes() for path in earlier.rglob("*") if path.is_file()}
    with pytest.raises(UsageError, match=words):
        run(earlier, **changes)
    assert {path: path.read_bytes() for path in earlier.rglob("*") if path.is_file()} == before


def test_the_same_configuration_has_nothing_left_to_run(earlier: Path) -> None:
    assert run(earlier) == []


def test_a_hidden_option_does_not_stand_in_the_way(earlier: Path) -> None:
    assert "hidden" not in (earlier / "runs" / "null" / "run.json").read_text("utf-8")
    assert run(earlier, options={"null": {"password": "another"}}) == []


@pytest.mark.long
def test_more_repeats_are_added_and_fewer_are_refused(tmp_path: Path) -> None:
    assert run(tmp_path) == ["null"]
    assert run(tmp_path, repeats=3) == ["null-2", "null-3"]
    assert [read_head(directory).repeat for directory in runs_in(tmp_path)] == [0, 1, 2]
    with pytest.raises(UsageError, match="--repeats was 3 and is 2"):
        run(tmp_path, repeats=2)


def test_what_lies_among_the_runs_and_is_none_is_set_aside_under_a_free_name(tmp_path: Path) -> None:
    run(tmp_path)
    for _ in range(2):
        (tmp_path / "runs" / "half" / "workdir").mkdir(parents=True)
        run(tmp_path)
    assert {path.name for path in (tmp_path / "runs").iterdir()} == {"null"}
    assert {path.name for path in (tmp_path / "broken_off").iterdir()} == {"half", "half-2"}


def test_a_journal_torn_before_its_end_is_no_complete_run(tmp_path: Path) -> None:
    run(tmp_path)
    journal = tmp_path / "runs" / "null" / "events.jsonl"
    journal.write_bytes(journal.read_bytes()[:-1])
    assert run(tmp_path) == ["null"]
    assert (tmp_path / "broken_off" / "null" / "events.jsonl").exists()


def test_an_interrupted_run_is_run_again_and_a_crashed_one_stands(tmp_path: Path) -> None:
    run(tmp_path)
    journal = tmp_path / "runs" / "null" / "events.jsonl"
    whole = journal.read_text("utf-8")
    journal.write_text(whole.replace('"status":"completed"', '"status":"crashed"'), "utf-8")
    assert run(tmp_path) == []
    journal.write_text(whole.replace('"status":"completed"', '"status":"interrupted"'), "utf-8")
    assert run(tmp_path) == ["null"]


@pytest.mark.long
def test_without_resume_all_earlier_runs_are_replaced(tmp_path: Path) -> None:
    run(tmp_path, repeats=2)
    assert run(tmp_path, resume=False) == ["null"]
    assert {path.name for path in (tmp_path / "runs").iterdir()} == {"null"}


def test_another_workload_is_refused(tmp_path: Path) -> None:
    notes = tmp_path / "notes.jsonl"
    lines = "".join(f'{{"id": "{number}", "text": "note {number}"}}\n' for number in range(40))
    notes.write_text(lines, "utf-8")
    run(tmp_path, workload=str(notes))
    notes.write_text(lines.replace("note 7", "note seven"), "utf-8")
    with pytest.raises(UsageError, match=r"notes\.jsonl is not what the runs .* were given"):
        run(tmp_path, workload=str(notes))


def test_another_machine_is_refused(tmp_path: Path) -> None:
    run(tmp_path)
    head = tmp_path / "runs" / "null" / "run.json"
    head.write_text(head.read_text("utf-8").replace('"cores": ', '"cores": 7'), "utf-8")
    with pytest.raises(UsageError, match="measured elsewhere: cores was 7"):
        run(tmp_path)
