"""Acknowledged records against a plain list."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mempress.runner.acknowledged import Acknowledged


@given(st.lists(st.tuples(st.integers(0, 5), st.integers(1, 7)), max_size=8))
def test_it_holds_what_a_list_would(pieces: list[tuple[int, int]]) -> None:
    """Each piece is (refused before it, acknowledged)."""
    acknowledged, plain, end = Acknowledged(), list[int](), 0
    for refused, count in pieces:
        first = end + refused
        acknowledged.add(first, count)
        plain += range(first, end := first + count)
    assert list(acknowledged) == plain
    assert [acknowledged[position] for position in range(len(acknowledged))] == plain
    assert acknowledged[3:] == plain[3:]
    assert acknowledged[len(plain) - 2 :] == plain[len(plain) - 2 :]
    with pytest.raises(IndexError):
        acknowledged[len(plain)]


def test_records_one_by_one_take_no_more_room_than_one_batch() -> None:
    acknowledged = Acknowledged()
    for ordinal in range(1_000):
        acknowledged.add(ordinal, 1)
    assert len(acknowledged) == 1_000
    assert acknowledged[999] == 999
    assert len(vars(acknowledged)["_ranges"]) == 1
