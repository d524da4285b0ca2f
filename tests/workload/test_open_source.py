"""From the name of a workload to its source, or to an error that lists what there is."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

import pytest

from mempress.errors import UsageError, WorkloadError
from mempress.workload import open_source
from mempress.workload.facts import FactsSource

if TYPE_CHECKING:
    from pathlib import Path


def test_facts_take_seed_batch_size_and_importance() -> None:
    source = open_source("facts:importance=zipf", seed=4, batch_size=30)
    expected = FactsSource(4, batch_size=30, importance="zipf")
    assert list(islice(source.records(), 100)) == list(islice(expected.records(), 100))
    assert source.name == "facts:importance=zipf"
    assert open_source("facts", seed=4, batch_size=30).describe()["importance"] == ["normal", "bimodal", "uniform"]


def test_a_file_is_opened_by_its_ending(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text('{"id": "a", "text": "x"}\n')
    source = open_source(str(tmp_path / "a.jsonl"), seed=0, batch_size=10)
    assert (source.name, len(list(source.records()))) == ("a.jsonl", 1)


@pytest.mark.parametrize(
    ("spec", "problem"),
    [
        (
            "fact",
            r"No workload is called 'fact'; the nearest is facts\. There are: facts, facts:importance=cycle, .*FILE",
        ),
        ("locmo:x.json", r"No workload is called 'locmo:x.json'; the nearest is locomo:x\.json"),
        ("zzzz", r"No workload is called 'zzzz'\. There are: facts"),
        ("", r"No workload is called ''"),
        ("locomo", r"No workload is called 'locomo'; the nearest is locomo:FILE"),
        ("locomo10.json", r"write locomo:locomo10\.json"),
        ("facts:importance=gauss", r"NAME being one of cycle, normal"),
        ("facts:importance", r"facts takes importance=NAME alone"),
        ("facts:", r"facts takes importance=NAME alone"),
        ("facts:seed=3", r"facts takes importance=NAME alone"),
    ],
)
def test_an_unknown_name_lists_what_there_is(spec: str, problem: str) -> None:
    with pytest.raises(UsageError, match=problem):
        open_source(spec, seed=0, batch_size=10)


def test_a_file_with_another_ending_is_told_to_be_renamed(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("x")
    with pytest.raises(UsageError, match=r"rename it to mine\.jsonl"):
        open_source(str(tmp_path / "mine.txt"), seed=0, batch_size=10)


@pytest.mark.parametrize("spec", ["absent.jsonl", "locomo:absent.json", ".", "locomo:.", "locomo:"])
def test_a_path_without_a_file_is_an_error_that_names_it(spec: str) -> None:
    with pytest.raises(WorkloadError, match=r"there is no such file|this is a directory"):
        open_source(spec, seed=0, batch_size=10)
