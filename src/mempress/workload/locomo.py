"""LoCoMo conversations as a workload: turns are records, questions with evidence are probes.

The file is a JSON array of conversations (Maharana et al., "Evaluating Very Long-Term Conversational Memory of LLM
Agents", ACL 2024): ``sample_id``; ``conversation`` with ``session_N``, an array of turns ``{speaker, dia_id, text,
blip_caption?}``, and ``session_N_date_time``; ``qa``, an array of ``{question, evidence: [dia_id], category}``.

A record's id is ``sample_id/dia_id``, its text ``speaker: text``, the caption of a shared image in brackets behind
it. No turn has an importance, so all have 0.5. A probe is valid once its conversation is stored whole; its evidence
is to be found together. Left out and counted: adversarial questions (category 5, made to have no answer) and those
without usable evidence.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from datetime import datetime
from typing import TYPE_CHECKING, Any, NoReturn

from mempress.errors import WorkloadError
from mempress.systems.protocol import Record
from mempress.workload.checks import Problem, kind_of, text_problem
from mempress.workload.files import open_regular
from mempress.workload.model import Probe
from mempress.workload.placed import Placed

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from mempress.systems.protocol import JSON

IMPORTANCE = 0.5
ADVERSARIAL = 5
_MAX_FILE_BYTES = 256 << 20
_SESSION = re.compile(r"session_(\d+)")
_TURN = re.compile(r"D(\d+):(\d+)")
_DATE_TIME = re.compile(r"(\d{1,2}):(\d{2}) ([ap])m on (\d{1,2}) ([A-Z][a-z]+),? (\d{4})")
_MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip


class LocomoSource(Placed):
    """A Source that reads a file of LoCoMo conversations.

    Raises:
        WorkloadError: the file is missing, unreadable, no JSON, or not of the format; the text says where in it.
    """

    kind = "locomo"

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.name = f"locomo:{path.name}"
        self._path = path
        self._records: list[Record] = []
        self._counts: Counter[str] = Counter()
        conversations = self._list(self._load(), "the file")
        for number, conversation in enumerate(conversations, 1):
            self._take(f"conversation {number}", conversation)
        if not self._records:
            self._fail("the file", Problem("holds no turn", "Use a file such as locomo10.json."))

    def describe(self) -> Mapping[str, JSON]:
        """Give kind, file, what was read, which questions were left out and why, and that importance is constant."""
        names = ("conversations", "questions", "left_out_adversarial", "left_out_without_evidence", "evidence_unknown")
        return {
            "kind": self.kind,
            "file": self._path.name,
            "turns": len(self._records),
            "turns_without_text": self._counts["turns_without_text"],
            **{name: self._counts[name] for name in names},
            "probes": len(self._probes),
            "importance": f"constant {IMPORTANCE}: the conversations give none",
        }

    def records(self) -> Iterator[Record]:
        """Give the turns, conversation by conversation, session by session."""
        return iter(self._records)

    def _load(self) -> JSON:
        with open_regular(self._path) as file:
            content = file.read(_MAX_FILE_BYTES + 1)
        if len(content) > _MAX_FILE_BYTES:
            self._fail("the file", Problem(f"is over {_MAX_FILE_BYTES:,} bytes", "Split it by conversation."))
        try:
            return json.loads(content)
        except json.JSONDecodeError as error:
            remedy = "Use a file such as locomo10.json, unchanged."
            raise WorkloadError(self._path, error.lineno, f"the file is no JSON: {error.msg.lower()}", remedy) from None
        except (ValueError, RecursionError) as error:
            self._fail("the file", Problem(f"is no JSON in UTF-8 ({error})", "Use a file such as locomo10.json."))

    def _take(self, where: str, item: JSON) -> None:
        sample_id = self._text(item, "sample_id", where)
        where = f"{where} ({sample_id})"
        conversation = self._object(self._object(item, where).get("conversation"), f"{where}, conversation")
        turns: dict[tuple[int, int], str] = {}
        for number in sorted(int(found[1]) for key in conversation if (found := _SESSION.fullmatch(key))):
            self._take_session(f"{where}, session_{number}", sample_id, conversation, number, turns)
        for number, question in enumerate(self._list(item.get("qa", []), f"{where}, qa"), 1):
            self._take_question(f"{where}, qa {number}", question, turns)
        self._counts["conversations"] += 1

    def _take_session(
        self, where: str, sample_id: str, conversation: dict[str, Any], number: int, turns: dict[tuple[int, int], str]
    ) -> None:
        session = f"session_{number}"
        metadata: dict[str, JSON] = {"category": "dialogue", "source": f"{sample_id} {session}"}
        if f"{session}_date_time" in conversation:
            metadata["timestamp"] = self._timestamp(conversation, f"{session}_date_time", where)
        for place, turn in enumerate(self._list(conversation[session], where), 1):
            here = f"{where}, turn {place}"
            speaker, dia_id = self._text(turn, "speaker", here), self._text(turn, "dia_id", here)
            if (said := self._said(turn, here)) is None:
                self._counts["turns_without_text"] += 1
                continue
            record_id = f"{sample_id}/{dia_id}"
            if not self._ids.add(record_id):
                self._fail(here, Problem(f"the id {record_id!r} came before", "Make sample_id and dia_id unique."))
            text = f"{speaker}: {said}"
            self._check(here, text_problem("text", text))
            self._records.append(Record(record_id, text, IMPORTANCE, {**metadata, "tags": [speaker]}))
            turns |= dict.fromkeys(_turns_in(dia_id), record_id)

    def _said(self, turn: dict[str, Any], where: str) -> str | None:
        """Give a turn's words, the caption of its image in brackets; None where it has neither."""
        text, caption = turn.get("text"), turn.get("blip_caption")
        if not isinstance(text, str):
            self._fail(where, Problem(f"text is {kind_of(text)}, not a string", "Give each turn its text."))
        image = f"[{caption.strip()}]" if isinstance(caption, str) and caption.strip() else ""
        return " ".join(filter(None, (text.strip(), image))) or None

    def _timestamp(self, conversation: dict[str, Any], key: str, where: str) -> str:
        """Give the ISO 8601 form of a time such as ``1:56 pm on 8 May, 2023``."""
        text = self._text(conversation, key, where)
        if (time := _time_in(text)) is None:
            self._fail(where, Problem(f"{key} is {text!r}", "Write it as in '1:56 pm on 8 May, 2023'."))
        return time.isoformat()

    def _take_question(self, where: str, item: JSON, turns: dict[tuple[int, int], str]) -> None:
        question = self._text(item, "question", where)
        self._counts["questions"] += 1
        if item.get("category") == ADVERSARIAL:
            self._counts["left_out_adversarial"] += 1
            return
        evidence = self._list(item.get("evidence", []), f"{where}, evidence")
        named = [key for text in evidence for key in _turns_in(str(text))]
        answers = tuple(dict.fromkeys(turns[key] for key in named if key in turns))
        self._counts["evidence_unknown"] += sum(key not in turns for key in named)
        if not answers:
            self._counts["left_out_without_evidence"] += 1
            return
        self._place(Probe(question, answers))

    def _object(self, item: JSON, where: str) -> dict[str, Any]:
        if not isinstance(item, dict):
            self._fail(where, Problem(f"is {kind_of(item)}, not an object", "Use a file such as locomo10.json."))
        return item

    def _list(self, item: JSON, where: str) -> list[Any]:
        if not isinstance(item, list):
            self._fail(where, Problem(f"is {kind_of(item)}, not an array", "Use a file such as locomo10.json."))
        return item

    def _text(self, item: JSON, key: str, where: str) -> str:
        """Give a text that has to be there and to have words."""
        value = self._object(item, where).get(key)
        if key not in item:
            self._fail(where, Problem(f"the key {key!r} is missing", "Use a file such as locomo10.json."))
        self._check(where, text_problem(key, value))
        return str(value)

    def _check(self, where: str, problem: Problem | None) -> None:
        if problem is not None:
            self._fail(where, problem)

    def _fail(self, where: str, problem: Problem) -> NoReturn:
        raise WorkloadError(self._path, None, f"{where}: {problem.what}", problem.remedy)


def _turns_in(text: str) -> list[tuple[int, int]]:
    """Give the turns that a piece of evidence names: one as a rule, or several (``D8:6; D9:17``)."""
    return [(int(session), int(turn)) for session, turn in _TURN.findall(text)]


def _time_in(text: str) -> datetime | None:
    """Give the time that ``1:56 pm on 8 May, 2023`` names, whatever the locale; None where it names none."""
    found = _DATE_TIME.fullmatch(text.strip())
    if found is None or found[5] not in _MONTHS or not 1 <= int(found[1]) <= 12:
        return None
    hour = int(found[1]) % 12 + (12 if found[3] == "p" else 0)
    try:
        return datetime(int(found[6]), _MONTHS.index(found[5]) + 1, int(found[4]), hour, int(found[2]))
    except ValueError:
        return None
