"""One's own file of records and probes: what is read is what was written, and every bad line says so."""

from __future__ import annotations

import json
import os
import tracemalloc
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mempress.errors import WorkloadError
from mempress.systems.protocol import Record
from mempress.workload.jsonl import JsonlSource
from mempress.workload.model import Probe

if TYPE_CHECKING:
    from pathlib import Path

GOOD = b'{"id": "a", "text": "Ann moved to Oslo.", "importance": 0.8, "metadata": {"tags": ["ann"]}}'
MEBIBYTE = 1 << 20

some_text = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1, max_size=40).filter(
    lambda text: not text.isspace()
)
some_json = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.floats(allow_nan=False, allow_infinity=False)
    | some_text,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(some_text, inner, max_size=3),
    max_leaves=8,
)


def record_line(record_id: str, **more: Any) -> dict[str, Any]:
    return {"id": record_id, "text": f"Something about {record_id.strip()}.", **more}


def write(path: Path, *lines: bytes | dict[str, Any]) -> JsonlSource:
    path.write_bytes(
        b"".join((json.dumps(line).encode() if isinstance(line, dict) else line) + b"\n" for line in lines)
    )
    return JsonlSource(path)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "mine.jsonl"


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(
    rows=st.lists(
        st.fixed_dictionaries(
            {"id": some_text, "text": some_text},
            optional={
                "importance": st.floats(0, 1) | st.sampled_from([0, 1]),
                "metadata": st.dictionaries(some_text, some_json, max_size=3),
            },
        ),
        min_size=1,
        unique_by=lambda row: str(row["id"]),
    ),
    escape=st.booleans(),
    mark=st.booleans(),
)
def test_records_come_back_as_they_were_written(
    tmp_path: Path, rows: list[dict[str, Any]], escape: bool, mark: bool
) -> None:
    """Escaped or raw, with a byte order mark or without, with blank lines between."""
    path = tmp_path / "any.jsonl"
    lines = "\n \n".join(json.dumps(row, ensure_ascii=escape) for row in rows)
    path.write_bytes(b"\xef\xbb\xbf" * mark + lines.encode())
    expected = [Record(row["id"], row["text"], row.get("importance", 0.5), row.get("metadata", {})) for row in rows]
    assert list(JsonlSource(path).records()) == expected


def test_a_probe_is_valid_from_its_place_on(file: Path) -> None:
    first = {"probe": "Where is a?", "answers": ["a"]}
    both = {"probe": "Where are a and b?", "answers": ["b", "a"]}
    source = write(file, GOOD, record_line("b"), both, record_line("c"), first)
    assert len(list(source.records())) == 3
    assert source.probes(1, 9) == []
    assert source.probes(2, 9) == [Probe("Where are a and b?", ("b", "a"))]
    assert {probe.query for probe in source.probes(3, 9)} == {first["probe"], both["probe"]}
    assert len(source.probes(3, 1)) == 1


def test_a_draw_is_distinct_and_the_same_each_time(file: Path) -> None:
    probes = [{"probe": f"Question {number}?", "answers": ["a"]} for number in range(50)]
    source = write(file, GOOD, *probes)
    list(source.records())
    drawn = source.probes(1, 20)
    assert len({probe.query for probe in drawn}) == 20
    assert drawn == source.probes(1, 20)
    assert drawn != source.probes(1, 50)[20:40]


