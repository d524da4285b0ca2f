"""LoCoMo conversations: a tiny file in the format always, the real sample where it is at hand."""

from __future__ import annotations

import json
import os
from collections import Counter
from copy import deepcopy
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from mempress.errors import WorkloadError
from mempress.systems.protocol import Record
from mempress.workload.locomo import LocomoSource
from mempress.workload.model import Probe

if TYPE_CHECKING:
    from collections.abc import Callable

CONVERSATIONS: list[dict[str, Any]] = [
    {
        "sample_id": "t-1",
        "conversation": {
            "speaker_a": "Ada",
            "speaker_b": "Bo",
            "session_10_date_time": "12:05 am on 1 January, 2024",
            "session_10": [{"speaker": "Bo", "dia_id": "D10:1", "text": "Happy new year!"}],
            "session_2_date_time": "12:30 pm on 8 May, 2023",
            "session_2": [
                {"speaker": "Ada", "dia_id": "D2:1", "text": "Look!", "blip_caption": "a photo of a red boat"},
                {"speaker": "Bo", "dia_id": "D2:2", "text": " ", "blip_caption": "a photo of a dog"},
                {"speaker": "Bo", "dia_id": "D2:3", "text": ""},
            ],
            "session_11_date_time": "9:00 am on 3 January, 2024",
        },
        "qa": [
            {"question": "What did Ada show?", "answer": "a boat", "evidence": ["D2:1"], "category": 1},
            {"question": "What did they show?", "answer": "both", "evidence": ["D2:1; D2:2", "D2:02"], "category": 1},
            {"question": "When?", "answer": 2024, "evidence": ["D10:1", "D99:9"], "category": 2},
            {"question": "Why?", "answer": "who knows", "evidence": [], "category": 3},
            {"question": "And where?", "answer": "here", "evidence": ["D", "D7:7"], "category": 4},
            {"question": "What did Bo buy?", "adversarial_answer": "x", "evidence": ["D2:1"], "category": 5},
        ],
    },
    {
        "sample_id": "t-2",
        "conversation": {"session_1": [{"speaker": "Cy", "dia_id": "D2:1", "text": "Hello."}]},
        "qa": [{"question": "Who greets?", "answer": "Cy", "evidence": ["D2:1"], "category": 4}],
    },
]


def source_of(tmp_path: Path, content: object) -> LocomoSource:
    path = tmp_path / "tiny.json"
    path.write_text(json.dumps(content), encoding="utf-8")
    return LocomoSource(path)


def test_turns_are_records_in_the_order_of_their_sessions(tmp_path: Path) -> None:
    """Session 2 comes before session 10, conversations do not mix, a turn without words or image is left out."""
    records = list(source_of(tmp_path, CONVERSATIONS).records())
    spring = {"category": "dialogue", "source": "t-1 session_2", "timestamp": "2023-05-08T12:30:00"}
    winter = {"category": "dialogue", "source": "t-1 session_10", "timestamp": "2024-01-01T00:05:00"}
    assert records == [
        Record("t-1/D2:1", "Ada: Look! [a photo of a red boat]", 0.5, {**spring, "tags": ["Ada"]}),
        Record("t-1/D2:2", "Bo: [a photo of a dog]", 0.5, {**spring, "tags": ["Bo"]}),
        Record("t-1/D10:1", "Bo: Happy new year!", 0.5, {**winter, "tags": ["Bo"]}),
        Record("t-2/D2:1", "Cy: Hello.", 0.5, {"category": "dialogue", "source": "t-2 session_1", "tags": ["Cy"]}),
    ]


def test_a_probe_is_valid_once_its_conversation_is_stored_whole(tmp_path: Path) -> None:
    source = source_of(tmp_path, CONVERSATIONS)
    of_first = {
        Probe("What did Ada show?", ("t-1/D2:1",)),
        Probe("What did they show?", ("t-1/D2:1", "t-1/D2:2")),
        Probe("When?", ("t-1/D10:1",)),
    }
    assert source.probes(2, 9) == []
    assert set(source.probes(3, 9)) == of_first
    assert set(source.probes(4, 9)) == of_first | {Probe("Who greets?", ("t-2/D2:1",))}
    assert len(source.probes(4, 2)) == 2


def test_what_is_left_out_is_counted(tmp_path: Path) -> None:
    """D99:9 and D7:7 name no turn; ``D`` names nothing at all."""
    assert source_of(tmp_path, CONVERSATIONS).describe() == {
        "kind": "locomo",
        "file": "tiny.json",
        "turns": 4,
        "turns_without_text": 1,
        "conversations": 2,
        "questions": 7,
        "left_out_adversarial": 1,
        "left_out_without_evidence": 2,
        "evidence_unknown": 2,
        "probes": 4,
        "importance": "constant 0.5: the conversations give none",
    }


def first_turn(content: list[dict[str, Any]]) -> dict[str, Any]:
    turn = content[0]["conversation"]["session_2"][0]
    assert isinstance(turn, dict)
    return turn


