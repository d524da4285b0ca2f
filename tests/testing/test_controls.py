"""The controls give what they promise: nothing, exact answers, and an honest floor that survives its process."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mempress.systems.protocol import Hit, Record, SystemConfig, check_adapter
from mempress.testing.controls import Null, Perfect, PlainList, words
from mempress.testing.recordlog import RecordLog

if TYPE_CHECKING:
    from collections.abc import Sequence

IDS = st.sampled_from([f"r{number}" for number in range(8)])
TEXTS = st.text(st.characters(codec="utf-8"), min_size=1, max_size=40)
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("store"), st.dictionaries(IDS, TEXTS, max_size=4)),
        st.tuples(st.just("delete"), st.lists(IDS, max_size=3)),
        st.tuples(st.just("reopen"), st.none()),
    ),
    max_size=12,
)


def ids_of(hits: Sequence[Hit]) -> list[str | None]:
    return [hit.record_id for hit in hits]


@pytest.mark.parametrize("control", [Null, Perfect, PlainList])
def test_the_controls_are_sound_adapters(control: type) -> None:
    """Their capabilities and methods agree."""
    check_adapter(control)


def test_null_finds_nothing_and_keeps_nothing(tmp_path: Path) -> None:
    """It has no place to keep anything in, neither on disk nor in memory."""
    null = Null(tmp_path, SystemConfig())
    null.store([Record("a", "A text.")])
    assert list(null.search("A text.", limit=5)) == []
    null.close()
    assert not list(tmp_path.iterdir())
    assert not hasattr(null, "__dict__")


def test_perfect_answers_by_its_key(tmp_path: Path) -> None:
    """The key's order decides, what is not held is left out, and the limit holds."""
    key = tmp_path / "key.json"
    key.write_text(json.dumps({"Where is Ada?": ["c", "a", "gone", "b"]}))
    perfect = Perfect(tmp_path, SystemConfig(options={"key": str(key)}))
    perfect.store([Record(name, f"text of {name}") for name in "abcd"])
    assert ids_of(perfect.search("Where is Ada?", limit=5)) == ["c", "a", "b"]
    perfect.delete(["a"])
    assert ids_of(perfect.search("Where is Ada?", limit=2)) == ["c", "b"]


def test_perfect_without_a_key_prefers_rare_words_then_the_newest(tmp_path: Path) -> None:
    """One rare shared word outweighs a common one; equals come newest first."""
    perfect = Perfect(tmp_path, SystemConfig())
    perfect.store([Record(str(number), "the garden is green") for number in range(5)])
    perfect.store([Record("rare", "an orchid grows")])
    assert ids_of(perfect.search("the orchid", limit=3)) == ["rare", "4", "3"]


@given(st.lists(st.tuples(st.sampled_from(["store", "delete"]), IDS, TEXTS), max_size=20))
def test_perfect_finds_exactly_what_shares_a_word(steps: list[tuple[str, str, str]]) -> None:
    """However it was stored, replaced and deleted, its index agrees with a scan of what is held."""
    perfect = Perfect(Path("unused"), SystemConfig())
    held: dict[str, str] = {}
    for step, key, text in steps:
        if step == "store":
            perfect.store([Record(key, text)])
            held[key] = text
        else:
            assert perfect.delete([key]) == (held.pop(key, None) is not None)
    assert perfect.get(list(held)) == held
    for _, _, query in steps:
        expected = {key for key, text in held.items() if words(text) & words(query)}
        assert set(ids_of(perfect.search(query, limit=100))) == expected


