"""Scripted laws are named as such, and where they break an objective is foreseen from the first third of a real run."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from mempress.config import parse_size

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import Bench

SCRIPTED = "mempress.testing.scripted"
LOAD: dict[str, Any] = {"batch_size": 100, "max_records": 2_500, "maintenance_interval": 0, "queries": 25}
LOAD |= {"continue_after_saturation": True}
WITHIN = 0.15
"""The bar."""
BY_PROCESSOR_TIME = """
import time
from mempress.testing import scripted
from mempress.worker import driver, readback
driver.clock_ns = readback.clock_ns = scripted.perf_counter_ns = time.thread_time_ns
from mempress.testing.scripted import LinearSearch, LogarithmicSearch, QuadraticSearch
"""
"""The same systems, spinning and timed by the processor time of their own thread: what else the machine does adds
nothing. ``benchmarks/growth_laws.py`` has them by the clock."""


@pytest.mark.parametrize(
    ("system", "law", "script"),
    [
        ("LinearSearch", "linear", ({"ns_per_record": 2_000}, 4.0)),
        ("LogarithmicSearch", "log", ({"ns_per_log": 700_000}, 5.32)),
        ("QuadraticSearch", "quadratic", ({"ns_per_1k_records": 2_000_000}, 8.0)),
    ],
)
def test_a_scripted_law_is_named_and_its_crossing_foreseen_from_the_first_third(
    bench: Bench, tmp_path: Path, system: str, law: str, script: tuple[dict[str, int], float]
) -> None:
    """Each search spins for what its script says, so that the objective breaks at 2,000 records."""
    (tmp_path / "steady.py").write_text(BY_PROCESSOR_TIME, "utf-8")
    cost, objective_ms = script
    options = {system.lower(): cost}
    (summary,) = bench(f"{tmp_path}/steady.py:{system}", options=options, objective_ms=objective_ms, **LOAD)
    assert summary.growth is not None
    found = summary.growth["search_p95_ms"]
    assert found is not None
    assert found.law == law
    assert found.foresight is not None
    assert found.foresight.from_records <= 834
    assert found.foresight.crossing_foreseen == pytest.approx(2_000, rel=WITHIN)
    assert found.foresight.crossing_measured == pytest.approx(2_000, rel=WITHIN)
    assert abs(found.foresight.crossing_error or 0.0) <= WITHIN


def test_where_memory_breaks_its_limit_is_foreseen_from_the_first_third(bench: Bench) -> None:
    """100,000 bytes a record under 160 MiB: it is killed at the limit, at the load that its first third foretold."""
    (summary,) = bench(
        f"{SCRIPTED}:Hoarder",
        batch_size=50,
        max_records=5_000,
        queries=5,
        memory_limit_bytes=parse_size("160MiB"),
        options={"hoarder": {"bytes_per_record": 100_000}},
    )
    assert summary.status == "killed_at_limit"
    assert summary.growth is not None
    found = summary.growth["memory_mb"]
    assert found is not None
    assert found.law == "linear"
    assert found.bytes_per_record == pytest.approx(100_000, rel=0.05)
    assert found.foresight is not None
    assert found.foresight.crossing_measured == pytest.approx(summary.ended_at_records, rel=0.1)
    assert found.foresight.crossing_foreseen == pytest.approx(summary.ended_at_records, rel=WITHIN)
    assert abs(found.foresight.crossing_error or 0.0) <= WITHIN
