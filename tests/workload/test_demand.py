"""Importance and what it is worth: the laws of importance, and the law of what is asked."""

from __future__ import annotations

import statistics
from itertools import islice

import pytest

from mempress.workload.facts import FactsSource
from mempress.workload.importance import LAWS

BATCH = 2_000


def batches(importance: str, count: int) -> list[list[float]]:
    records = FactsSource(5, batch_size=BATCH, importance=importance).records()
    return [[record.importance for record in islice(records, BATCH)] for _ in range(count)]


def looks_normal(batch: list[float]) -> bool:
    within = sum(0.35 <= value <= 0.65 for value in batch) / BATCH
    return abs(statistics.fmean(batch) - 0.5) < 0.02 and abs(statistics.stdev(batch) - 0.15) < 0.01 and within > 0.64


def looks_bimodal(batch: list[float]) -> bool:
    middle = sum(0.4 <= value <= 0.6 for value in batch) / BATCH
    low = [value for value in batch if value < 0.5]
    high = [value for value in batch if value >= 0.5]
    means = (statistics.fmean(low), statistics.fmean(high))
    return (
        middle < 0.03 and abs(means[0] - 0.2) < 0.02 and abs(means[1] - 0.8) < 0.02 and 0.45 < len(low) / BATCH < 0.55
    )


def looks_uniform(batch: list[float]) -> bool:
    tenths = [sum(low / 10 <= value < (low + 1) / 10 for value in batch) / BATCH for low in range(10)]
    return all(0.07 < share < 0.13 for share in tenths)


def test_the_laws_take_turns_batch_by_batch() -> None:
    normal, bimodal, uniform, again, *_ = batches("cycle", 6)
    assert [looks_normal(batch) for batch in (normal, bimodal, uniform, again)] == [True, False, False, True]
    assert [looks_bimodal(batch) for batch in (normal, bimodal, uniform, again)] == [False, True, False, False]
    assert [looks_uniform(batch) for batch in (normal, bimodal, uniform, again)] == [False, False, True, False]


@pytest.mark.parametrize(
    ("name", "looks"), [("normal", looks_normal), ("bimodal", looks_bimodal), ("uniform", looks_uniform)]
)
def test_a_single_law_holds_in_every_batch(name: str, looks: object) -> None:
    assert callable(looks)
    assert all(looks(batch) for batch in batches(name, 3))


def test_zipf_has_few_that_matter_and_many_that_hardly_do() -> None:
    (batch,) = batches("zipf", 1)
    assert 0.005 < sum(value == 1.0 for value in batch) / BATCH < 0.02
    assert 0.4 < sum(value <= 0.02 for value in batch) / BATCH < 0.6
    assert min(batch) == 0.01


def test_constant_is_one_half() -> None:
    assert set(batches("constant", 1)[0]) == {0.5}


@pytest.mark.parametrize("name", list(LAWS))
def test_every_law_has_its_share_of_chatter(name: str) -> None:
    records = islice(FactsSource(5, importance=name).records(), 10_000)
    chatter = sum(record.metadata["category"] == "chatter" for record in records) / 10_000
    assert 0.12 < chatter < 0.18


def test_extreme_bits_stay_within_the_scale() -> None:
    corners = [(bits, share) for bits in (0, 2**64 - 1, 2**32) for share in (0, 1, 32_768, 65_535)]
    for law in LAWS.values():
        assert all(0 <= level <= 10_000 for level in law.draw(corners))


STORED = 20_000
DRAWN = 200


@pytest.fixture(scope="module")
def asked() -> list[tuple[float, float]]:
    """(importance, age as a share of the load) of the newest answer of 4,000 probes of twenty seeds, law uniform."""
    found = []
    for seed in range(20):
        source = FactsSource(seed, importance="uniform")
        importance = [record.importance for record in islice(source.records(), STORED)]
        for probe in source.probes(STORED, DRAWN):
            place = source.ordinal(probe.answers[0])
            assert place is not None
            found.append((importance[place], 1 - place / STORED))
    return found


def test_the_important_are_asked_more_often_but_not_alone(asked: list[tuple[float, float]]) -> None:
    """By the law, with importances uniform on [0, 1], some 3/4 * 7/8 + 1/4 * 1/2 = 78% goes to the upper half."""
    upper = sum(importance >= 0.5 for importance, _ in asked) / len(asked)
    assert 0.70 < upper < 0.84
    assert sum(importance < 0.2 for importance, _ in asked) / len(asked) > 0.02


def test_the_recent_are_asked_more_often_but_not_alone(asked: list[tuple[float, float]]) -> None:
    """By the law some 3/4 * sqrt(1/4) + 1/4 * 1/4 = 44% goes to the newest quarter, more as the old is superseded."""
    newest = sum(age <= 0.25 for _, age in asked) / len(asked)
    assert 0.38 < newest < 0.55
    assert sum(age > 0.75 for _, age in asked) / len(asked) > 0.08


def test_where_all_are_equally_important_demand_does_not_favour_any() -> None:
    """With a constant importance the law leaves age alone: no probe is lost, and the newest are still favoured."""
    source = FactsSource(1, importance="constant")
    probes = source.probes(STORED, 500)
    places = [place for probe in probes if (place := source.ordinal(probe.answers[0])) is not None]
    assert len(probes) == 500
    assert sum(place >= STORED * 3 // 4 for place in places) / 500 > 0.35