@settings(max_examples=60)
@given(STEPS)
def test_plain_list_holds_what_a_dictionary_would(steps: list[tuple[str, object]]) -> None:
    """Stores, replacements, deletions and restarts in any order leave the same records."""
    held: dict[str, str] = {}
    with TemporaryDirectory() as scratch:
        system = PlainList(Path(scratch), SystemConfig())
        for step, argument in steps:
            if isinstance(argument, dict):
                system.store([Record(key, text) for key, text in argument.items()])
                held |= argument
            elif isinstance(argument, list):
                assert system.delete(argument) == len(set(argument) & set(held))
                held = {key: text for key, text in held.items() if key not in argument}
            else:
                assert step == "reopen"
                system.close()
                system = PlainList(Path(scratch), SystemConfig())
            assert system.count() == len(held)
            assert system.get([f"r{number}" for number in range(8)]) == held
        system.close()


def test_plain_list_ranks_by_shared_words_then_the_newest(tmp_path: Path) -> None:
    """The score is the number of shared words; what shares none is not found."""
    system = PlainList(tmp_path, SystemConfig())
    system.store([Record("one", "red house"), Record("two", "red brick house"), Record("new", "a red door")])
    system.store([Record("none", "blue sky")])
    hits = system.search("The RED, brick house!", limit=9)
    assert [(hit.record_id, hit.score) for hit in hits] == [("two", 3.0), ("one", 2.0), ("new", 1.0)]
    system.close()


def test_a_killed_plain_list_keeps_every_acknowledged_record(tmp_path: Path) -> None:
    """SIGKILL in the midst of stores: all that store() returned for is there when the workdir is opened again."""
    program = (
        "import sys\nfrom pathlib import Path\n"
        "from mempress import Record, SystemConfig\nfrom mempress.testing.controls import PlainList\n"
        "system = PlainList(Path(sys.argv[1]), SystemConfig())\nnumber = 0\n"
        "while True:\n"
        "    system.store([Record(str(number + i), f'text {number + i} ' * 50) for i in range(7)])\n"
        "    number += 7\n    print(number, flush=True)\n"
    )
    command = [sys.executable, "-c", program, str(tmp_path)]
    child = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert child.stdout is not None
    with child.stdout as acknowledgements:
        lines = [acknowledgements.readline() for _ in range(40)]
        os.kill(child.pid, signal.SIGKILL)
        child.wait()
        lines += acknowledgements.read().splitlines()
    acknowledged = int(lines[-1])
    system = PlainList(tmp_path, SystemConfig())
    texts = system.get([str(number) for number in range(acknowledged)])
    system.close()
    assert texts == {str(number): f"text {number} " * 50 for number in range(acknowledged)}


@given(st.integers(min_value=0, max_value=400))
def test_a_log_cut_anywhere_keeps_its_whole_lines(cut: int) -> None:
    """A power cut in the midst of a line loses that line alone, and the next append stands on a line of its own."""
    with TemporaryDirectory() as scratch:
        path = Path(scratch) / "records.jsonl"
        log = RecordLog(path)
        log.add([Record(str(number), "text" * number, 0.25, {"tags": ["a"]}) for number in range(6)])
        log.close()
        kept = path.read_bytes()[:cut]
        path.write_bytes(kept)
        log = RecordLog(path)
        before = log.replay()
        log.add([Record("later", "a later text")])
        after = log.replay()
        log.close()
        assert list(before) == [str(number) for number in range(kept.count(b"\n"))]
        assert list(after) == [*before, "later"]


def test_the_controls_load_the_standard_library_alone() -> None:
    """They run in a bare worker process, whatever is installed beside it."""
    program = (
        "import sys, mempress.testing.controls, mempress.testing.scripted, mempress.testing.faulty\n"
        "import mempress.testing.complete\n"
        "known = {*sys.stdlib_module_names, 'mempress', '__main__'}\n"
        "print(*sorted({name.partition('.')[0] for name in sys.modules} - known))\n"
    )
    environment = os.environ | {"PYTHONPATH": str(Path(__import__("mempress").__path__[0]).parent)}
    command = [sys.executable, "-S", "-c", program]
    ran = subprocess.run(command, capture_output=True, text=True, check=True, env=environment)
    assert ran.stdout == "\n"
