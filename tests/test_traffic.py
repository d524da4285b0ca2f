"""The options of traffic: what can be asked for, and what is refused with a word on what to write instead."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mempress.errors import UsageError
from mempress.traffic import KINDS, Traffic, make_traffic, parse_mix

WEIGHTS = st.floats(0.1, 90.0)


@given(st.dictionaries(st.sampled_from(sorted(KINDS.values())), WEIGHTS), WEIGHTS)
def test_a_mix_is_read_as_it_was_written_in_any_order(others: dict[str, float], stores: float) -> None:
    mix = others | {"store": stores}
    text = ", ".join(f"{kind} = {weight!r}" for kind, weight in reversed(mix.items()))
    assert parse_mix(text) == mix
    assert list(parse_mix(text)) == [kind for kind in KINDS.values() if kind in mix]


def test_a_kind_of_weight_0_is_not_in_the_mix() -> None:
    assert parse_mix("store=50,search=50,update=0,delete=0") == {"store": 50.0, "search": 50.0}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "write KIND=WEIGHT"),
        ("store", "write KIND=WEIGHT"),
        ("store=50;search=50", "is no number"),
        ("store=many", "'many' is no number"),
        ("store=-1", "a weight is a number from 0 up"),
        ("store=nan", "a weight is a number from 0 up"),
        ("store=1,search=inf", "a weight is a number from 0 up"),
        ("store=1,serach=1", "Did you mean 'search'"),
        ("store=1,store=2", "store stands there twice"),
        ("search=100", "--mix has no stores"),
        ("store=0,search=1", "--mix has no stores"),
        ("store=1,search=1001", "1,000 at most"),
    ],
)
def test_a_mix_that_cannot_be_offered_is_refused(text: str, words: str) -> None:
    with pytest.raises(UsageError, match=words):
        parse_mix(text)


@pytest.mark.parametrize("rate", [0.0, -1.0, math.nan, math.inf, 2e6])
def test_a_rate_that_cannot_be_offered_is_refused(rate: float) -> None:
    with pytest.raises(UsageError, match="--rate is"):
        make_traffic(rate, None, None, None)


@pytest.mark.parametrize("clients", [0, -1, 257])
def test_a_number_of_clients_that_cannot_be_is_refused(clients: int) -> None:
    with pytest.raises(UsageError, match="--clients is"):
        make_traffic(10.0, None, None, clients)


def test_an_option_that_means_nothing_without_another_is_refused() -> None:
    with pytest.raises(UsageError, match="give --rate OPS too"):
        make_traffic(None, "constant", "store=1", None)
    with pytest.raises(UsageError, match="give --rate OPS or --mix too"):
        make_traffic(None, None, None, 2)


def test_without_rate_and_mix_there_is_no_traffic() -> None:
    assert make_traffic(None, None, None, None) is None


def test_a_rate_alone_is_stores_and_searches_in_equal_number_as_of_many_strangers() -> None:
    assert make_traffic(10.0, None, None, None) == Traffic(
        mix={"store": 50.0, "search": 50.0}, rate=10.0, arrival="poisson", clients=1
    )
