"""Records checked together, as columns: the same as one by one, and what is refused there is refused here."""

from __future__ import annotations

import math
from datetime import UTC, datetime
from decimal import Decimal
from types import MappingProxyType
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mempress.neuroca import Record, RecordError
from mempress.neuroca.draft import batch, draft

_MOST_TEXT = 50
_TEXTS = st.text(max_size=60) | st.sampled_from(["", "a", "\0", "ß", "\ud800", "null", "x\ny"])
_NUMBERS = st.integers(-(10**20), 10**20) | st.floats() | st.booleans()
_DAY = datetime(2020, 1, 1, tzinfo=UTC)
_ODD = st.sampled_from([{1}, (1, 2), b"x", _DAY, Decimal(1), 10**400, {2: 3}, None, object()])
_VALUES = st.recursive(_TEXTS | _NUMBERS | _ODD, lambda inner: st.lists(inner, max_size=3), max_leaves=4)
_METADATA = st.dictionaries(_TEXTS | st.just(1), _VALUES, max_size=3)
_RECORDS = st.builds(
    Record,
    id=_TEXTS | st.just("r" * 1_025) | st.just(7),
    text=_TEXTS | st.just(None),
    importance=st.floats(0, 1) | st.sampled_from([0, 1, 2, math.nan, True, "1", None]),
    metadata=_METADATA | _METADATA.map(MappingProxyType) | st.sampled_from([None, 3, [("a", 1)]]),
    timestamp=st.none() | _NUMBERS | st.just("2020"),
    pinned=st.booleans(),
)
_SOUND = st.builds(
    Record,
    id=st.text("abß", min_size=1, max_size=5),
    text=st.text("abß \n", max_size=20),
    importance=st.floats(0, 1) | st.sampled_from([0, 1]),
    metadata=st.dictionaries(st.text(max_size=4), st.integers() | st.none() | st.text(max_size=9), max_size=3),
    timestamp=st.none() | st.floats(-1e12, 1e12) | st.integers(-5, 10**10),
)


def _one_by_one(records: list[Record]) -> list[tuple[Any, ...]] | str:
    try:
        return [tuple(draft(record, _MOST_TEXT)) for record in records]
    except RecordError as error:
        return str(error)


def _together(records: list[Record]) -> list[tuple[Any, ...]] | str:
    try:
        found = batch(records, _MOST_TEXT)
    except RecordError as error:
        return str(error)
    columns = (found.ids, found.texts, found.importance, found.metadata, found.occurred_at, found.pinned, found.sizes)
    return list(zip(*columns, strict=True))


@given(st.lists(_RECORDS, max_size=2) | st.lists(_SOUND, max_size=6))
def test_together_is_as_one_by_one(records: list[Record]) -> None:
    """Whatever a field is: stored as JSON of the same value, or refused in the same words."""
    assert repr(_together(records)) == repr(_one_by_one(records))


@pytest.mark.parametrize("value", [{1}, b"x", math.nan, [math.inf], _DAY, Decimal(1)])
def test_what_json_cannot_hold_is_refused_among_many(value: object) -> None:
    records = [Record("a", "fine", metadata={"k": [1, 2.5, "x", True]}), Record("b", "not", metadata={"k": value})]
    with pytest.raises(RecordError, match="'b': its metadata is not a JSON object"):
        batch(records, _MOST_TEXT)
