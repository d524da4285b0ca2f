from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from mempress.detect import TracePoint, read_trace
from mempress.errors import UsageError

if TYPE_CHECKING:
    from pathlib import Path


def written(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "samples.jsonl"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_full_a_null_and_a_bare_sample_are_read_and_blank_lines_skipped(tmp_path: Path) -> None:
    path = written(
        tmp_path,
        '{"records": 1, "memory_bytes": 2.5, "latencies_ms": [1, 2.5], "health": 1, "retained": 1, '
        '"disk_bytes": 7, "sampled_gone": [3, 50], "note": "ignored"}\n\n'
        '{"records": 2, "memory_bytes": null, "latencies_ms": [], "health": null, "retained": null}\n{"records": 2}',
    )
    first = TracePoint(1, 2.5, (1.0, 2.5), 1.0, 1, 7.0, (3, 50))
    assert read_trace(path) == [first, TracePoint(2), TracePoint(2)]


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("records: 3", "no JSON"),
        ("[1, 2]", "not a JSON object"),
        ('{"memory_bytes": 3}', "records is missing"),
        ('{"records": null}', "records is missing"),
        ('{"records": 2.5}', "not a whole number"),
        ('{"records": true}', "not a number"),
        ('{"records": 0}', "records falls from 1 to 0"),
        ('{"records": 3, "memory_bytes": "3"}', "memory_bytes holds '3', not a number"),
        ('{"records": 3, "memory_bytes": -1}', "outside 0 to inf"),
        ('{"records": 3, "memory_bytes": NaN}', "memory_bytes holds nan"),
        ('{"records": 3, "memory_bytes": Infinity}', "memory_bytes holds inf"),
        ('{"records": 3, "memory_bytes": 1' + "0" * 400 + "}", "outside 0 to inf"),
        ('{"records": 3, "health": 1.5}', "outside 0 to 1"),
        ('{"records": 3, "latencies_ms": 4}', "not a list"),
        ('{"records": 3, "latencies_ms": [1, null]}', "latencies_ms holds None"),
        ('{"records": 3, "sampled_gone": [5, 4]}', "outside 0 to 4"),
        ('{"records": 3, "sampled_gone": 5}', "two counts"),
    ],
)
def test_a_bad_line_is_refused_with_file_line_problem_and_remedy(tmp_path: Path, line: str, problem: str) -> None:
    path = written(tmp_path, f'{{"records": 1}}\n{line}\n')
    with pytest.raises(UsageError) as refusal:
        read_trace(path)
    text = str(refusal.value)
    assert text.startswith(f"{path}:2: ")
    assert problem in text
    assert "A sample is" in text


def test_a_missing_file_a_directory_and_bytes_that_are_no_text_are_refused(tmp_path: Path) -> None:
    binary = tmp_path / "binary"
    binary.write_bytes(b"\xff\xfe\x00")
    for path in (tmp_path / "none.jsonl", tmp_path, binary):
        with pytest.raises(UsageError, match="cannot be read"):
            read_trace(path)
