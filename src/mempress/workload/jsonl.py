"""One's own workload: a file of records and probes, one JSON object a line, in the order in which they happen.

    {"id": "a1", "text": "Ann moved to Oslo.", "importance": 0.8, "metadata": {"timestamp": "2026-03-01T09:00:00Z"}}
    {"probe": "Where does Ann live?", "answers": ["a1"]}

Each line is judged as it is read; nothing of the file is kept but ids, line numbers and probes. Blank lines are
skipped.
"""

from __future__ import annotations

from array import array
from typing import TYPE_CHECKING, Any, NoReturn

from mempress.errors import WorkloadError
from mempress.systems.protocol import Record
from mempress.workload.checks import Problem, importance_problem, kind_of, metadata_problem, text_problem
from mempress.workload.files import decode_line, numbered_lines, open_regular
from mempress.workload.model import Probe
from mempress.workload.placed import Placed

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from mempress.systems.protocol import JSON

DEFAULT_IMPORTANCE = 0.5
_RECORD_KEYS = ("id", "text", "importance", "metadata")
_PROBE_KEYS = ("probe", "answers")


class JsonlSource(Placed):
    """A Source that reads a file of records and probes; a probe is valid from its place in the file on.

    Raises:
        WorkloadError: the file is missing or is no regular, readable file; later, on reading, a line cannot be used.
    """

    kind = "jsonl"

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.name = path.name
        self._path = path
        open_regular(path).close()

    def _forget(self) -> None:
        super()._forget()
        self._lines = array("Q")
        self._unrated = 0

    def describe(self) -> Mapping[str, JSON]:
        """Give kind, file, what was read of it so far, and how many records came without an importance."""
        return {
            "kind": self.kind,
            "file": self._path.name,
            "records_read": len(self._ids),
            "probes_read": len(self._probes),
            "records_without_importance": self._unrated,
            "default_importance": DEFAULT_IMPORTANCE,
        }

    def records(self) -> Iterator[Record]:
        """Give the records, judging every line on the way.

        Raises:
            WorkloadError: a line cannot be used, or there is no record.
        """
        self._forget()
        with open_regular(self._path) as file:
            for number, line in numbered_lines(self._path, file):
                item = decode_line(self._path, number, line)
                if (record := self._take(number, item)) is not None:
                    yield record
        if not len(self._ids):
            remedy = 'Add lines such as {"id": "a1", "text": "..."}.'
            raise WorkloadError(self._path, None, "the file is empty: it holds no record", remedy)

    def _take(self, number: int, item: JSON) -> Record | None:
        """Give the record of a line, or keep its probe and give None."""
        if not isinstance(item, dict):
            self._fail(number, Problem(f"the line is {kind_of(item)}, not an object", "Write one {...} a line."))
        if "probe" in item:
            self._take_probe(number, item)
            return None
        return self._take_record(number, item)

    def _take_record(self, number: int, item: dict[str, Any]) -> Record:
        self._check_keys(number, item, "record", _RECORD_KEYS, required=2)
        self._check(number, text_problem("id", item["id"]))
        self._check(number, text_problem("text", item["text"]))
        if "importance" in item:
            self._check(number, importance_problem(item["importance"]))
        if "metadata" in item:
            self._check(number, metadata_problem(item["metadata"]))
        self._add_id(number, item["id"])
        self._unrated += "importance" not in item
        return Record(
            item["id"], item["text"], float(item.get("importance", DEFAULT_IMPORTANCE)), item.get("metadata", {})
        )

    def _add_id(self, number: int, record_id: str) -> None:
        if not self._ids.add(record_id):
            first = self._lines[self._ids.ordinal(record_id) or 0]
            self._fail(
                number, Problem(f"the id {_short(record_id)} stands on line {first} already", "Make ids unique.")
            )
        self._lines.append(number)

    def _take_probe(self, number: int, item: dict[str, Any]) -> None:
        self._check_keys(number, item, "probe", _PROBE_KEYS, required=2)
        self._check(number, text_problem("probe", item["probe"]))
        answers = item["answers"]
        if not isinstance(answers, list) or not all(isinstance(answer, str) for answer in answers):
            self._fail(number, Problem("answers is not an array of strings", 'Write "answers": ["id", ...].'))
        if not answers:
            self._fail(number, Problem("the probe has no answers", "Name the ids that answer it or remove the line."))
        for answer in answers:
            if self._ids.ordinal(answer) is None:
                remedy = "Name a record that stands above the probe."
                self._fail(number, Problem(f"the answer {_short(answer)} is no id of a line above", remedy))
        if len(set(answers)) < len(answers):
            self._fail(number, Problem("answers names an id twice", "Name each id once."))
        self._place(Probe(item["probe"], tuple(answers)))

    def _check_keys(
        self, number: int, item: dict[str, Any], kind: str, keys: tuple[str, ...], *, required: int
    ) -> None:
        if unknown := [key for key in item if key not in keys]:
            remedy = f"A {kind} has the keys {', '.join(keys)}; put anything else into metadata of a record."
            self._fail(number, Problem(f"unknown key {', '.join(map(_short, unknown))}", remedy))
        if missing := [key for key in keys[:required] if key not in item]:
            remedy = f'A record needs "id" and "text", a probe "probe" and "answers": add {" and ".join(missing)}.'
            self._fail(number, Problem(f"the key {_short(missing[0])} is missing", remedy))

    def _check(self, number: int, problem: Problem | None) -> None:
        if problem is not None:
            self._fail(number, problem)

    def _fail(self, number: int, problem: Problem) -> NoReturn:
        raise WorkloadError(self._path, number, problem.what, problem.remedy)


def _short(text: str) -> str:
    """Quote a name for an error, cut where it is long."""
    return repr(text if len(text) <= 80 else text[:77] + "...")
