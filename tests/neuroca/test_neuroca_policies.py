"""Each policy's formula, by hand-computed values; and what the whole set of rules keeps."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from tests.neuroca.neuroca_kit import Clock, engine, near, record, records, sound, unit

from mempress.neuroca import SettingsError, Tier
from mempress.neuroca.policies import WORTH, worth_policy
from mempress.neuroca.policies.consolidation import Agreement, agreement, redundancy
from mempress.neuroca.policies.promotion import to_ltm, to_mtm
from mempress.neuroca.policies.reinforcement import shares
from mempress.neuroca.policies.view import View

if TYPE_CHECKING:
    from pathlib import Path


def _one(**columns: Any) -> View:
    values = {
        "tier": Tier.MTM,
        "importance": 0.5,
        "hits": 0.0,
        "redundancy": 0.0,
        "arrived": 0,
        "exposure": 0.0,
        "age": 1.0,
        "idle_s": 0.0,
        "cost": 1.0,
    } | columns
    return View(**{name: np.array([value]) for name, value in values.items()})


@pytest.mark.parametrize(
    ("name", "columns", "score"),
    [
        ("density", {"importance": 0.63}, 0.8),
        ("density", {"importance": 0.63, "hits": 3.0, "exposure": 3.0}, 0.8 / 2 * 4 / 4),
        ("density", {"importance": 0.63, "exposure": 3.0, "tier": Tier.LTM}, 0.8 / 2 * 2 / 5),
        ("density", {"importance": 0.63, "redundancy": 0.5, "cost": 2.0}, 0.8 * 0.5 / 2),
        ("fifo", {"age": 7.0}, -7.0),
        ("lru", {"idle_s": 3.0}, -3.0),
        ("importance", {"importance": 0.6, "cost": 2.0}, 0.3),
        ("hyperbolic", {"importance": 0.25, "hits": 3.0, "age": 4.0}, 4 * 0.5 / 5),
        ("generative_agents", {"importance": 0.5, "idle_s": 7200.0}, 0.995**2 + 0.5),
        ("half_life", {"importance": 0.4, "idle_s": 2400.0}, 0.2 + 0.8 * 0.5),
        ("act_r", {"importance": 0.5, "hits": 3.0, "age": 3.0}, 4 * 0.5 * 0.5),
    ],
)
def test_worth(name: str, columns: dict[str, Any], score: float) -> None:
    assert WORTH[name].score(_one(**columns))[0] == pytest.approx(score)


def test_random_worth_depends_on_nothing_but_the_arrival() -> None:
    view = [_one(arrived=number, importance=number / 100) for number in range(100)]
    scores = [float(WORTH["random"].score(one)[0]) for one in view]
    assert len(set(scores)) == 100
    assert abs(np.corrcoef(scores, range(100))[0, 1]) < 0.3


def test_every_policy_has_formula_and_source_and_an_unknown_one_is_refused() -> None:
    assert all(policy.formula and policy.source for policy in WORTH.values())
    with pytest.raises(SettingsError, match="use one of density"):
        worth_policy("luck")


@pytest.mark.parametrize(
    ("importance", "hits", "score"), [(1.0, 0, 0.5), (1.0, 10, 1.0), (0.8, 5, 0.6), (0.6, 99, 0.6), (0.0, 9, 0.0)]
)
def test_promotion_to_mtm(importance: float, hits: float, score: float) -> None:
    assert to_mtm(_one(importance=importance, hits=hits))[0] == pytest.approx(score)


@pytest.mark.parametrize(
    ("columns", "score"),
    [
        ({"importance": 0.9}, 0.45),
        ({"importance": 0.9, "age": 9e9}, 0.45),
        ({"importance": 0.5, "hits": 20.0}, 0.25 + 0.3),
        ({"importance": 1.0, "hits": 99.0, "age": 300_000.0}, 1.0),
        ({"importance": 1.0, "redundancy": 1.0}, 0.0),
    ],
)
def test_promotion_to_ltm(columns: dict[str, float], score: float) -> None:
    assert to_ltm(_one(**columns))[0] == pytest.approx(score, abs=1e-3)


@pytest.mark.parametrize("count", [1, 2, 10])
def test_reinforcement_shares_one_unit_by_rank(count: int) -> None:
    assert sum(shares(count)) == pytest.approx(1.0)
    assert shares(count)[0] == pytest.approx(count * shares(count)[-1])


@pytest.mark.parametrize(("cosine", "extent"), [(0.84, 0.0), (0.85, 0.0), (0.91, 0.25), (0.97, 1.0), (1.0, 1.0)])
def test_redundancy(cosine: float, extent: float) -> None:
    """In full only where names and numbers are the same; not at all where the names are not."""
    for names, most in ((Agreement.FULL, 1.0), (Agreement.NUMBERS_DIFFER, 0.5), (Agreement.NONE, 0.0)):
        found = redundancy(cosine, names, related=0.85, duplicate=0.97)
        assert found == pytest.approx(min(extent, most), abs=1e-9)


@pytest.mark.parametrize(
    ("one", "other", "names"),
    [
        ("Anna lives in Oslo", "Anna lives in Oslo, still", Agreement.FULL),
        ("the cat sat down", "the dog got up", Agreement.FULL),
        ("Anna pays 400 for Room 12", "Anna pays 550 for Room 12", Agreement.NUMBERS_DIFFER),
        ("Anna pays 400", "Anna pays", Agreement.NUMBERS_DIFFER),
        ("Anna pays 400", "Berit pays 400", Agreement.NONE),
        ("Anna lives in Bergen", "Anna lives in Oslo", Agreement.NONE),
        ("ask Jürgen", "ask Jurgen", Agreement.FULL),
    ],
)
def test_agreement_of_names(one: str, other: str, names: Agreement) -> None:
    assert agreement(one, other) is names
    assert agreement(other, one) is names


def test_without_use_importance_decides_what_is_kept(tmp_path: Path) -> None:
    """Ten times the capacity offered: importance held is at least 0.8 of the best possible."""
    chance = np.random.default_rng(1)
    importance = chance.random(3_000)
    with engine(tmp_path, capacity_records=300) as memory:
        for start in range(0, 3_000, 100):
            memory.store([record(number, float(importance[number])) for number in range(start, start + 100)])
        held = memory.get([f"r{number}" for number in range(3_000)])
    assert sum(item.importance for item in held.values()) >= 0.8 * np.sort(importance)[-300:].sum()


def test_what_is_used_is_kept_before_what_is_not(tmp_path: Path) -> None:
    with engine(tmp_path, capacity_records=100) as memory:
        memory.store(records(range(100)))
        for _ in range(20):
            memory.get([f"r{number}" for number in range(10)])
        memory.store(records(range(100, 180)))
        assert len(memory.get([f"r{number}" for number in range(10)])) == 10


def test_tiers_aging_promotion_and_shares(tmp_path: Path) -> None:
    """The newest fifth is STM; important ones rise to LTM, up to its share; use lifts a record out of STM."""
    with engine(tmp_path, capacity_records=100, ltm_share=0.3) as memory:
        memory.store([record(number, 0.95 if number % 2 else 0.2) for number in range(80)])
        memory.store(records(range(80, 90)))
        stats = memory.stats()
        assert (stats.stm + stats.mtm + stats.ltm, stats.stm <= 20) == (90, True)
        assert 20 <= stats.ltm <= 30
        assert memory.get(["r89"])["r89"].tier == Tier.STM
        memory.store([record(200, 1.0)])
        for _ in range(2):
            memory.get(["r200"])
        assert memory.get(["r200"], reinforce=False)["r200"].tier == Tier.MTM
        sound(memory)


def test_near_duplicates_the_older_goes_and_the_newer_inherits(tmp_path: Path) -> None:
    with engine(tmp_path, capacity_records=60) as memory:
        memory.store([record(number, 0.3 + 0.01 * number, text="about Anna") for number in range(40)])
        memory.get(["r7"])
        memory.store([record(107, 0.1, text="of Anna", vector=near(unit(7), 0.99))])
        assert memory.maintain().consolidated == 1
        newer = memory.get(["r107"], reinforce=False)["r107"]
        assert [newer.importance, newer.hits] == pytest.approx([0.37, 1.0])
        hits = memory.search(vector=unit(7), limit=2)
        assert [hit.id for hit in hits] == ["r107", "r7"]
        memory.store(records(range(300, 335)))
        assert set(memory.get(["r7", "r107"])) <= {"r107"}
        sound(memory)


def test_texts_of_one_frame_about_others_are_no_duplicates(tmp_path: Path) -> None:
    """However near the vectors: other names are others, other numbers are at most a newer figure."""
    texts = ("Anna has a cat", "Berit has a cat", "room 101 is Anna's", "room 102 is Anna's")
    with engine(tmp_path) as memory:
        for at, text in enumerate(texts):
            memory.store([record(at, text=text, vector=near(unit(at // 2), 0.995, seed=at), timestamp=float(at))])
        memory.maintain()
        found = {hit.text: hit.why.redundancy for hit in memory.search(vector=unit(0), limit=9)}
        assert found == dict(zip(texts, (0.0, 0.0, 0.5, 0.0), strict=True))


def test_a_superseded_fact_ranks_behind_the_newer_one(tmp_path: Path) -> None:
    """Told by time, not by order of storing."""
    with engine(tmp_path) as memory:
        memory.store([record(2, vector=near(unit(1), 0.95), timestamp=200.0), record(1, timestamp=100.0)])
        memory.maintain()
        older, newer = (memory.search(vector=unit(1), limit=2)[at] for at in (1, 0))
        assert (newer.id, older.id) in {("r2", "r1"), ("r1", "r2")}
        assert [hit.why.redundancy > 0 for hit in (newer, older) if hit.id == "r1"] == [True]
        assert [hit.why.redundancy for hit in (newer, older) if hit.id == "r2"] == [0.0]


def test_time_without_use_forgets_nothing(tmp_path: Path) -> None:
    clock = Clock()
    with engine(tmp_path, clock, capacity_records=50) as memory:
        memory.store(records(range(40)))
        clock.seconds += 1e8
        memory.maintain()
        assert memory.count() == 40