BAD_LINES: dict[str, tuple[bytes, str, str]] = {
    "no JSON": (b'{"id": "b", "text": ', "the line is no JSON", "one JSON object a line"),
    "two values": (b"{} {}", "the line is no JSON: extra data at character 4", "one JSON object a line"),
    "an array": (b'["b", "text"]', "the line is an array, not an object", "{...}"),
    "a number": (b"17", "the line is a number", "{...}"),
    "null": (b"null", "the line is null", "{...}"),
    "neither record nor probe": (b'{"fact": "x"}', "unknown key 'fact'", "id, text, importance, metadata"),
    "an empty object": (b"{}", "the key 'id' is missing", "add id and text"),
    "both record and probe": (b'{"id": "b", "probe": "x", "answers": ["a"]}', "unknown key 'id'", "probe, answers"),
    "no id": (b'{"text": "x"}', "the key 'id' is missing", "add id"),
    "no text": (b'{"id": "b"}', "the key 'text' is missing", "add text"),
    "a typing error in a key": (b'{"id": "b", "text": "x", "importnace": 1}', "unknown key 'importnace'", "importance"),
    "id a number": (b'{"id": 7, "text": "x"}', "id is a number, not a string", "JSON string"),
    "id empty": (b'{"id": "", "text": "x"}', "id is empty", "remove the line"),
    "id twice": (b'{"id": "a", "text": "x"}', "the id 'a' stands on line 1 already", "unique"),
    "text null": (b'{"id": "b", "text": null}', "text is null, not a string", "JSON string"),
    "text empty": (b'{"id": "b", "text": ""}', "text is empty", "remove the line"),
    "text blank": (b'{"id": "b", "text": " \\n\\t\\u00a0"}', "text is blank", "remove the line"),
    "text of 10 MB": (
        b'{"id": "b", "text": "' + b"x" * 10_000_000 + b'"}',
        "text has 10,000,000 bytes, over the limit of 1,048,576",
        "several records",
    ),
    "text over the limit in bytes alone": (
        b'{"id": "b", "text": "' + "é".encode() * (MEBIBYTE // 2 + 1) + b'"}',
        "text has 1,048,578 bytes",
        "several records",
    ),
    "a line without an end": (b'{"id": "b", "text": "' + b"x" * (17 * MEBIBYTE), "over 16,777,216 bytes", "Split"),
    "importance NaN": (b'{"id": "b", "text": "x", "importance": NaN}', "importance is NaN", "from 0 to 1"),
    "importance infinite": (b'{"id": "b", "text": "x", "importance": -Infinity}', "importance is infinite", "0 to 1"),
    "importance out of range": (b'{"id": "b", "text": "x", "importance": 1e999}', "importance is infinite", "0 to 1"),
    "importance negative": (b'{"id": "b", "text": "x", "importance": -0.1}', "importance is -0.1, under 0", "0 to 1"),
    "importance over 1": (b'{"id": "b", "text": "x", "importance": 1.5}', "importance is 1.5, over 1", "from 0 to 1"),
    "importance a huge number": (b'{"id": "b", "text": "x", "importance": 1' + b"0" * 400 + b"}", "over 1", "0 to 1"),
    "a number of 5,000 digits": (b'{"id": "b", "text": "x", "importance": 1' + b"0" * 5_000 + b"}", "digits", "Sho"),
    "importance a text": (b'{"id": "b", "text": "x", "importance": "high"}', "importance is a string", "from 0 to 1"),
    "importance a boolean": (b'{"id": "b", "text": "x", "importance": true}', "importance is a boolean", "from 0 to 1"),
    "importance null": (b'{"id": "b", "text": "x", "importance": null}', "importance is null", "leave the key out"),
    "metadata an array": (b'{"id": "b", "text": "x", "metadata": []}', "metadata is an array", "leave the key out"),
    "metadata NaN": (b'{"id": "b", "text": "x", "metadata": {"k": [NaN]}}', "metadata holds nan", "write null"),
    "surrogate in text": (b'{"id": "b", "text": "x\\ud83d"}', "text holds a lone surrogate (U+D83D", "UTF-8"),
    "surrogate in id": (b'{"id": "\\udc00", "text": "x"}', "id holds a lone surrogate", "whole"),
    "surrogate in metadata": (b'{"id": "b", "text": "x", "metadata": {"k": ["\\ud800"]}}', "metadata holds a", "whole"),
    "surrogate in a key": (b'{"id": "b", "text": "x", "metadata": {"\\ud800": 1}}', "metadata holds a lone", "whole"),
    "surrogate in a probe": (b'{"probe": "\\ud800?", "answers": ["a"]}', "probe holds a lone surrogate", "whole"),
    "surrogate as raw bytes": (b'{"id": "b", "text": "\xed\xa0\x80"}', "byte 22 (0xED) is no UTF-8", "Save the file"),
    "no UTF-8": (b'{"id": "b", "text": "caf\xe9"}', "byte 25 (0xE9) is no UTF-8", "Save the file as UTF-8"),
    "NUL in text": (b'{"id": "b", "text": "x\\u0000"}', "text holds a NUL character (character 2)", "SQLite"),
    "NUL in metadata": (b'{"id": "b", "text": "x", "metadata": {"k": "\\u0000"}}', "metadata holds a NUL", "Remove"),
    "metadata a huge number": (b'{"id": "b", "text": "x", "metadata": {"k": -1' + b"0" * 99 + b"}}", "64 bits", "as"),
    "nested too deep": (b'{"id": "b", "text": "x", "metadata": ' + b"[" * 200_000, "nested too deep", "Flatten"),
    "probe not a text": (b'{"probe": 1, "answers": ["a"]}', "probe is a number", "JSON string"),
    "probe blank": (b'{"probe": " ", "answers": ["a"]}', "probe is blank", "remove the line"),
    "probe without the key": (b'{"probe": "Who?"}', "the key 'answers' is missing", "add answers"),
    "probe without answers": (b'{"probe": "Who?", "answers": []}', "the probe has no answers", "Name the ids"),
    "answers a text": (b'{"probe": "Who?", "answers": "a"}', "answers is not an array of strings", '["id", ...]'),
    "answers numbers": (b'{"probe": "Who?", "answers": [1]}', "answers is not an array of strings", '["id", ...]'),
    "answer unknown": (b'{"probe": "Who?", "answers": ["a", "z"]}', "the answer 'z' is no id of a line above", "above"),
    "answer twice": (b'{"probe": "Who?", "answers": ["a", "a"]}', "answers names an id twice", "once"),
}  # fmt: skip


@pytest.mark.parametrize("kind", list(BAD_LINES))
def test_a_bad_line_is_named_with_its_problem_and_remedy(file: Path, kind: str) -> None:
    """The bad line is the third of the file, since a blank line stands between it and the good one."""
    line, problem, remedy = BAD_LINES[kind]
    source = write(file, GOOD, b"", line, record_line("later"))
    with pytest.raises(WorkloadError) as raised:
        list(source.records())
    text = str(raised.value)
    assert text.startswith(f"{file}:3: ")
    assert problem in text
    assert remedy in text
    assert len(text) < 600
    assert raised.value.exit_status == 2
    text.encode()


def test_an_answer_that_comes_only_later_is_unknown(file: Path) -> None:
    source = write(file, {"probe": "Where is a?", "answers": ["a"]}, GOOD)
    with pytest.raises(WorkloadError, match=r"mine\.jsonl:1: the answer 'a' is no id of a line above"):
        list(source.records())


def test_a_text_at_the_limit_is_taken(file: Path) -> None:
    source = write(file, {"id": "b", "text": "x" * MEBIBYTE})
    assert [len(record.text) for record in source.records()] == [MEBIBYTE]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=150)
