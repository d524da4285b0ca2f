"""``--fail-on``: what it takes for a rule to strike, and what it says when it cannot be judged."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mempress.comparison.metrics import METRICS
from mempress.errors import UsageError
from mempress.versus import Rule, Versus, apply_rules, judge, parse_rule
from tests.report.handmade import HOSTILE
from tests.versus.build import run, side, system

if TYPE_CHECKING:
    from collections.abc import Sequence

DIRECTED = [metric.key for metric in METRICS if metric.better is not None]


def versus(key: str, base: Sequence[float | None], other: Sequence[float | None]) -> Versus:
    first, second = (system(*(run(**{key: value}) for value in values)) for values in (base, other))
    return judge(side("one", {"neuroca": first}), side("two", {"neuroca": second}))


def struck(rule: str, key: str, base: Sequence[float | None], other: Sequence[float | None]) -> list[bool]:
    return [ruling.struck for ruling in apply_rules([parse_rule(rule)], versus(key, base, other))]


@given(
    system=st.none() | st.text(min_size=1), key=st.sampled_from(DIRECTED), percent=st.floats(min_value=0, max_value=1e9)
)
def test_whatever_system_metric_and_percentage_are_written_are_read_back(
    system: str | None, key: str, percent: float
) -> None:
    text = f"{key}:{percent!r}" if system is None else f"{system}:{key}:{percent!r}"
    assert parse_rule(text) == Rule(text, system, key, percent)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("disk_mb", "write METRIC:PERCENT"),
        ("", "write METRIC:PERCENT"),
        ("disc_mb:5", "Did you mean disk_mb"),
        ("p95:5", "Did you mean final_query_latency_ms.p95"),
        ("retained_records:5", "no direction that is better"),
        ("disk_mb:plenty", "no percentage"),
        ("disk_mb:-1", "no percentage"),
        ("disk_mb:nan", "no percentage"),
        ("disk_mb:inf", "no percentage"),
        (HOSTILE + ":5", "there is no metric"),
    ],
)
def test_a_rule_that_cannot_be_used_says_what_to_write(text: str, words: str) -> None:
    with pytest.raises(UsageError, match=words) as caught:
        parse_rule(text)
    assert len(str(caught.value)) < 2_000
    assert "\x1b" not in str(caught.value)


def test_a_rule_strikes_beyond_its_percentage_and_not_within_it() -> None:
    base, other = [10.0, 10.1, 10.0], [12.0, 12.1, 12.0]
    assert struck("disk_mb:15", "disk_mb", base, other) == [True]
    assert struck("disk_mb:25%", "disk_mb", base, other) == []
    assert struck("disk_mb:0", "disk_mb", other, base) == []


def test_a_fall_strikes_where_higher_is_better() -> None:
    assert struck("recall_at_k:5", "recall_at_k", [0.80, 0.81, 0.80], [0.70, 0.71, 0.70]) == [True]
    assert struck("recall_at_k:5", "recall_at_k", [0.70, 0.71, 0.70], [0.80, 0.81, 0.80]) == []


def test_a_difference_within_the_noise_of_the_repeats_does_not_strike_however_large() -> None:
    assert struck("disk_mb:5", "disk_mb", [5.0, 10.0, 15.0], [10.0, 15.0, 20.0]) == []


def test_single_runs_are_judged_by_their_figures_alone_and_the_words_say_so() -> None:
    (ruling,) = apply_rules([parse_rule("disk_mb:5")], versus("disk_mb", [10.0], [12.0]))
    assert ruling.struck
    assert "10.0 MiB to 12.0 MiB, 20.0% worse; 5% is allowed" in ruling.words
    assert "figures alone" in ruling.words
    assert "--repeats 3" in ruling.words


def test_anything_is_worse_than_no_errors_at_all() -> None:
    assert struck("errors_encountered:50", "errors_encountered", [0, 0, 0], [3, 3, 3]) == [True]
    assert struck("errors_encountered:50", "errors_encountered", [0, 0, 0], [0, 0, 0]) == []


def test_what_was_not_measured_is_reported_and_strikes_nothing() -> None:
    (ruling,) = apply_rules([parse_rule("disk_mb:5")], versus("disk_mb", [10.0], [None]))
    assert not ruling.struck
    assert "not measured in other" in ruling.words


def test_a_rule_for_one_system_leaves_the_others_alone_and_an_unknown_one_is_refused() -> None:
    first = side("one", {name: system(run(disk_mb=10.0)) for name in ("a:x", "b", "gone")})
    second = side("two", {name: system(run(disk_mb=20.0)) for name in ("a:x", "b")})
    both = judge(first, second)
    assert [ruling.system for ruling in apply_rules([parse_rule("a:x:disk_mb:5")], both)] == ["a:x"]
    everywhere = apply_rules([parse_rule("disk_mb:5")], both)
    assert {(ruling.system, ruling.struck) for ruling in everywhere} == {("gone", False), ("a:x", True), ("b", True)}
    (lone,) = apply_rules([parse_rule("gone:disk_mb:5")], both)
    assert (lone.struck, lone.words) == (False, "gone is in BASE alone")
    with pytest.raises(UsageError, match="known: a:x, b, gone"):
        apply_rules([parse_rule("c:disk_mb:5")], both)
