"""Importance and what it is worth: the laws of importance, and the law of what is asked."""

from __future__ import annotations

import math
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
SEEDS = range(20)


def demand_of(source: FactsSource) -> list[tuple[float, float, float]]:
    """(importance, age as a share of the load, probability to be asked) of all true records, by the law as documented.

    A record is true if a probe for everything names it; its importance is read from the record itself.
    """
    importance = [record.importance for record in islice(source.records(), STORED)]
    places = {source.ordinal(answer) for probe in source.probes(STORED, STORED) for answer in probe.answers}
    true = [(importance[place], STORED - place) for place in places if place is not None]
    weights = [value * value / math.sqrt(age) for value, age in true]
    total = math.fsum(weights)
    return [
        (value, age / STORED, 0.25 / len(true) + 0.75 * weight / total)
        for (value, age), weight in zip(true, weights, strict=True)
    ]


@pytest.fixture(scope="module")
def expected() -> list[tuple[float, float, float]]:
    return demand_of(FactsSource(0, importance="uniform"))


@pytest.fixture(scope="module")
def asked() -> list[tuple[float, float]]:
    """(importance, age as a share of the load) of an answer of 4,000 probes of twenty seeds, law uniform."""
    found = []
    for seed in SEEDS:
        source = FactsSource(seed, importance="uniform")
        importance = [record.importance for record in islice(source.records(), STORED)]
        for probe in source.probes(STORED, DRAWN):
            if len(probe.answers) == 1:
                place = source.ordinal(probe.answers[0])
                assert place is not None
                found.append((importance[place], 1 - place / STORED))
    return found


@pytest.mark.parametrize(("low", "high"), [(0.0, 0.2), (0.2, 0.5), (0.5, 0.8), (0.8, 1.01)])
def test_demand_by_importance_follows_the_documented_law(
    asked: list[tuple[float, float]], expected: list[tuple[float, float, float]], low: float, high: float
) -> None:
    """Within 2.5 points, three standard errors: the important are asked more often, not alone."""
    share = sum(low <= importance < high for importance, _ in asked) / len(asked)
    assert abs(share - math.fsum(p for importance, _, p in expected if low <= importance < high)) < 0.025
    assert share > 0.02


@pytest.mark.parametrize(("low", "high"), [(0.0, 0.05), (0.05, 0.25), (0.25, 0.6), (0.6, 1.01)])
def test_demand_by_age_follows_the_documented_law(
    asked: list[tuple[float, float]], expected: list[tuple[float, float, float]], low: float, high: float
) -> None:
    """Within 2.5 points, three standard errors: the recent are asked more often, not alone."""
    share = sum(low <= age < high for _, age in asked) / len(asked)
    assert abs(share - math.fsum(p for _, age, p in expected if low <= age < high)) < 0.025
    assert share > 0.1


def test_demand_favours_the_important_and_the_recent(asked: list[tuple[float, float]]) -> None:
    """The law makes it some 78% and 44% where nothing is superseded; 50% and 25% would be no favour."""
    assert sum(importance >= 0.5 for importance, _ in asked) / len(asked) > 0.72
    assert sum(age <= 0.25 for _, age in asked) / len(asked) > 0.4


@pytest.mark.parametrize("importance", ["cycle", "zipf", "constant"])
def test_a_draw_is_full_whatever_the_law(importance: str) -> None:
    assert len(FactsSource(1, importance=importance).probes(STORED, 1_000)) == 1_000


def test_nearly_all_facts_can_be_asked_at_a_small_load() -> None:
    """Asked for more than there is, a draw gives nearly every fact once and ends."""
    source = FactsSource(1)
    facts = {tuple(probe.answers) for probe in source.probes(200, 10_000)}
    chatter = sum(record.metadata["category"] == "chatter" for record in islice(source.records(), 200))
    assert 90 < len(facts) <= 200 - chatter
