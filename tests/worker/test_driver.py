"""Whatever a system gives or raises becomes plain data, and nothing of it ends the worker."""

from __future__ import annotations

import json
import math
import zlib
from collections import UserDict, UserList
from typing import TYPE_CHECKING, Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mempress.errors import AdapterError
from mempress.worker.channel import Frame
from mempress.worker.driver import Driver
from mempress.worker.plain import HIT_TEXT_LIMIT, MESSAGE_LIMIT, describe, plain
from mempress.worker.vectors import PreparedVectors

if TYPE_CHECKING:
    from pathlib import Path

SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.binary()
VALUES = st.recursive(
    SCALARS, lambda inner: st.lists(inner) | st.tuples(inner) | st.dictionaries(SCALARS, inner), max_leaves=30
)


class Hostile:
    def __repr__(self) -> str:
        return "a hostile \udcff thing"


class UnsayableError(Exception):
    def __str__(self) -> str:
        raise RuntimeError("not even this")


def raised(error: BaseException) -> BaseException:
    with pytest.raises(type(error)) as caught:
        raise error
    return caught.value


def test_an_error_is_told_by_type_message_and_place() -> None:
    assert describe(raised(ValueError("no room"))).startswith("ValueError: no room (test_driver.py:")


def test_an_error_whose_message_cannot_be_shown_is_told_all_the_same() -> None:
    assert describe(raised(UnsayableError())).startswith(
        "UnsayableError: (its message cannot be shown) (test_driver.py:"
    )


def test_an_adapter_error_tells_what_to_do_and_not_a_place_within_the_harness() -> None:
    assert describe(raised(AdapterError("add it"))) == "AdapterError: add it"


def test_a_long_message_is_cut() -> None:
    text = describe(ValueError("x" * 1_000_000))
    assert text == "ValueError: " + "x" * MESSAGE_LIMIT


@given(VALUES)
def test_whatever_comes_is_something_that_the_journal_can_hold(value: Any) -> None:
    told = plain(value)
    assert msgspec.json.decode(msgspec.json.encode(told)) == json.loads(json.dumps(told, allow_nan=False)) == told


@given(
    st.recursive(st.none() | st.booleans() | st.integers(-(2**63), 2**63 - 1) | st.text("abc"), st.lists, max_leaves=9)
)
def test_plain_values_stay_as_they_are(value: Any) -> None:
    assert plain(value) == value or "(list)" in json.dumps(plain(value))


@pytest.mark.parametrize(
    ("value", "told"),
    [
        (math.nan, None),
        (-math.inf, None),
        (2**63, None),
        (2**63 - 1, 2**63 - 1),
        ("a\udcff", "a\\udcff"),
        ({"a\udcff": 1, 2: math.nan}, {"a\\udcff": 1, "2": None}),
        (Hostile(), "a hostile \\udcff thing"),
        (b"ab", "b'ab'"),
        (UserDict({"a": UserList([1])}), {"a": [1]}),
        (frozenset({1}), [1]),
        ([[[[[[["deep"]]]]]]], [[[[[["(list)"]]]]]]),
        ("x" * 10_000, "x" * MESSAGE_LIMIT),
    ],
)
def test_what_json_cannot_hold_is_told_as_near_as_it_can(value: Any, told: Any) -> None:
    assert plain(value) == told


def test_five_thousand_ids_of_removed_records_are_told_in_full() -> None:
    ids = [f"r{number}" for number in range(5_000)]
    assert plain({"kind": "eviction", "removed": ids})["removed"] == ids


def test_a_value_that_holds_itself_a_thousand_times_is_cut_and_ends() -> None:
    value: list[Any] = []
    value += [value] * 1_000
    assert json.dumps(plain(value)).count("(list)") <= 100_000


def test_a_number_of_five_thousand_digits_is_told_as_unknown() -> None:
    assert plain([10**5_000]) == [None]


def test_a_range_of_a_trillion_is_cut_without_being_made() -> None:
    assert plain(range(10**12)) == list(range(100_000))


ADAPTER = '''
from mempress import Hit

class Text(str):
    """A text of the system's own kind."""

class Lazy(list):
    def __getitem__(self, key):
        raise OSError("the index is gone")

class Odd:
    capabilities = frozenset({"count", "get", "health"})

    def __init__(self, workdir, config):
        self.answers = {
            "good": [Hit(Text("t" * 30_000), Text("r1"), 0.5), Hit("u"), Hit("v", 7)],
            "many": [Hit("t", str(number)) for number in range(30)],
            "none": None,
            "text": "hits",
            "iterator": iter([Hit("t")]),
            "tuple": (("r1", "t"),),
            "wrong text": [Hit(b"t", "r1")],
            "lazy": Lazy([Hit("t")]),
        }

    def store(self, records):
        raise MemoryError(f"no room for {len(records)}")

    def search(self, query, *, limit):
        return self.answers[query]

    def count(self):
        return 10**400

    def get(self, ids):
        return {"a": "kept", "b": "k\\udcffept"}

    def health(self):
        return {"overall_health": float("nan")}

    def close(self):
        raise RuntimeError("still busy")
'''


@pytest.fixture
def driver(tmp_path: Path) -> Driver:
    return opened(tmp_path, ADAPTER, "Odd")[0]