BROKEN: dict[str, tuple[Callable[[list[dict[str, Any]]], object], str]] = {
    "no sample_id": (lambda all_: all_[1].pop("sample_id"), "conversation 2: the key 'sample_id' is missing"),
    "no conversation": (lambda all_: all_[1].pop("conversation"), r"conversation 2 (t-2), conversation: is null"),
    "a session no array": (
        lambda all_: all_[0]["conversation"].update(session_10={}),
        "conversation 1 (t-1), session_10: is an object, not an array",
    ),
    "a turn no object": (
        lambda all_: all_[0]["conversation"]["session_2"].insert(1, "hi"),
        "conversation 1 (t-1), session_2, turn 2: is a string, not an object",
    ),
    "no text": (lambda all_: first_turn(all_).pop("text"), "(t-1), session_2, turn 1: text is null, not a string"),
    "no speaker": (lambda all_: first_turn(all_).pop("speaker"), "session_2, turn 1: the key 'speaker' is missing"),
    "no dia_id": (lambda all_: first_turn(all_).pop("dia_id"), "session_2, turn 1: the key 'dia_id' is missing"),
    "a dia_id twice": (
        lambda all_: first_turn(all_).update(dia_id="D2:2"),
        "session_2, turn 2: the id 't-1/D2:2' came before",
    ),
    "the same sample twice": (lambda all_: all_.append(all_[1]), "the id 't-2/D2:1' came before"),
    "a text over 1 MiB": (lambda all_: first_turn(all_).update(text="x" * 1_100_000), "turn 1: text has 1,1"),
    "a lone surrogate": (lambda all_: first_turn(all_).update(text="\ud800"), "turn 1: text holds a lone surrogate"),
    "a NUL": (lambda all_: first_turn(all_).update(text="a\0"), "turn 1: text holds a NUL"),
    "a strange date": (
        lambda all_: all_[0]["conversation"].update(session_2_date_time="yesterday"),
        "session_2: session_2_date_time is 'yesterday'",
    ),
    "a month that is none": (
        lambda all_: all_[0]["conversation"].update(session_2_date_time="1:00 pm on 8 Mai, 2023"),
        "session_2: session_2_date_time is '1:00 pm on 8 Mai, 2023'",
    ),
    "a day that is none": (
        lambda all_: all_[0]["conversation"].update(session_2_date_time="1:00 pm on 31 April, 2023"),
        "session_2: session_2_date_time is '1:00 pm on 31 April, 2023'",
    ),
    "qa no array": (lambda all_: all_[0].update(qa={}), "conversation 1 (t-1), qa: is an object, not an array"),
    "no question": (lambda all_: all_[0]["qa"][2].pop("question"), "(t-1), qa 3: the key 'question' is missing"),
    "evidence no array": (lambda all_: all_[0]["qa"][0].update(evidence="D2:1"), "qa 1, evidence: is a string"),
    "no turn at all": (lambda all_: all_.clear(), "the file: holds no turn"),
}


@pytest.mark.parametrize("kind", list(BROKEN))
def test_broken_structure_is_named_by_its_place(tmp_path: Path, kind: str) -> None:
    spoil, problem = BROKEN[kind]
    content = deepcopy(CONVERSATIONS)
    spoil(content)
    with pytest.raises(WorkloadError) as raised:
        source_of(tmp_path, content)
    assert str(raised.value).startswith(f"{tmp_path / 'tiny.json'}: ")
    assert problem in str(raised.value)
    assert str(raised.value).endswith(".")


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b'[{"qa": [],\n}]', r"tiny\.json:2: the file is no JSON"),
        (b"\xff", "no JSON in UTF-8"),
        (b"{}", "the file: is an object, not an array"),
        (b"[1]", "conversation 1: is a number, not an object"),
        (b"", r"tiny\.json:1: the file is no JSON"),
    ],
)
def test_what_is_no_array_of_conversations_is_refused(tmp_path: Path, content: bytes, problem: str) -> None:
    (tmp_path / "tiny.json").write_bytes(content)
    with pytest.raises(WorkloadError, match=problem):
        LocomoSource(tmp_path / "tiny.json")


def test_a_file_that_is_not_there_is_an_error_at_once(tmp_path: Path) -> None:
    with pytest.raises(WorkloadError, match="there is no such file"):
        LocomoSource(tmp_path / "absent.json")


def real_sample() -> Path:
    root = Path(__file__).parents[2]
    path = Path(os.environ.get("MEMPRESS_LOCOMO", root.parent / "shared" / "data" / "locomo_sample.json"))
    if not path.is_file():
        pytest.skip("no LoCoMo file: set MEMPRESS_LOCOMO to its path")
    return path


def test_the_real_sample_is_read_whole() -> None:
    """Every turn of the file is a record, and every answerable question whose evidence names a turn is a probe."""
    path = real_sample()
    raw = json.loads(path.read_bytes())
    turns = {
        f"{item['sample_id']}/{turn['dia_id']}": turn
        for item in raw
        for value in item["conversation"].values()
        if isinstance(value, list)
        for turn in value
    }
    source = LocomoSource(path)
    records = {record.id: record for record in source.records()}
    assert records.keys() == turns.keys()
    assert all(
        records[key].text.startswith(f"{turn['speaker']}: {turn['text'].strip()}") for key, turn in turns.items()
    )
    assert all("timestamp" in record.metadata for record in records.values())
    asked = Counter(question["question"] for item in raw for question in item["qa"] if question["category"] != 5)
    probes = source.probes(len(records), 100_000)
    assert not Counter(probe.query for probe in probes) - asked
    assert len(probes) + source.describe()["left_out_without_evidence"] == sum(asked.values())
    assert source.describe()["left_out_without_evidence"] < 0.05 * sum(asked.values())
    assert all(answer in records for probe in probes for answer in probe.answers)