@given(content=st.binary(max_size=200) | st.text(max_size=100).map(lambda text: text.encode("utf-8", "surrogatepass")))
def test_whatever_the_bytes_the_end_is_records_or_a_workload_error(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "fuzz.jsonl"
    path.write_bytes(content)
    with pytest.raises(WorkloadError, match=r"fuzz\.jsonl"):
        list(JsonlSource(path).records())


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=150)
@given(item=st.dictionaries(st.sampled_from(["id", "text", "importance", "metadata", "probe", "answers"]), some_json))
def test_whatever_the_object_the_end_is_a_record_or_an_error_on_its_line(tmp_path: Path, item: dict[str, Any]) -> None:
    source = write(tmp_path / "fuzz.jsonl", item)
    try:
        (record,) = source.records()
    except WorkloadError as error:
        assert "fuzz.jsonl:1: " in str(error)
    else:
        assert (record.id, record.text) == (item["id"], item["text"])


@pytest.mark.parametrize("content", [b"", b" \n\n", b"\xef\xbb\xbf"])
def test_a_file_without_a_record_is_an_error(file: Path, content: bytes) -> None:
    file.write_bytes(content)
    with pytest.raises(WorkloadError, match=r"mine\.jsonl: the file is empty: it holds no record\. Add lines"):
        list(JsonlSource(file).records())


def test_a_file_that_is_not_there_is_an_error_at_once(tmp_path: Path) -> None:
    with pytest.raises(WorkloadError, match=r"absent\.jsonl: there is no such file\. Check the path"):
        JsonlSource(tmp_path / "absent.jsonl")


def test_a_directory_is_an_error_at_once(tmp_path: Path) -> None:
    with pytest.raises(WorkloadError, match=r"this is a directory\. Name a file in it"):
        JsonlSource(tmp_path)


def test_a_pipe_is_refused_rather_than_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.jsonl")
    with pytest.raises(WorkloadError, match="no regular file"):
        JsonlSource(tmp_path / "pipe.jsonl")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read every file")
def test_an_unreadable_file_is_an_error_at_once(file: Path) -> None:
    file.write_bytes(GOOD)
    file.chmod(0)
    with pytest.raises(WorkloadError, match="may not be read"):
        JsonlSource(file)


@pytest.mark.parametrize("name", ["a\0b.jsonl", "x" * 300 + ".jsonl", "mine.jsonl/x.jsonl"])
def test_a_path_that_cannot_be_is_an_error_at_once(file: Path, name: str) -> None:
    file.write_bytes(GOOD)
    with pytest.raises(WorkloadError):
        JsonlSource(file.parent / name)


def test_reading_keeps_ids_and_probes_but_not_the_file(file: Path) -> None:
    """40 MB of texts are read with a few MB held."""
    source = write(file, *(record_line(f"r{number}", text="word " * 4_000) for number in range(2_000)))
    assert file.stat().st_size > 39_000_000
    tracemalloc.start()
    count = sum(1 for _ in source.records())
    peak_bytes = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert count == 2_000
    assert peak_bytes < 4_000_000


def test_what_is_read_is_described(file: Path) -> None:
    source = write(file, GOOD, record_line("b"), {"probe": "Who?", "answers": ["a"]})
    list(source.records())
    assert source.describe() == {
        "kind": "jsonl",
        "file": "mine.jsonl",
        "records_read": 2,
        "probes_read": 1,
        "records_without_importance": 1,
        "default_importance": 0.5,
    }


def test_reading_again_starts_anew(file: Path) -> None:
    source = write(file, GOOD, {"probe": "Who?", "answers": ["a"]})
    assert list(source.records()) == list(source.records())
    assert len(source.probes(1, 9)) == 1
    assert (source.ordinal("a"), source.ordinal("z"), source.id_of(0)) == (0, None, "a")
