"""What tests share: a benchmark run in a temporary directory, judged, by system."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any, Protocol

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # as the command line does, before numpy is loaded

import pytest
from hypothesis import HealthCheck, settings

from mempress.analysis import analyse
from mempress.config import RunConfig
from mempress.runner.benchmark import Listener, run_benchmark

if TYPE_CHECKING:
    from pathlib import Path

    from mempress.model import Summary


# How long an example takes is the machine's affair, and the same tree gives the same verdict; to look for new examples:
# pytest --hypothesis-profile=default
settings.register_profile("steady", deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("steady")


def pytest_addoption(parser: pytest.Parser) -> None:
    """Let golden files be written anew: read the difference before it is kept."""
    parser.addoption("--update-golden", action="store_true", help="write golden files and docs/cli.md anew")


class Bench(Protocol):
    """Runs systems and gives the summary of each, in order."""

    def __call__(self, *systems: str, **settings: Any) -> list[Summary]: ...


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    """Run systems with small settings; the runs lie in ``tmp_path / "out"``."""

    def run(*systems: str, **settings: Any) -> list[Summary]:
        small = {
            "readable_seconds": 0.1,
            "max_records": 1_000,
            "batch_size": 250,
            "queries": 10,
            "final_budget_seconds": 2.0,
        }
        config = RunConfig(systems=systems, **{"final_queries": 20} | small | settings)
        return [analyse(directory) for directory in run_benchmark(config, tmp_path / "out", Listener())]

    return run