def opened(tmp_path: Path, source: str, name: str) -> tuple[Driver, dict[str, Any]]:
    path = tmp_path / f"{name.lower()}_adapter.py"
    path.write_text(source, "utf-8")
    driver = Driver(PreparedVectors(4, lambda _: b""), lambda: None)
    config: dict[str, Any] = {"capacity_records": None, "capacity_bytes": None, "dimension": 4, "options": {}}
    names = {"target": f"{path}:{name}", "label": name.lower(), "named": False}
    reply = driver.open(Frame({"workdir": str(tmp_path), "config": config} | names))
    return driver, reply


def search(
    driver: Driver, *queries: str, limit: int = 10, budget_ns: int = 10**12, at_least: int = 0
) -> dict[str, Any]:
    command = {"queries": list(queries), "limit": limit, "budget_ns": budget_ns, "at_least": at_least}
    return driver.search(Frame(command))


def test_hits_become_rows_and_their_texts_are_cut(driver: Driver) -> None:
    (answer,) = search(driver, "good")["answers"]
    assert answer == {"returned": 3, "hits": [["r1", "t" * HIT_TEXT_LIMIT], [None, "u"], [None, "v"]], "wrong": None}


def test_hits_beyond_the_limit_are_counted_and_dropped(driver: Driver) -> None:
    (answer,) = search(driver, "many", limit=5)["answers"]
    assert (answer["returned"], len(answer["hits"]), answer["wrong"]) == (30, 5, None)


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("none", "search returned NoneType, not a sequence of Hit"),
        ("text", "search returned str, not a sequence of Hit"),
        ("iterator", "search returned list_iterator, not a sequence of Hit"),
        ("tuple", "search returned a tuple among its hits, not a Hit with a text"),
        ("wrong text", "search returned a Hit among its hits, not a Hit with a text"),
    ],
)
def test_an_answer_that_is_no_sequence_of_hits_is_wrong_and_says_why(driver: Driver, query: str, words: str) -> None:
    reply = search(driver, query)
    assert (reply["answers"], reply["errors"]) == (
        [{"returned": reply["answers"][0]["returned"], "hits": [], "wrong": words}],
        [],
    )


def test_a_search_that_raises_and_hits_that_cannot_be_read_are_errors_and_the_next_is_asked(driver: Driver) -> None:
    reply = search(driver, "unknown", "lazy", "many")
    assert [answer is None for answer in reply["answers"]] == [True, True, False]
    assert [number for number, _ in reply["errors"]] == [0, 1]
    assert reply["errors"][0][1].startswith("KeyError: 'unknown' (odd_adapter.py:")
    assert reply["errors"][1][1].startswith("OSError: the index is gone (odd_adapter.py:")
    assert len(reply["latency_ns"]) == 3


def test_searches_stop_when_the_budget_is_spent_but_not_before_the_least_number(driver: Driver) -> None:
    reply = search(driver, *["many"] * 10, budget_ns=0, at_least=4)
    assert len(reply["answers"]) == len(reply["latency_ns"]) == 4


def test_what_the_optional_methods_give_is_plain_or_an_error(driver: Driver) -> None:
    assert driver.call(Frame({"method": "count"}))["value"] is None
    assert driver.call(Frame({"method": "health"}))["value"] == {"overall_health": None}
    held = driver.held(Frame({"ids": ["a", "b", "c"]}))["value"]
    assert held == [zlib.crc32(b"kept"), zlib.crc32(b"k\xed\xb3\xbfept"), None]


def test_a_store_and_a_close_that_raise_are_told(driver: Driver) -> None:
    rows = json.dumps([["r1", "text", 0.5, {}]]).encode()
    reply = driver.store(Frame({"rows_bytes": len(rows)}, rows))
    assert reply["error"].startswith("MemoryError: no room for 1 (odd_adapter.py:")
    assert driver.close(Frame({}))["error"].startswith("RuntimeError: still busy")
    assert driver.close(Frame({})) == {"latency_ns": 0, "value": None, "error": None}


@pytest.mark.parametrize("attribute", ["name", "version", "capabilities"])
def test_an_attribute_that_raises_when_it_is_read_is_an_error_of_opening(tmp_path: Path, attribute: str) -> None:
    source = (
        ADAPTER
        + f"""
class Raises(Odd):
    def __getattribute__(self, key):
        if key == {attribute!r}:
            raise RuntimeError("not now")
        return super().__getattribute__(key)
"""
    )
    _, reply = opened(tmp_path, source, "Raises")
    assert reply["error"].startswith("RuntimeError: not now")


@pytest.mark.parametrize(
    ("claim", "words"), [("None", "make it a frozenset of strings"), ("{'flush'}", "declare them")]
)
def test_an_instance_whose_capabilities_are_not_its_class_s_is_refused(tmp_path: Path, claim: str, words: str) -> None:
    source = (
        ADAPTER
        + f"""
class Claims(Odd):
    def __init__(self, workdir, config):
        self.capabilities = {claim}
"""
    )
    _, reply = opened(tmp_path, source, "Claims")
    assert reply["error"].startswith("AdapterError")
    assert words in reply["error"]
