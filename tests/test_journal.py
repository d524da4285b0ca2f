"""A journal holds every event as it was written, whatever happens to the process or the disk."""

from __future__ import annotations

import subprocess
import sys
import types
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, Union, get_args, get_origin

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mempress import journal
from mempress.errors import JournalError
from mempress.journal import Asked, DiskRead, Ended, Event, JournalWriter, MemoryRead, NoiseRead, PhaseBegan

if TYPE_CHECKING:
    from collections.abc import Callable

GOLDEN = Path(__file__).parent / "golden" / "journal.jsonl"
KINDS: tuple[type[Event], ...] = get_args(journal.Line)
_TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
_INT = st.integers(-(2**63), 2**63 - 1)
_FLOAT = st.floats(allow_nan=False, allow_infinity=False)
_SCALAR = st.none() | st.booleans() | _INT | _FLOAT | _TEXT
_JSON = st.recursive(_SCALAR, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_TEXT, inner, max_size=3))
_PLAIN: dict[Any, st.SearchStrategy[Any]] = {
    int: _INT,
    float: _FLOAT,
    str: _TEXT,
    bool: st.booleans(),
    Any: _JSON,
    type(None): st.none(),
}

_COLLECTIONS: dict[Any, Callable[..., st.SearchStrategy[Any]]] = {
    list: lambda item: st.lists(item, max_size=3),
    Sequence: lambda item: st.lists(item, max_size=3),
    tuple: st.tuples,
    dict: lambda key, item: st.dictionaries(key, item, max_size=3),
}


def values_of(kind: Any) -> st.SearchStrategy[Any]:
    """Give any value of an annotated type, so that a new field or event is tested without a word here."""
    origin, arguments = get_origin(kind), get_args(kind)
    if kind in _PLAIN:
        return _PLAIN[kind]
    if origin is Literal:
        return st.sampled_from(arguments)
    if origin in {Union, types.UnionType}:
        return st.one_of(*map(values_of, arguments))
    if origin in _COLLECTIONS:
        return _COLLECTIONS[origin](*map(values_of, arguments))
    fields = {field.name: values_of(field.type) for field in msgspec.structs.fields(kind)}
    return st.builds(kind, **fields)


def write(path: Path, events: list[Event]) -> None:
    with JournalWriter(path) as writer:
        for event in events:
            writer.write(event)


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(data=st.data())
def test_an_event_of_each_kind_is_read_as_it_was_written(
    tmp_path: Path, kind: type[Event], data: st.DataObject
) -> None:
    events = data.draw(st.lists(values_of(kind), min_size=1, max_size=2))
    path = tmp_path / "events.jsonl"
    path.unlink(missing_ok=True)
    write(path, events)
    assert list(journal.read_journal(path)) == events


