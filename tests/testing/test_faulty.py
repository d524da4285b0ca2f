"""Each faulty system is loadable, and its fault comes at the moment that its options name."""

from __future__ import annotations

import signal
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

from mempress.systems.protocol import Record, SystemConfig, check_adapter
from mempress.testing import faulty

if TYPE_CHECKING:
    from pathlib import Path

FAULTY: list[Any] = [
    value
    for name, value in vars(faulty).items()
    if isinstance(value, type) and value.__module__ == faulty.__name__ and not name.startswith("_")
]
INVALID = {faulty.DeclaresWhatItLacks, faulty.HasWhatItDoesNotDeclare}


def records(number: int) -> list[Record]:
    return [Record(str(i), f"the text of {i}") for i in range(number)]


def drive(system: str, tmp_path: Path, options: str, *steps: str) -> subprocess.CompletedProcess[bytes]:
    """Take the steps in a process of their own, each announced on stderr before it is taken."""
    program = [
        "import sys; from pathlib import Path; from mempress import Record, SystemConfig",
        f"from mempress.testing.faulty import {system}",
        "batch = lambda first, last: [Record(str(i), f'the text of {i}') for i in range(first, last)]",
        f"config = SystemConfig(options={options})",
        f"system = {system}(Path({str(tmp_path)!r}), config)",
    ]
    for step in steps:
        program += [f"print({step!r}, file=sys.stderr, flush=True)", step]
    command = [sys.executable, "-c", "\n".join(program)]
    return subprocess.run(command, capture_output=True, check=False)


@pytest.mark.parametrize("system", FAULTY, ids=lambda cls: cls.__name__)
def test_each_has_a_name_of_its_own_and_loads_unless_that_is_its_fault(system: Any) -> None:
    assert [other for other in FAULTY if other.name == system.name] == [system]
    if system not in INVALID:
        check_adapter(system)


def test_it_dies_in_the_store_that_holds_the_record(tmp_path: Path) -> None:
    """Before that, all is well; the batch in which it dies is not acknowledged."""
    ran = drive("DiesInStore", tmp_path, "{'at': 30}", "system.store(batch(0, 29))", "system.store(batch(29, 40))")
    assert ran.returncode == 3
    assert ran.stderr.splitlines()[-1] == b"system.store(batch(29, 40))"


def test_it_segfaults_at_the_given_search(tmp_path: Path) -> None:
    ran = drive(
        "SegfaultsInSearch", tmp_path, "{'at': 2}", "system.search('one', limit=1)", "system.search('two', limit=1)"
    )
    assert ran.returncode == -signal.SIGSEGV
    assert ran.stderr.splitlines()[-1] == b"system.search('two', limit=1)"


def test_it_refuses_from_a_record_on_and_stays_readable(tmp_path: Path) -> None:
    system = faulty.RefusesAfter(tmp_path, SystemConfig(options={"at": 30}))
    system.store(records(29))
    for _ in range(3):
        with pytest.raises(RuntimeError, match="the store is full"):
            system.store(records(1))
    assert system.count() == 29
    assert len(system.search("the text", limit=5)) == 5
    system.close()


def test_it_gives_thirty_hits_for_five(tmp_path: Path) -> None:
    system = faulty.IgnoresLimit(tmp_path, SystemConfig())
    system.store(records(100))
    assert len(system.search("nothing of the kind", limit=5)) == 30
    system.close()


def test_it_prints_a_megabyte_on_each_stream(tmp_path: Path) -> None:
    ran = drive("PrintsMegabyte", tmp_path, "{}", "system.store(batch(0, 1))")
    assert (len(ran.stdout), len(ran.stderr)) == (2_000_004, 2_000_004 + len("system.store(batch(0, 1))\n"))


def test_it_loses_every_tenth_and_tells_the_truth(tmp_path: Path) -> None:
    system = faulty.LosesRecords(tmp_path, SystemConfig())
    for start in range(0, 100, 25):
        system.store(records(100)[start : start + 25])
    assert system.count() == len(system.get([str(i) for i in range(100)])) == 90
    system.close()


def test_it_eats_as_much_memory_as_it_is_told(tmp_path: Path) -> None:
    system = faulty.EatsMemory(tmp_path, SystemConfig(options={"bytes_per_record": 1_000}))
    system.store(records(100))
    assert sum(map(len, system._eaten)) == 100_000
    system.close()


@pytest.mark.parametrize("kind", faulty.ReturnsGarbage.kinds)
def test_it_returns_the_garbage_that_it_is_asked_for(kind: str, tmp_path: Path) -> None:
    """None of the kinds is a sound answer."""
    system = faulty.ReturnsGarbage(tmp_path, SystemConfig(options={"garbage": kind}))
    answer: Any = system.search("anything", limit=5)
    sound = isinstance(answer, list) and all(
        hasattr(hit, "score") and hit.score == hit.score and len(hit.text) < 10_000 and hit.text.isprintable()
        for hit in answer
    )
    assert not sound
    system.close()
