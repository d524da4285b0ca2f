"""The table of ids against a plain dictionary, and the fast way to names against the general one."""

from __future__ import annotations

import numpy as np
from hypothesis import example, given
from hypothesis import strategies as st

from mempress.neuroca.ids import Ids
from mempress.neuroca.terms import names_in


class _Colliding(str):
    """An id whose hash is one of few, so that entries of other ids lie in its way."""

    __slots__ = ()

    def __hash__(self) -> int:
        return 4_095 - sum(map(ord, self)) % 3


@given(st.lists(st.tuples(st.booleans(), st.integers(0, 40)), max_size=300))
def test_a_table_of_ids_agrees_with_a_dictionary_through_churn(steps: list[tuple[bool, int]]) -> None:
    """Also where many ids share a hash, around the end of the table."""
    ids, model = Ids(), {}
    for add, number in steps:
        if add and number not in model:
            model[number] = _Colliding(f"id {number}")
            ids.put([number], [model[number]])
        elif not add and number in model:
            ids.drop([number])
            del model[number]
    assert len(ids) == len(model)
    for number in range(41):
        assert (number in ids.candidates(_Colliding(f"id {number}"))) == (number in model)


@given(st.sets(st.integers(0, 20_000), max_size=3_000))
def test_adopting_at_once_finds_what_putting_one_by_one_finds(numbers: set[int]) -> None:
    """Beyond the first size of the table, which then grows."""
    slots = sorted(numbers)
    one, other = Ids(), Ids()
    one.adopt(slots, [f"r{slot}" for slot in slots])
    one.finish_adopting(np.asarray(slots, np.int64))
    for slot in slots:
        other.put([slot], [f"r{slot}"])
    for ids in (one, other):
        assert len(ids) == len(slots)
        assert all(ids.candidates(f"r{slot}") == [slot] for slot in slots)
        assert ids.candidates("another") == []
        ids.drop(slots)
        assert not any(ids.candidates(f"r{slot}") for slot in slots)


@given(st.text(alphabet="aZ9 _-.bC\n'", max_size=60))
@example("99.a")
def test_names_of_ascii_are_those_of_the_general_way(text: str) -> None:
    """A letter beyond ASCII as a word of its own sends the same text the general way."""
    assert [name for name in names_in(f"{text} ß") if name != "ss"] == names_in(text)
