"""``NAME@PHASE:SHARE`` is read, or refused with words that say what is right."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mempress.config import RunConfig
from mempress.errors import UsageError
from mempress.faultspec import NAMES, PHASES, FaultSpec, parse_fault


@given(st.sampled_from(NAMES), st.sampled_from(PHASES), st.floats(0, 1))
def test_what_is_written_is_read(name: str, phase: str, share: float) -> None:
    spec = parse_fault(f"{name}@{phase}:{share!r}")
    assert (spec.name, spec.phase, spec.share) == (name, phase, share)


@given(st.floats(0, 1), st.integers(0, 10_000), st.integers(1, 10_000))
def test_a_fault_falls_at_a_record_of_its_phase(share: float, first: int, count: int) -> None:
    assert first <= FaultSpec("kill", "load", share).ordinal(first, count) < first + count


def test_half_of_a_thousand_is_the_record_after_five_hundred() -> None:
    assert FaultSpec("kill", "load", 0.5).ordinal(0, 1_000) == 500


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("kill", "write NAME@PHASE:SHARE, such as kill@load:0.5"),
        ("kill@load", "write NAME@PHASE:SHARE"),
        ("@load:0.5", "write NAME@PHASE:SHARE"),
        ("kil@load:0.5", "Did you mean kill?"),
        ("kill@laod:0.5", "Did you mean load?"),
        ("kill@setup:0.5", "Known: load, post_recovery"),
        ("kill@load:1.5", "give a number from 0 to 1"),
        ("kill@load:-0.1", "give a number from 0 to 1"),
        ("kill@load:nan", "give a number from 0 to 1"),
        ("kill@load:half", "give a number from 0 to 1"),
    ],
)
def test_a_wrong_one_is_refused_with_a_remedy(text: str, words: str) -> None:
    with pytest.raises(UsageError, match="--fault") as refusal:
        RunConfig(faults=("restart@load:0.5", text))
    assert words in str(refusal.value)