def test_one_line_of_each_kind_has_the_form_that_old_journals_have(
    request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    """Who changes a line's form sees it here; the old form is still read."""
    assert {type(event) for event in EXAMPLES} == set(KINDS)
    path = tmp_path / "events.jsonl"
    write(path, EXAMPLES)
    if request.config.getoption("--update-golden"):
        GOLDEN.parent.mkdir(exist_ok=True)
        GOLDEN.write_bytes(path.read_bytes())
    assert path.read_text("utf-8") == GOLDEN.read_text("utf-8"), "read the difference, then run with --update-golden"
    assert list(journal.read_journal(GOLDEN)) == EXAMPLES


def test_a_journal_cut_at_any_byte_gives_the_lines_that_are_whole(tmp_path: Path) -> None:
    whole = GOLDEN.read_bytes()
    path = tmp_path / "events.jsonl"
    for length in range(0, len(whole) + 1, 7):
        path.write_bytes(whole[:length])
        assert list(journal.read_journal(path)) == EXAMPLES[: whole[:length].count(b"\n")]


@pytest.mark.parametrize(
    "bad",
    [
        b"",
        b"{}",
        b'{"type":"later","t_ns":1}',
        b'{"type":"phase","t_ns":"1"}',
        b"\xff",
        b'{"type":"phase","t_ns":1,"phase":"\xff"}',
        b'{"type":"maintained","value":' + b"[" * 10_000,
        b'{"type":"phase","t_ns":1,"ph{"type":"phase","t_ns":2,"phase":"load"}',
    ],
)
def test_a_bad_line_before_the_end_is_named_with_its_number(tmp_path: Path, bad: bytes) -> None:
    good = b'{"type":"phase","t_ns":1,"phase":"setup"}\n'
    path = tmp_path / "events.jsonl"
    path.write_bytes(good + bad + b"\n" + good)
    with pytest.raises(JournalError, match=rf"{path}:2: .*restore the file"):
        list(journal.read_journal(path))


def test_a_missing_journal_is_said_to_be_missing(tmp_path: Path) -> None:
    with pytest.raises(JournalError, match="No such file or directory"):
        list(journal.read_journal(tmp_path / "events.jsonl"))


FULL_DISK = """
import resource, sys
from pathlib import Path
from mempress.journal import Failed, JournalWriter, PhaseBegan

resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))
big = Failed(t_ns=1, phase="load", records=0, kind="exception", operation="store", message="x" * 800)
with JournalWriter(Path(sys.argv[1])) as journal:
    try:
        while True:
            journal.write(big)
            print("written")
    except OSError:
        journal.write(PhaseBegan(t_ns=2, phase="teardown"))
"""


def test_a_disk_that_fills_up_within_a_line_leaves_a_journal_that_is_read_whole(tmp_path: Path) -> None:
    """The fifth line does not fit; the short one that ends the run does, and must not go on in the torn one."""
    path = tmp_path / "events.jsonl"
    child = subprocess.run([sys.executable, "-c", FULL_DISK, str(path)], check=True, capture_output=True, text=True)
    events = list(journal.read_journal(path))
    assert child.stdout.count("written") == 4
    assert [type(event).__name__ for event in events] == ["Failed"] * 4 + ["PhaseBegan"]


ENDLESS = """
import sys
from itertools import count
from pathlib import Path
from mempress.journal import JournalWriter, PhaseBegan

journal = JournalWriter(Path(sys.argv[1]))
for number in count():
    journal.write(PhaseBegan(t_ns=number, phase="load"))
    print(number, flush=True)
"""


def test_a_harness_that_is_killed_loses_no_line_that_it_wrote(tmp_path: Path) -> None:
    path = tmp_path / "events.jsonl"
    with subprocess.Popen([sys.executable, "-c", ENDLESS, str(path)], stdout=subprocess.PIPE, text=True) as child:
        assert child.stdout is not None
        while int(child.stdout.readline()) < 500:
            pass
        child.kill()
        told = 501 + sum(1 for _ in child.stdout)
    times = [event.t_ns for event in journal.read_journal(path)]
    assert times == list(range(len(times)))
    assert len(times) >= told


_MEMORY = MemoryRead(5, 4, 6, 3, 2, 7, 1)
_NOISE = NoiseRead(cpu_ticks=100, steal_ticks=1, stall_us=None, load_1m=0.5)
_PLACE: dict[str, Any] = {"phase": "load", "records": 2}
EXAMPLES: list[Event] = [
    PhaseBegan(t_ns=1, phase="setup"),
    journal.Opened(t_ns=2, name="a", version=None, capabilities=["count"], import_ns=3, init_ns=4),
    journal.Settled(t_ns=5, mark="baseline", memory=_MEMORY),
    journal.Stored(t_ns=6, phase="load", first=0, importance=[0.5, 1.0], latency_ns=7, error=None),
    journal.TrafficSegment(
        t_ns=8,
        phase="load",
        clients=1,
        first=2,
        kinds="sqdq",
        gap_ns=[0, 20_000, 20_000, 20_000],
        wait_ns=[5, 0, 7, 3_000],
        service_ns=[9_000, 30_000, 3_000, 4_000],
        failed=[3],
        recall=[1.0, None],
        targets=[0],
        removed=[1],
        began_ns=0,
        ended_ns=67_000,
        drain_ns=0,
        maintained=(0, 40_000),
    ),
    journal.Stored(t_ns=8, phase="load", first=2, importance=[0.5], latency_ns=9_000, error=None, calls=2),
    journal.Sampled(
        t_ns=8,
        **_PLACE,
        mark="batch",
        memory=_MEMORY,
        disk=DiskRead(4096, 1),
        held=2,
        ids=journal.IdsAsked("search", [0, 1], "AQ=="),
        health={"overall_health": 0.9, "odd": None},
        flush_ns=None,
        limit=10,
        searches=[Asked(9, 1, [0], [0, -1], None), Asked(10, 2, [0, 1], [-2], [True]), Asked(11, 0, [], None, None)],
        noise=_NOISE,
        embed_misses=0,
        over_limit=0,
    ),
    journal.Maintained(t_ns=12, **_PLACE, emergency=False, latency_ns=13, value={"removed": 1}, error=None),
    journal.Testified(t_ns=14, **_PLACE, events=[{"kind": "eviction", "removed": ["a", "b"]}]),
    journal.Failed(t_ns=15, **_PLACE, kind="exception", operation="search", message="Ärger", count=3),
    journal.Restarted(t_ns=16, records=2, close_ns=17, open_ns=18),
    journal.Retained(t_ns=19, records=2, method="get", asked=None, held="Aw==", altered=0),
    journal.Printed(t_ns=20, total_bytes=21, tail="the end\n"),
    journal.ReadBack(
        t_ns=21, **_PLACE, ordinal=1, method="get", after_ns=5, polls=1, within_ns=2_000_000_000, error=None
    ),
    journal.Retrieved(t_ns=21, records=2, asked=[1, 0], found="Aw==", known_held=True),
    journal.Deleted(t_ns=21, **_PLACE, ordinals=[1], said=1, latency_ns=6, error=None),
    journal.Spent(t_ns=21, system_ns=9, waiting_ns=0),
    journal.Scripted(t_ns=21, offered=[1]),
    journal.LookedFor(t_ns=21, **_PLACE, moment="after_restart", got=[1], searched=[1], found=[]),
    Ended(t_ns=22, status="completed", reason="all 2 records were offered", **_PLACE),
    journal.FaultBegan(t_ns=23, fault=0, name="kill", **_PLACE, offered=2, mechanism="SIGKILL", terms={"share": 0.2}),
    journal.FaultStage(t_ns=24, fault=0, stage="full", batches=2),
    journal.Audited(
        t_ns=25,
        fault=0,
        moment="after",
        subject="acknowledged",
        method="get",
        population=2,
        asked=[[0, 2]],
        found="Aw==",
        changed="AA==",
    ),
    journal.FaultEnded(
        t_ns=26,
        fault=0,
        **_PLACE,
        struck=journal.Struck(2, 1, False, 27, 28, 1),
        reopened=journal.Reopened(30, 29, None),
        counted={"refused": 3},
    ),
    journal.FaultSkipped(t_ns=31, fault=1, **_PLACE, reason="it has no delete"),
    journal.Soaked(
        t_ns=32,
        **_PLACE,
        mark="soak",
        offered=3,
        deleted=1,
        live=1,
        stored=2,
        stores=journal.Calls(2, 1, 100, [(68, 1)]),
        deletes=journal.Calls(1, 0, 40, [(40, 1)]),
        searches=journal.Calls(3, 0, 90, [(20, 1), (35, 2)]),
        recall=1.5,
        judged=2,
        ghosts=0,
        missing=0,
        over_limit=0,
        memory=_MEMORY,
        disk=None,
        held=1,
        health=None,
        flush_ns=None,
        noise=_NOISE,
        embed_misses=0,
        harness_rss_bytes=4_096,
    ),
    journal.Reconciled(t_ns=33, live=1, found=1, altered=0, deleted=1, came_back=0),
]
