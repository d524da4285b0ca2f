"""What a run is told to do is checked before anything starts, and a refusal names the option and the remedy."""

from __future__ import annotations

import math
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mempress.config import RunConfig, parse_option, parse_size
from mempress.errors import UsageError

ABOVE_ZERO = ["max_records", "batch_size", "queries", "limit", "repeats", "dimension", "timeout_seconds"]
ABOVE_ZERO += ["saturation_samples", "search_budget_seconds", "final_queries", "final_budget_seconds"]
OPTIONAL = ["capacity_records", "capacity_bytes", "memory_limit_bytes", "objective_ms"]


def test_the_defaults_are_the_benchmark_s_own_and_survive_a_file() -> None:
    config = RunConfig()
    assert (config.systems, config.max_records, config.batch_size) == (("neuroca", "agno"), 20_000, 1_000)
    assert msgspec.json.decode(msgspec.json.encode(config), type=RunConfig) == config


@pytest.mark.parametrize("value", [0, -1, math.nan, math.inf, 10**30])
@pytest.mark.parametrize("name", [*ABOVE_ZERO, *OPTIONAL])
def test_a_number_that_cannot_be_used_is_refused(name: str, value: float) -> None:
    settings: dict[str, Any] = {name: value}
    with pytest.raises(UsageError, match=f"^--.* is {value}: give a number above 0, below 2"):
        RunConfig(**settings)


@pytest.mark.parametrize("name", ["maintenance_interval", "post_recovery_batches"])
def test_zero_means_never_where_there_may_be_none(name: str) -> None:
    RunConfig(**{name: 0})  # type: ignore[arg-type]  # the name is one of two numbers
    with pytest.raises(UsageError, match="give 0 or more"):
        RunConfig(**{name: -1})  # type: ignore[arg-type]  # as above


@pytest.mark.parametrize(
    ("name", "flag"),
    [
        ("capacity_bytes", "--capacity-bytes"),
        ("memory_limit_bytes", "--memory-limit"),
        ("timeout_seconds", "--timeout"),
        ("objective_ms", "--objective-ms"),
        ("max_records", "--max-records"),
    ],
)
def test_a_refusal_names_the_option_as_the_user_wrote_it(name: str, flag: str) -> None:
    from mempress.cli.run import command  # noqa: PLC0415 - the command line is not needed elsewhere here

    assert flag in {option for parameter in command.params for option in parameter.opts}
    with pytest.raises(UsageError, match=f"^{flag} is 0"):
        RunConfig(**{name: 0})  # type: ignore[arg-type]  # each is a number


@pytest.mark.parametrize(
    ("systems", "words"), [((), "No system is named"), (("a", "b", "a"), "A system is named twice")]
)
def test_no_system_and_one_named_twice_are_refused(systems: tuple[str, ...], words: str) -> None:
    with pytest.raises(UsageError, match=words):
        RunConfig(systems=systems)


@pytest.mark.parametrize(
    ("text", "size"),
    [
        ("0", 0),
        ("1048576", 1 << 20),
        ("512MiB", 512 << 20),
        ("512 mb", 512 << 20),
        ("2g", 2 << 30),
        ("1.5K", 1536),
        (" 1T ", 1 << 40),
        ("7B", 7),
    ],
)
def test_sizes_are_powers_of_1024(text: str, size: int) -> None:
    assert parse_size(text) == size


@given(st.integers(0, 2**53 - 1))
def test_any_number_of_bytes_is_read_as_it_is(size: int) -> None:
    assert parse_size(str(size)) == size


@pytest.mark.parametrize("text", ["", "much", "-1", "1e3", "1,5G", "5X", "5 5", "nan", "inf", "9" * 400, "99999999T"])
def test_what_is_no_size_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match="is no size"):
        parse_size(text)


@pytest.mark.parametrize(
    ("text", "option"),
    [
        ("agno.retrieval=content", ("agno", "retrieval", "content")),
        ("agno.depth=3", ("agno", "depth", 3)),
        ("agno.share=0.5", ("agno", "share", 0.5)),
        ("agno.on=true", ("agno", "on", True)),
        ("agno.on=True", ("agno", "on", "True")),
        ("agno.none=null", ("agno", "none", None)),
        ("agno.empty=", ("agno", "empty", "")),
        ("agno.url=a=b.c", ("agno", "url", "a=b.c")),
        ("agno.list=[1]", ("agno", "list", [1])),
        ("agno.not=NaN", ("agno", "not", "NaN")),
        ("a.b.key=x", ("a.b", "key", "x")),
    ],
)
def test_an_option_is_read_with_its_value_as_json_where_it_is_that(text: str, option: tuple[str, str, Any]) -> None:
    assert parse_option(text) == option


@pytest.mark.parametrize("text", ["", "agno", "agno.key", "key=value", ".key=value", "agno.=value", "=value"])
def test_an_option_of_another_form_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match=r"write SYSTEM\.KEY=VALUE"):
        parse_option(text)


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_any_value_of_an_option_can_stand_in_a_file(value: str) -> None:
    system, key, read = parse_option(f"agno.key={value}")
    assert (system, key) == ("agno", "key")
    assert msgspec.json.decode(msgspec.json.encode(read)) == read


def test_an_option_that_is_no_utf8_is_refused_before_it_could_break_a_file() -> None:
    with pytest.raises(UsageError, match="it is not UTF-8"):
        parse_option("agno.key=a\udcff")
