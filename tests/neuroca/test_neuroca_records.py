"""What may be stored is stored exactly; what may not is refused with what to do, and nothing of its call is stored."""

from __future__ import annotations

import json
import math
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.neuroca.neuroca_kit import DIMENSION, engine, record, unit

from mempress.neuroca import Neuroca, Record, RecordError, Settings, SettingsError

if TYPE_CHECKING:
    from pathlib import Path

JSONS = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=6,
)
ANYTHING = st.characters() | st.sampled_from(["\x00", "\ud800", "\udfff", "\uffff", "'", "\u202e"])


@settings(max_examples=60, deadline=None)
@given(
    id=st.text(ANYTHING, max_size=20),
    text=st.text(ANYTHING, max_size=60),
    importance=st.floats() | st.integers(-1, 2) | st.booleans() | st.none(),
    metadata=st.dictionaries(st.text(ANYTHING, max_size=5), JSONS, max_size=3),
    timestamp=st.none() | st.floats(),
)
def test_a_fuzzed_record_is_refused_or_stored_exactly(tmp_path_factory: pytest.TempPathFactory, **fields: Any) -> None:
    text, importance, timestamp, metadata = (fields[name] for name in ("text", "importance", "timestamp", "metadata"))
    with engine(tmp_path_factory.mktemp("store")) as memory:
        given_record = Record(**fields, vector=unit(1))
        try:
            memory.store([record(1), given_record])
        except RecordError:
            assert memory.count() == 0
            return
        held = memory.get([fields["id"]])[fields["id"]]
        assert (held.text, held.importance, held.timestamp) == (text, importance, timestamp)
        assert held.metadata == json.loads(json.dumps(metadata))
        assert memory.search(vector=unit(1), limit=9)


@pytest.mark.parametrize(
    ("fields", "remedy"),
    [
        ({"id": ""}, "give one of 1 to 1024"),
        ({"id": "x" * 2_000}, "give one of 1 to 1024"),
        ({"id": 5}, "give a string"),
        ({"text": "\ud800"}, "errors='replace'"),
        ({"text": b"bytes"}, "give a string"),
        ({"text": "x" * 2_000_000}, "raise max_text_bytes"),
        ({"importance": math.nan}, "from 0 to 1"),
        ({"importance": -0.1}, "from 0 to 1"),
        ({"importance": "high"}, "from 0 to 1"),
        ({"metadata": {"x": math.nan}}, "finite numbers"),
        ({"metadata": {"x": object()}}, "finite numbers"),
        ({"metadata": {"x": "y" * 2_000_000}}, "at most"),
        ({"timestamp": math.inf}, "seconds since 1970"),
        ({"timestamp": "now"}, "seconds since 1970"),
        ({"vector": [0.0] * DIMENSION}, "must give unit vectors"),
        ({"vector": [math.nan] * DIMENSION}, "must give unit vectors"),
        ({"vector": [1.0]}, "dimension 32"),
        ({"vector": "abc"}, "not a sequence of numbers"),
        ({"vector": None}, "give all or none"),
    ],
)
def test_each_fault_is_named_with_its_remedy(tmp_path: Path, fields: dict[str, Any], remedy: str) -> None:
    with engine(tmp_path, max_text_bytes=1_000_000) as memory:
        bad = Record(**({"id": "bad", "text": "t", "vector": unit(2)} | fields))
        with pytest.raises(RecordError, match=remedy):
            memory.store([record(1), bad])
        assert memory.count() == 0


@pytest.mark.parametrize("text", ["", "\x00", "a\x00b", "x" * 10_000_000, "\ufeff\uffff\U0010ffff", "' \" ; --\n\r\t"])
def test_odd_texts_are_stored_exactly_and_survive(tmp_path: Path, text: str) -> None:
    with engine(tmp_path) as memory:
        memory.store([record(1, text=text)])
    with engine(tmp_path) as memory:
        assert memory.opening.lost == ()
        assert memory.get(["r1"])["r1"].text == text


def test_the_same_id_twice_in_a_call_keeps_the_last(tmp_path: Path) -> None:
    with engine(tmp_path) as memory:
        memory.store([record(1, text="first"), record(2), record(1, text="last")])
        assert memory.count() == 2
        assert memory.get(["r1"])["r1"].text == "last"


@pytest.mark.parametrize(
    ("fields", "remedy"),
    [
        ({"capacity_records": 0}, "from 1 to"),
        ({"capacity_records": 1.5}, "a whole number or None"),
        ({"capacity_records": True}, "a whole number or None"),
        ({"capacity_bytes": 10}, "from 1.04858e"),
        ({"soft_ratio": 2}, "from 0.1 to 1"),
        ({"soft_ratio": math.nan}, "from 0.1 to 1"),
        ({"overflow": "explode"}, "use one of evict, reject"),
        ({"stm_share": 0.7, "ltm_share": 0.7}, "MTM needs the rest"),
        ({"related_cosine": 0.99}, "lower it"),
    ],
)
def test_each_bad_setting_is_named_with_its_remedy(fields: dict[str, Any], remedy: str) -> None:
    with pytest.raises(SettingsError, match=remedy):
        Settings(**fields)


def test_another_dimension_or_an_unknown_policy_is_refused_at_opening(tmp_path: Path) -> None:
    engine(tmp_path).close()
    with pytest.raises(SettingsError, match="set dimension=32"):
        Neuroca(tmp_path, Settings(dimension=64))
    with pytest.raises(SettingsError, match="use one of density"):
        engine(tmp_path, worth="luck")
    engine(tmp_path).close()
