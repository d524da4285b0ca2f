"""Many systems are ranked, a sentence for each figure; what is not at the same load stands in none of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec
import pytest

from mempress.comparison.compare import compare
from mempress.comparison.findings import MOST_IN_PAIRS
from tests.report.handmade import answers, completed, latency, saturated

if TYPE_CHECKING:
    from mempress.model import Summary


def system(p50: float, **changes: Any) -> Summary:
    """A completed run whose final searches took about ``p50`` milliseconds."""
    found = completed()
    metrics = msgspec.structs.replace(found.metrics, final_query_latency_ms=latency(p50, 1_000), **changes)
    return msgspec.structs.replace(found, metrics=metrics)


def sentence(systems: dict[str, Summary], figure: str) -> str:
    (found,) = [text for text in compare(systems).findings if text.startswith("At 20,000 records ") and figure in text]
    return found


def four(**replaced: Summary) -> dict[str, Summary]:
    return {"a": system(10.0), "b": system(1.0), "c": system(1.3), "d": system(40.0)} | replaced


def test_the_best_comes_first_those_within_the_noise_beside_it_the_worst_last() -> None:
    text = sentence(four(), "median search")
    assert text.startswith("At 20,000 records the median search is fastest in b (1.00 ms)")
    assert "not told apart from it, c (1.30 ms); slowest in d (40.0 ms, 40.0 times as long)." in text
    assert "a (" not in text


def test_where_none_is_told_apart_there_is_neither_best_nor_worst() -> None:
    text = sentence({key: system(1.0 + number / 100) for number, key in enumerate("abcd")}, "median search")
    assert text == (
        "At 20,000 records no difference beyond noise in median search: a 1.00 ms, b 1.01 ms, c 1.02 ms and d 1.03 ms."
    )


@pytest.mark.parametrize(("n", "ranked"), [(2_000, True), (29, False)])
def test_recall_is_ranked_where_it_comes_from_enough_probes(n: int, ranked: bool) -> None:
    low = msgspec.structs.replace(system(1.0), answers=msgspec.structs.replace(answers(), recall=0.1, n=n))
    text = sentence(four(d=low), "recall")
    assert ("d (0.100)" in text) is ranked


def test_a_system_that_ended_at_another_load_is_named_and_not_ranked() -> None:
    found = compare(four(d=saturated())).findings
    assert any(text.startswith("d was last measured at ") and text.endswith("not ranked here.") for text in found)
    assert "d (" not in sentence(four(d=saturated()), "median search")


def test_few_systems_are_held_against_each_other_in_pairs_instead() -> None:
    few = dict(list(four().items())[:MOST_IN_PAIRS])
    assert not any("not told apart" in text or "fastest in" in text for text in compare(few).findings)
